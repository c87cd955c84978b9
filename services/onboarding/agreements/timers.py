"""The timer that follows an agreement through its days."""

from __future__ import annotations

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import calendar_service


async def on_agreement_day(uow: UnitOfWork, timer: DueTimer) -> None:
    """Do what has fallen due for the agreement whose id is the timer's key."""
    await calendar_service.follow(uow, timer.key)


TIMERS: dict[str, TimerHandler] = {calendar_service.TIMER: on_agreement_day}
