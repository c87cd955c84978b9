"""Timers of calendars: clocks follow a calendar that has changed."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.calendars.registering import CALENDAR_CHANGED
from services.collab_model.matters import service as matters


async def on_calendar_changed(uow: UnitOfWork, timer: DueTimer) -> None:
    """The calendar of an agreement is another than its clocks were reckoned on."""
    await matters.follow_calendar(uow, timer.payload["agreement_id"])


TIMERS: Mapping[str, TimerHandler] = {CALENDAR_CHANGED: on_calendar_changed}
