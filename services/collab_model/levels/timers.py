"""Timers of levels: months close by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.levels import periods
from services.collab_model.levels.domain import CorrectionReason, Month


async def on_close_period(uow: UnitOfWork, timer: DueTimer) -> None:
    """A month of a service is over."""
    await periods.close_period(uow, timer.key, Month.parse(timer.payload["period"]))


async def on_look_again(uow: UnitOfWork, timer: DueTimer) -> None:
    """Something became known about a month that is closed."""
    await periods.correct_if_changed(
        uow,
        timer.payload["service_id"],
        Month.parse(timer.payload["period"]),
        CorrectionReason.KNOWN_LATER.value,
    )


TIMERS: Mapping[str, TimerHandler] = {
    periods.CLOSE_PERIOD: on_close_period,
    periods.LOOK_AGAIN: on_look_again,
}
