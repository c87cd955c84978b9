"""Timers of forums: meetings that fall due."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.forums import planning, service


async def on_meeting_due(uow: UnitOfWork, timer: DueTimer) -> None:
    """The day of a planned meeting has come."""
    await service.fall_due(uow, timer.key)


TIMERS: Mapping[str, TimerHandler] = {planning.MEETING_DUE: on_meeting_due}
