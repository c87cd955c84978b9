"""The forecast's timer: soon after changes, and at the beginning of every week."""

from __future__ import annotations

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.time_plan import forecasts


async def on_forecast_due(uow: UnitOfWork, timer: DueTimer) -> None:
    """Make the forecast of the case that the timer's key names."""
    await forecasts.refresh(uow, timer.key)


TIMERS: dict[str, TimerHandler] = {forecasts.TIMER: on_forecast_due}
