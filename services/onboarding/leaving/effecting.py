"""What an exit does outside of itself: end services, tell the case, set its timer."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases import repository as cases
from services.onboarding.cases.timeline import Reference
from services.onboarding.leaving import notice_book
from services.onboarding.leaving.domain import Exit
from services.onboarding.leaving.holding import ExitChange

SETTLEMENT_TIMER = "exit-last-day"
"""Timer: the last day of an exit has passed; its key is the exit's identifier."""


async def take_effect(uow: UnitOfWork, leaving: Exit) -> None:
    """Make the last days known to all, and wait for the last of them."""
    await notice_book.confirm(uow, leaving)
    await await_last_day(uow, leaving)


async def await_last_day(uow: UnitOfWork, leaving: Exit) -> None:
    """Have the final settlement asked for when the last day has passed."""
    await uow.set_timer(SETTLEMENT_TIMER, leaving.id, _after(leaving.last_day))


async def tell_case(uow: UnitOfWork, change: ExitChange, action: str, did: str) -> None:
    """Put into the timeline of the customer's case what happened; ``did`` continues ``who``."""
    leaving = change.exit
    refs = [Reference("exit", leaving.id, ", ".join(leaving.services))]
    await cases.add_timeline(
        uow.session,
        leaving.case_id,
        uow.now,
        change.who,
        action,
        f"{change.who} {did}",
        refs,
    )


def _after(day: date) -> datetime:
    """The beginning of the day after, in Stockholm."""
    return datetime.combine(day + timedelta(days=1), time(0), STOCKHOLM)
