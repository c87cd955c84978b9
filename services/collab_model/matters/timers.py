"""Timers of matters: deadlines that pass."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.matters import service


async def on_level_deadline(uow: UnitOfWork, timer: DueTimer) -> None:
    """A clock of a matter has passed its deadline."""
    await service.pass_deadline(uow, timer.payload["matter_id"])


TIMERS: Mapping[str, TimerHandler] = {service.LEVEL_DEADLINE: on_level_deadline}
