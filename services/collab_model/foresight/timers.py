"""Timers of foresight: curves are estimated anew by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.foresight import training


async def on_train_foresight(uow: UnitOfWork, timer: DueTimer) -> None:
    """The day of a training has come."""
    await training.ask_for_training(uow)


TIMERS: Mapping[str, TimerHandler] = {training.TRAIN_FORESIGHT: on_train_foresight}
