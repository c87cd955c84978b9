"""Events that ask what services would cost."""

from __future__ import annotations

from services.billing.tariffs import service
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import FeeIndicationRequested


async def on_fee_indication_requested(uow: UnitOfWork, event: FeeIndicationRequested) -> None:
    """A case asks for a fee indication."""
    await service.answer(uow, event)


HANDLERS: dict[type[Event], Handler] = {FeeIndicationRequested: on_fee_indication_requested}
