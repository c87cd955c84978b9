"""Use cases of subscriptions: open, go live, show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing import schedule
from services.billing.months import Month
from services.billing.subscriptions import repository
from services.billing.subscriptions.domain import ServiceTerms, SignedItem
from services.billing.tables import CustomerRow, SubscribedServiceRow, SubscriptionRow
from services.chassis.consumer import NotYet
from services.chassis.ids import new_id
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import SubscriptionOpened
from services.contracts.onboarding import AgencyRegistered, AgreementSigned, ServiceWentLive
from services.contracts.values import SignedService

INVOICE_TIMER = "invoice"
TRUE_UP_TIMER = "true-up"


class CannotApplyError(Exception):
    """An event contradicts what billing holds; a person must look at it."""


@dataclass(frozen=True)
class Subscription:
    """A subscription with its services, ready to reckon with and to show."""

    row: SubscriptionRow
    services: tuple[SubscribedServiceRow, ...]
    customer_name: str

    @property
    def terms(self) -> tuple[ServiceTerms, ...]:
        """The signed services, in signed order."""
        return tuple(terms_of(self.row, service) for service in self.services)


def terms_of(subscription: SubscriptionRow, service: SubscribedServiceRow) -> ServiceTerms:
    """A stored service as the domain sees it."""
    return ServiceTerms(
        service=service.service,
        service_area=service.service_area,
        name=service.name,
        items=tuple(
            SignedItem(
                key=item["key"],
                name=item["name"],
                unit=item["unit"],
                unit_price_ore=item["unit_price_ore"],
                yearly_quantity=item["yearly_quantity"],
            )
            for item in service.fee_items
        ),
        live_on=service.live_on,
        ends_on=subscription.valid_until,
    )


async def loaded(
    session: AsyncSession, rows: list[SubscriptionRow] | tuple[SubscriptionRow, ...]
) -> list[Subscription]:
    """Subscriptions with their services and their customers' names of today."""
    services = await repository.services_of(session, [row.id for row in rows])
    known = await repository.customers(session, {row.org_number for row in rows})
    return [
        Subscription(
            row=row,
            services=tuple(services[row.id]),
            # Onboarding's register may tell of the customer before or after the agreement.
            customer_name=known[row.org_number].name
            if row.org_number in known
            else row.signed_name,
        )
        for row in rows
    ]


async def page(
    uow: UnitOfWork, customer: str | None, after: str | None, limit: int
) -> list[Subscription]:
    """Subscriptions within a scope, oldest first."""
    rows = await repository.page(uow.session, customer, after, limit)
    return await loaded(uow.session, list(rows))


async def get(uow: UnitOfWork, subscription_id: str, scope: str | None) -> Subscription:
    """One subscription.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    row = await repository.get(uow.session, subscription_id, scope)
    if row is None:
        raise not_found("subscription")
    return (await loaded(uow.session, [row]))[0]


async def charged(uow: UnitOfWork, subscription: Subscription) -> set[tuple[str, Month]]:
    """Service and month of every instalment that was invoiced."""
    return await repository.charged(uow.session, subscription.row.id)


async def register_customer(uow: UnitOfWork, event: AgencyRegistered) -> None:
    """Remember what a customer is called."""
    row = await uow.session.get(CustomerRow, event.org_number)
    if row is None:
        row = CustomerRow(org_number=event.org_number)
        uow.session.add(row)
    row.name = event.name
    row.headcount = event.headcount
    row.updated_at = uow.now
    await uow.session.flush()


async def open_subscription(uow: UnitOfWork, event: AgreementSigned) -> None:
    """Open the subscription of a signed agreement, or renew one not yet in operation.

    Raises:
        CannotApplyError: a later version is signed while services of the case are charged.
    """
    row = await repository.lock_by_case(uow.session, event.case_id)
    if row is not None:
        if event.version <= row.agreement_version:
            return
        services = (await repository.services_of(uow.session, [row.id]))[row.id]
        if any(service.live_on is not None for service in services):
            raise CannotApplyError(
                f"version {event.version} of agreement {event.agreement_id} was signed while "
                "its services are charged; changes in operation are not billed yet"
            )
        await repository.remove_services(uow.session, row.id)
    else:
        row = SubscriptionRow(id=new_id(), case_id=event.case_id, revision=0, opened_at=uow.now)
        uow.session.add(row)
    _take_terms(row, event)
    await uow.session.flush()
    for position, signed in enumerate(event.services):
        uow.session.add(_service_row(row.id, position, signed))
    await uow.session.flush()
    uow.record(
        SubscriptionOpened(
            subscription_id=row.id,
            agreement_id=row.agreement_id,
            org_number=row.org_number,
            yearly_fee_ore=sum(
                item.unit_price_ore * item.yearly_quantity
                for signed in event.services
                for item in signed.fee_items
            ),
        ),
        version=row.revision,
    )


def _take_terms(row: SubscriptionRow, event: AgreementSigned) -> None:
    row.agreement_id = event.agreement_id
    row.agreement_version = event.version
    row.org_number = event.org_number
    row.signed_name = event.customer_name
    row.tariff = event.tariff
    row.signed_on = event.signed_on
    row.valid_from = event.valid_from
    row.valid_until = event.valid_until
    row.percent_per_breach = str(event.credit_terms.percent_per_breach)
    row.monthly_cap_percent = str(event.credit_terms.monthly_cap_percent)
    row.true_up_days = list(event.true_up_days)
    row.revision += 1


def _service_row(
    subscription_id: str, position: int, signed: SignedService
) -> SubscribedServiceRow:
    return SubscribedServiceRow(
        id=new_id(),
        subscription_id=subscription_id,
        position=position,
        service=signed.service,
        service_area=signed.service_area,
        name=signed.name,
        name_sv=signed.name_sv,
        fee_items=[item.model_dump(mode="json") for item in signed.fee_items],
        live_on=None,
    )


async def go_live(uow: UnitOfWork, event: ServiceWentLive) -> None:
    """Begin charging a service on the day it went live.

    The subscription's first service to go live also starts its invoices and true-ups.

    Raises:
        NotYet: the agreement has not arrived.
        CannotApplyError: the agreement has no such service, or it went live on another day.
    """
    row = await repository.lock_by_agreement(uow.session, event.agreement_id)
    if row is None:
        raise NotYet(f"agreement {event.agreement_id} is not known yet")
    services = (await repository.services_of(uow.session, [row.id]))[row.id]
    first = all(service.live_on is None for service in services)
    service = next((each for each in services if each.service == event.service), None)
    if service is None:
        raise CannotApplyError(f"agreement {event.agreement_id} has no service {event.service}")
    if service.live_on is not None:
        if service.live_on == event.live_on:
            return
        raise CannotApplyError(
            f"{event.service} of agreement {event.agreement_id} is charged from "
            f"{service.live_on} already, not from {event.live_on}"
        )
    service.live_on = event.live_on
    await uow.session.flush()
    if first:
        await _start_timers(uow, row, event.live_on)


async def _start_timers(uow: UnitOfWork, row: SubscriptionRow, live_on: date) -> None:
    month = Month.of(live_on)
    await uow.set_timer(
        INVOICE_TIMER, row.id, schedule.invoice_due_at(month), {"period": str(month)}
    )
    day = schedule.next_true_up_day(row.true_up_days, live_on)
    if day is not None:
        await uow.set_timer(
            TRUE_UP_TIMER, row.id, schedule.true_up_due_at(day), {"day": day.isoformat()}
        )
