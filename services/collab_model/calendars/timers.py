"""Timers of calendars: clocks and meetings follow a calendar that has changed."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars.registering import CALENDAR_CHANGED
from services.collab_model.forums import planning
from services.collab_model.matters import service as matters


async def on_calendar_changed(uow: UnitOfWork, timer: DueTimer) -> None:
    """The calendar of an agreement is another than its clocks and meetings were reckoned on."""
    agreement_id = timer.payload["agreement_id"]
    # Held, so that a meeting falls due before or after it is moved, not amid.
    if await agreements.find_row(uow.session, agreement_id, lock=True) is None:
        return
    agreement = await agreements.get(uow.session, agreement_id)
    await planning.follow_calendar(uow, agreement)
    await matters.follow(uow, agreement, "the calendar of the agreement has changed")


TIMERS: Mapping[str, TimerHandler] = {CALENDAR_CHANGED: on_calendar_changed}
