"""Timers of levels: months close by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.levels import periods
from services.collab_model.levels.domain import Month


async def on_close_period(uow: UnitOfWork, timer: DueTimer) -> None:
    """A month of a service is over."""
    await periods.close_period(uow, timer.key, Month.parse(timer.payload["period"]))


TIMERS: Mapping[str, TimerHandler] = {periods.CLOSE_PERIOD: on_close_period}
