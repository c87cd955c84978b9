"""Use cases of what onboarding tells of a subscription: signed, live, taken back, ended.

Each keeps its fact as it came. What follows is reckoned from all facts together, by the next
invoice and true-up, so a fact that comes late corrects what was invoiced without it.
"""

from __future__ import annotations

from datetime import date

from services.billing import schedule
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import repository
from services.billing.subscriptions.service import (
    WHOLE_AGREEMENT,
    CannotApplyError,
    Subscription,
    load,
)
from services.billing.subscriptions.versions import signed_services
from services.billing.tables import (
    EndingRow,
    GoLiveRow,
    SignedServiceRow,
    SignedVersionRow,
    SubscriptionRow,
)
from services.chassis.consumer import NotYet
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import SubscriptionOpened
from services.contracts.onboarding import (
    AgreementEnded,
    AgreementSigned,
    ServiceEnded,
    ServiceRolledBack,
    ServiceWentLive,
)
from services.contracts.operation import contradicted_by_go_live

INVOICE_TIMER = "invoice"
TRUE_UP_TIMER = "true-up"
UNTIL_TOLD = ""
"""Rank of a last day that any event about it replaces."""


async def sign(uow: UnitOfWork, event: AgreementSigned) -> None:
    """Keep a signed version; the first one of a case opens its subscription.

    A version that is known changes nothing, and an older one that comes late takes its
    place below the newer.
    """
    row = await repository.lock_by_case(uow.session, event.case_id)
    if row is None:
        row = SubscriptionRow(
            id=new_id(),
            case_id=event.case_id,
            org_number=event.org_number,
            revision=0,
            opened_at=uow.now,
        )
        uow.session.add(row)
        await uow.session.flush()
    before = await load(uow.session, row)
    numbers = [each.number for each in before.versions]
    if event.version in numbers:
        return
    if event.version < min(numbers, default=event.version):
        row.org_number = event.org_number
    row.revision += 1
    await _keep_version(uow, row, event)
    in_operation = any(each.live_rank is not None for each in before.stored.go_lives)
    if in_operation:
        await _set_true_up_timer(uow, await load(uow.session, row), stockholm_day(uow.now))
    elif event.version > max(numbers, default=0):
        _tell_of_opening(uow, row, event)


async def _keep_version(uow: UnitOfWork, row: SubscriptionRow, event: AgreementSigned) -> None:
    holds_from = event.valid_from if event.amends_version is not None else None
    version = SignedVersionRow(
        id=new_id(),
        subscription_id=row.id,
        number=event.version,
        agreement_id=event.agreement_id,
        org_number=event.org_number,
        customer_name=event.customer_name,
        tariff=event.tariff,
        signed_on=event.signed_on,
        holds_from=event.effective_on or holds_from,
        valid_from=event.valid_from,
        valid_until=event.valid_until,
        percent_per_breach=str(event.credit_terms.percent_per_breach),
        monthly_cap_percent=str(event.credit_terms.monthly_cap_percent),
        credit_bands=[each.model_dump(mode="json") for each in event.credit_terms.bands],
        credit_exclusions=list(event.credit_terms.exclusions),
        true_up_days=list(event.true_up_days),
        recorded_at=uow.now,
    )
    uow.session.add(version)
    await uow.session.flush()
    uow.session.add_all(
        SignedServiceRow(
            id=new_id(),
            version_id=version.id,
            position=position,
            service=signed.service,
            service_area=signed.service_area,
            name=signed.name,
            name_sv=signed.name_sv,
            fee_items=[item.model_dump(mode="json") for item in signed.fee_items],
        )
        for position, signed in enumerate(event.services)
    )
    await uow.session.flush()


def _tell_of_opening(uow: UnitOfWork, row: SubscriptionRow, event: AgreementSigned) -> None:
    uow.record(
        SubscriptionOpened(
            subscription_id=row.id,
            agreement_id=event.agreement_id,
            org_number=event.org_number,
            yearly_fee_ore=sum(
                item.unit_price_ore * item.yearly_quantity
                for signed in event.services
                for item in signed.fee_items
            ),
        ),
        version=row.revision,
    )


async def held(uow: UnitOfWork, agreement_id: str) -> Subscription:
    """The subscription of an agreement, held until the transaction ends.

    Raises:
        NotYet: the agreement has not arrived.
    """
    row = await repository.lock_by_agreement(uow.session, agreement_id)
    if row is None:
        raise NotYet(f"agreement {agreement_id} is not known yet")
    return await load(uow.session, row)


