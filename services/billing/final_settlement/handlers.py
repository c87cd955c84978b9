"""Events that ask for a final settlement."""

from __future__ import annotations

from services.billing.final_settlement import service
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import FinalSettlementRequested


async def on_final_settlement_requested(uow: UnitOfWork, event: FinalSettlementRequested) -> None:
    """An exit asks what remains to be paid."""
    await service.request(uow, event)


HANDLERS: dict[type[Event], Handler] = {FinalSettlementRequested: on_final_settlement_requested}
