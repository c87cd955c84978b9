"""Timers of matters: deadlines that pass, warnings that fall due, operation that changed."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.service import OPERATION_CHANGED
from services.collab_model.clocks.warning_service import CLOCK_WARNING
from services.collab_model.matters import service
from services.collab_model.matters.settling import LEVEL_DEADLINE


async def on_clock(uow: UnitOfWork, timer: DueTimer) -> None:
    """A clock of a matter has passed its deadline, or come to a warning."""
    await service.fall_due(uow, timer.payload["matter_id"])


async def on_operation_changed(uow: UnitOfWork, timer: DueTimer) -> None:
    """A service ended, was taken back or passed on, perhaps on a day that has gone by."""
    agreement_id = timer.payload["agreement_id"]
    if await agreements.find_row(uow.session, agreement_id, lock=True) is None:
        return
    agreement = await agreements.get(uow.session, agreement_id)
    await service.follow(uow, agreement, "the days on which the service was in operation changed")


TIMERS: Mapping[str, TimerHandler] = {
    LEVEL_DEADLINE: on_clock,
    CLOCK_WARNING: on_clock,
    OPERATION_CHANGED: on_operation_changed,
}
