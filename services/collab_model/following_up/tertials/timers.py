"""Timers of tertial reports: they are made by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.following_up.tertials import service
from services.collab_model.following_up.tertials.domain import Tertial


async def on_tertial_report(uow: UnitOfWork, timer: DueTimer) -> None:
    """The day of a tertial's report has come."""
    tertial = Tertial.parse(timer.payload["tertial"])
    await service.report_by_itself(uow, timer.payload["agreement_id"], tertial)


TIMERS: Mapping[str, TimerHandler] = {service.TERTIAL_REPORT: on_tertial_report}
