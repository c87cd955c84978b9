"""Timers of agreements: versions that take effect."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository, service


async def on_take_effect(uow: UnitOfWork, timer: DueTimer) -> None:
    """The first day of a version has come: its forums begin, those it drops end."""
    agreement_id = timer.payload["agreement_id"]
    if await repository.find_row(uow.session, agreement_id, lock=True) is not None:
        await service.follow(uow, agreement_id)


TIMERS: Mapping[str, TimerHandler] = {service.TAKE_EFFECT: on_take_effect}
