"""Events that tell who customers are and what happens to them."""

from __future__ import annotations

from services.billing.customers import service
from services.billing.volumes import taking_up
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgencyLifeEventRecorded, AgencyRegistered


async def on_agency_registered(uow: UnitOfWork, event: AgencyRegistered) -> None:
    """A customer's name is known."""
    await service.register_customer(uow, event)


async def on_life_event_recorded(uow: UnitOfWork, event: AgencyLifeEventRecorded) -> None:
    """What happened to an agency is known, and volumes of its heirs may find their place."""
    await service.record_life_event(uow, event)
    for org_number in (event.org_number, *event.successors):
        await taking_up.for_customer(uow, org_number)


HANDLERS: dict[type[Event], Handler] = {
    AgencyRegistered: on_agency_registered,
    AgencyLifeEventRecorded: on_life_event_recorded,
}
