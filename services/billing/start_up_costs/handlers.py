"""Events that tell of start-up costs."""

from __future__ import annotations

from services.billing.start_up_costs import service
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import StartUpCostRegistered


async def on_start_up_cost_registered(uow: UnitOfWork, event: StartUpCostRegistered) -> None:
    """Time or money was spent on a case."""
    await service.register(uow, event)


HANDLERS: dict[type[Event], Handler] = {StartUpCostRegistered: on_start_up_cost_registered}
