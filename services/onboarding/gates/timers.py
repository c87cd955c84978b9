"""A case is looked at again on a day on which something changes by itself."""

from __future__ import annotations

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.gates.refreshing import TIMER, refresh


async def on_day_of_change(uow: UnitOfWork, timer: DueTimer) -> None:
    """Judge the case's gate items anew."""
    await refresh(uow, timer.key)


TIMERS: dict[str, TimerHandler] = {TIMER: on_day_of_change}
