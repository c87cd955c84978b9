"""The calendar that an agreement's clocks and meetings are reckoned on."""

from __future__ import annotations

from datetime import date, datetime

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars import repository
from services.collab_model.calendars.domain import ServiceTime


def day_of(instant: datetime) -> date:
    """The date in Sweden at an instant."""
    return instant.astimezone(STOCKHOLM).date()


async def service_time_of(
    uow: UnitOfWork, agreement: Agreement, *, known_at: datetime | None = None
) -> ServiceTime:
    """When service time runs by an agreement: its calendar in every version.

    Where no calendar is bound to it, the service hours of the signed version in force on
    each day count.

    Args:
        uow: the unit of work.
        agreement: an agreement that is known to exist.
        known_at: only what was known at this instant counts; absent: all that is known.
    """
    facts = await repository.facts_of(uow.session, agreement.id)
    if known_at is not None:
        facts = facts.known_at(known_at)
    return facts.service_time()
