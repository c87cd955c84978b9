"""Events that open subscriptions, start their charges and end them."""

from __future__ import annotations

from services.billing.subscriptions import operation
from services.billing.volumes import taking_up
from services.chassis.consumer import Handler
from services.chassis.events import Event
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import (
    AgreementEnded,
    AgreementSigned,
    ServiceEnded,
    ServiceRolledBack,
    ServiceWentLive,
)


async def on_agreement_signed(uow: UnitOfWork, event: AgreementSigned) -> None:
    """An agreement makes a subscription, or changes its terms from a day on."""
    await operation.sign(uow, event)


async def on_service_went_live(uow: UnitOfWork, event: ServiceWentLive) -> None:
    """Charging begins, and volumes that came before this event find their place."""
    subscription = await operation.go_live(uow, event)
    await taking_up.for_subscription(uow, subscription)


async def on_service_rolled_back(uow: UnitOfWork, event: ServiceRolledBack) -> None:
    """What was charged since the go-live is given back by the next invoice."""
    await operation.roll_back(uow, event)


async def on_agreement_ended(uow: UnitOfWork, event: AgreementEnded) -> None:
    """Charging ends with the agreement's last day."""
    await operation.end_agreement(uow, event)


async def on_service_ended(uow: UnitOfWork, event: ServiceEnded) -> None:
    """Charging ends with the service's last day."""
    await operation.end_service(uow, event)


HANDLERS: dict[type[Event], Handler] = {
    AgreementSigned: on_agreement_signed,
    ServiceWentLive: on_service_went_live,
    ServiceRolledBack: on_service_rolled_back,
    AgreementEnded: on_agreement_ended,
    ServiceEnded: on_service_ended,
}
