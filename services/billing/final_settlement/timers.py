"""The durable timer behind final settlements."""

from __future__ import annotations

from services.billing.final_settlement import service
from services.billing.final_settlement.service import FINAL_SETTLEMENT_TIMER
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork


async def on_final_settlement(uow: UnitOfWork, timer: DueTimer) -> None:
    """The volumes of the last month have had their time."""
    await service.settle(uow, timer.key)


TIMERS = {FINAL_SETTLEMENT_TIMER: on_final_settlement}