async def go_live(uow: UnitOfWork, event: ServiceWentLive) -> Subscription:
    """Begin charging a service on the day it went live.

    The subscription's first service to go live also starts its invoices and true-ups.

    Raises:
        NotYet: the agreement has not arrived.
        CannotApplyError: the agreement has no such service, or it went live on another day.
    """
    subscription = await held(uow, event.agreement_id)
    _must_have(subscription, event.agreement_id, event.service)
    go_lives = subscription.stored.go_lives
    first = all(each.live_rank is None for each in go_lives)
    known = _at(go_lives, event.service, event.live_on)
    rank = uow.handled.rank
    if known is not None and known.live_rank is not None and known.live_rank >= rank:
        return subscription
    _must_be_over(subscription, event)
    if known is None:
        known = _new_go_live(uow, subscription, event.service, event.live_on)
    known.live_rank = rank
    await uow.session.flush()
    after = await load(uow.session, subscription.row)
    if first:
        month = Month.of(event.live_on)
        await uow.set_timer(
            INVOICE_TIMER,
            after.row.id,
            schedule.invoice_due_at(month),
            {"period": str(month)},
        )
        await _set_true_up_timer(uow, after, event.live_on)
    return after


async def roll_back(uow: UnitOfWork, event: ServiceRolledBack) -> Subscription:
    """Take a go-live back: the service waits as if it had never been in operation.

    Raises:
        NotYet: the agreement has not arrived.
        CannotApplyError: the agreement has no such service.
    """
    subscription = await held(uow, event.agreement_id)
    _must_have(subscription, event.agreement_id, event.service)
    known = _at(subscription.stored.go_lives, event.service, event.live_on)
    if known is None:
        known = _new_go_live(uow, subscription, event.service, event.live_on)
    rank = uow.handled.rank
    if known.rolled_back_rank is None or known.rolled_back_rank < rank:
        known.rolled_back_rank = rank
        known.rolled_back_on = event.rolled_back_on
    await uow.session.flush()
    return await load(uow.session, subscription.row)


async def end_agreement(uow: UnitOfWork, event: AgreementEnded) -> Subscription:
    """Keep on which day an agreement ends; a later event replaces the day.

    Raises:
        NotYet: the agreement has not arrived.
    """
    subscription = await held(uow, event.agreement_id)
    rank = uow.handled.rank
    await keep_end(uow, subscription, WHOLE_AGREEMENT, event.last_day, event.reason.value, rank)
    return await load(uow.session, subscription.row)


async def end_service(uow: UnitOfWork, event: ServiceEnded) -> Subscription:
    """Keep on which day a service ends; a later event replaces the day.

    Raises:
        NotYet: the agreement has not arrived.
        CannotApplyError: the agreement has no such service.
    """
    subscription = await held(uow, event.agreement_id)
    _must_have(subscription, event.agreement_id, event.service)
    rank = uow.handled.rank
    await keep_end(uow, subscription, event.service, event.last_day, event.reason.value, rank)
    return await load(uow.session, subscription.row)


async def keep_end(
    uow: UnitOfWork,
    subscription: Subscription,
    service: str,
    last_day: date,
    reason: str,
    rank: str,
) -> None:
    """Keep what an event tells of the last day of a service, or of the agreement."""
    row = await repository.ending_told(uow.session, subscription.row.id, service, rank)
    if row is None:
        row = EndingRow(
            id=new_id(), subscription_id=subscription.row.id, service=service, rank=rank
        )
        uow.session.add(row)
    row.last_day, row.reason = last_day, reason
    await uow.session.flush()


def _must_have(subscription: Subscription, agreement_id: str, service: str) -> None:
    if all(each.service != service for each in signed_services(subscription.versions)):
        raise CannotApplyError(f"agreement {agreement_id} has no service {service}")


def _must_be_over(subscription: Subscription, event: ServiceWentLive) -> None:
    """Refuse a go-live on another day than the known one while that still stands."""
    current = contradicted_by_go_live(subscription.facts, event.service, event.live_on)
    if current is not None:
        raise CannotApplyError(
            f"{event.service} of agreement {event.agreement_id} is charged from "
            f"{current} already, not from {event.live_on}"
        )


def _at(go_lives: list[GoLiveRow], service: str, live_on: date) -> GoLiveRow | None:
    return next(
        (each for each in go_lives if each.service == service and each.live_on == live_on), None
    )


def _new_go_live(
    uow: UnitOfWork, subscription: Subscription, service: str, live_on: date
) -> GoLiveRow:
    row = GoLiveRow(
        id=new_id(), subscription_id=subscription.row.id, service=service, live_on=live_on
    )
    uow.session.add(row)
    return row


async def _set_true_up_timer(uow: UnitOfWork, subscription: Subscription, since: date) -> None:
    day = subscription.next_true_up_day(since)
    if day is not None:
        await set_true_up_timer(uow, subscription.row.id, day)


async def set_true_up_timer(uow: UnitOfWork, subscription_id: str, day: date) -> None:
    """Have a subscription's true-up run on a day."""
    await uow.set_timer(
        TRUE_UP_TIMER,
        subscription_id,
        schedule.true_up_due_at(day),
        {"day": day.isoformat()},
    )
