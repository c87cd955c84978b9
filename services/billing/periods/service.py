"""Use cases of closing months."""

from __future__ import annotations

from collections.abc import Sequence

from services.billing.months import Month, last_month_ended_by
from services.billing.periods import repository
from services.billing.periods.domain import NotClosable, why_not_closable
from services.billing.periods.problems import (
    PERIOD_BUSY,
    PERIOD_CLOSED_BEFORE,
    PERIOD_OUT_OF_ORDER,
)
from services.billing.problems import PERIOD_NOT_ENDED
from services.billing.schedule import stockholm_day
from services.billing.tables import BillingPeriodRow
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


async def close(uow: UnitOfWork, month: Month) -> BillingPeriodRow:
    """Close a month, once: volumes of it that come later wait for finance.

    Raises:
        Problem: ``period_not_ended``, ``period_closed_before``, ``period_out_of_order``;
            ``period_busy`` while volumes are being taken in.
    """
    if not await repository.take_turn(uow.session):
        raise Problem(
            PERIOD_BUSY,
            f"{month} was not closed: volumes are being taken in just now, and would come before "
            "the closing or after it by chance. Try again in a moment.",
        )
    closed_through = await repository.closed_through(uow.session)
    today = stockholm_day(uow.now)
    _check(
        month, why_not_closable(month, last_month_ended_by(today), closed_through), closed_through
    )
    accepted, set_aside = await repository.came_for(uow.session, month)
    row = BillingPeriodRow(
        period=str(month),
        closed_by=uow.actor.client_id if uow.actor else "system",
        closed_at=uow.now,
        accepted=accepted,
        set_aside=set_aside,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


def _check(month: Month, why: str | None, closed_through: Month | None) -> None:
    if why == NotClosable.NOT_ENDED:
        raise Problem(
            PERIOD_NOT_ENDED,
            f"{month} has not ended, so volumes of it are still to come; close it afterwards.",
        )
    if why == NotClosable.CLOSED_BEFORE:
        raise Problem(
            PERIOD_CLOSED_BEFORE,
            f"{month} is closed already, and stays as it is; months are closed through "
            f"{closed_through}. What comes later is set aside and can be taken up.",
            closed_through=str(closed_through),
        )
    if why == NotClosable.OUT_OF_ORDER and closed_through is not None:
        raise Problem(
            PERIOD_OUT_OF_ORDER,
            f"{month} cannot be closed before {closed_through.next}; close that one first.",
            next=str(closed_through.next),
        )


async def page(uow: UnitOfWork, after: str | None, limit: int) -> Sequence[BillingPeriodRow]:
    """Closed months in order."""
    return await repository.page(uow.session, after, limit)
