"""What falls due in an exit."""

from __future__ import annotations

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.leaving.effecting import SETTLEMENT_TIMER
from services.onboarding.leaving.service import ask_for_settlement


async def on_last_day_passed(uow: UnitOfWork, timer: DueTimer) -> None:
    """Ask billing for the final settlement."""
    await ask_for_settlement(uow, timer.key)


TIMERS: dict[str, TimerHandler] = {SETTLEMENT_TIMER: on_last_day_passed}
