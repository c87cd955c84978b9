"""Events that open subscriptions and start their charges."""

from __future__ import annotations

from services.billing.subscriptions import service
from services.billing.volumes import service as volumes
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgencyRegistered, AgreementSigned, ServiceWentLive


async def on_agency_registered(uow: UnitOfWork, event: AgencyRegistered) -> None:
    """A customer's name is known."""
    await service.register_customer(uow, event)


async def on_agreement_signed(uow: UnitOfWork, event: AgreementSigned) -> None:
    """An agreement makes a subscription."""
    await service.open_subscription(uow, event)


async def on_service_went_live(uow: UnitOfWork, event: ServiceWentLive) -> None:
    """Charging begins, and volumes that came before this event find their place."""
    await service.go_live(uow, event)
    await volumes.take_up(uow, event.org_number, event.service)


HANDLERS: dict[type[Event], Handler] = {
    AgencyRegistered: on_agency_registered,
    AgreementSigned: on_agreement_signed,
    ServiceWentLive: on_service_went_live,
}
