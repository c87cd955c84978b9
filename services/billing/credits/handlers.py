"""Events that say how months came out."""

from __future__ import annotations

from services.billing.credits import service
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.collab_model import PeriodClosed


async def on_period_closed(uow: UnitOfWork, event: PeriodClosed) -> None:
    """Levels that missed their share give money back by the agreement's table."""
    await service.keep_month(uow, event)


HANDLERS: dict[type[Event], Handler] = {PeriodClosed: on_period_closed}
