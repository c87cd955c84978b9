"""Use cases of the lists of preparedness agencies, which no other service tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from services.billing.costs.registering import who
from services.billing.indicators import repository
from services.billing.tables import PreparednessListRow
from services.chassis.unit_of_work import UnitOfWork


async def register(
    uow: UnitOfWork, holds_from: date, source: str, org_numbers: Iterable[str]
) -> PreparednessListRow:
    """Say which agencies are preparedness agencies from a day on; earlier lists are kept.

    The list that holds from that very day already, sent again, stays the one it is.
    """
    await repository.take_turn(uow.session)
    numbers = sorted(set(org_numbers))
    standing = await repository.list_on(uow.session, holds_from)
    if standing is not None and (standing.holds_from, standing.source, standing.org_numbers) == (
        holds_from,
        source,
        numbers,
    ):
        return standing
    row = PreparednessListRow(
        number=await repository.last_number(uow.session) + 1,
        holds_from=holds_from,
        source=source,
        org_numbers=numbers,
        registered_by=who(uow),
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row
