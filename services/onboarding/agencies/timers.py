"""Life events take effect on their day."""

from __future__ import annotations

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agencies.life_event_service import TAKE_EFFECT, take_effect


async def on_its_day(uow: UnitOfWork, timer: DueTimer) -> None:
    """The day of a recorded life event has come."""
    await take_effect(uow, timer.key)


TIMERS: dict[str, TimerHandler] = {TAKE_EFFECT: on_its_day}
