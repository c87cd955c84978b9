"""Timers of matters: deadlines that pass, and warnings that fall due."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.clocks.warning_service import CLOCK_WARNING
from services.collab_model.matters import service
from services.collab_model.matters.settling import LEVEL_DEADLINE


async def on_clock(uow: UnitOfWork, timer: DueTimer) -> None:
    """A clock of a matter has passed its deadline, or come to a warning."""
    await service.fall_due(uow, timer.payload["matter_id"])


TIMERS: Mapping[str, TimerHandler] = {LEVEL_DEADLINE: on_clock, CLOCK_WARNING: on_clock}
