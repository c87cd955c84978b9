"""Use cases of final settlements: take a request, make it when its volumes are in, show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.billing import schedule
from services.billing.final_settlement import repository
from services.billing.final_settlement.domain import (
    FinalAccount,
    SettlementStatus,
    actual_cost_of,
    unknown_among,
)
from services.billing.invoices import repository as invoice_repository
from services.billing.invoices import service as invoices
from services.billing.invoices.domain import LineKind
from services.billing.invoices.lines import exit_cost_lines
from services.billing.ledger import recording
from services.billing.months import Month, last_month_ended_by
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import operation
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.service import Subscription
from services.billing.subscriptions.versions import signed_services
from services.billing.tables import FinalSettlementRow
from services.billing.true_up import service as true_ups
from services.billing.volumes import repository as volume_repository
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import FinalSettlementMade
from services.contracts.onboarding import FinalSettlementRequested
from services.contracts.succession import Scope

FINAL_SETTLEMENT_TIMER = "final-settlement"
"""Timer: a final settlement's volumes are in; its key is the exit's identifier."""

ASKED_BY_EXIT = "exit"
"""Reason of a last day that is known from an exit's request alone."""


async def request(uow: UnitOfWork, event: FinalSettlementRequested) -> None:
    """Take a request in: it is settled once its last month's volumes had their time.

    Until it is made, a later request of the same exit takes its place. The last days named
    end the services, unless onboarding has told them itself. A request that cannot be
    settled is kept as refused, with the reason.

    Raises:
        NotYet: the agreement has not arrived.
    """
    subscription = await operation.held(uow, event.agreement_id)
    rank = uow.handled.rank
    row = await repository.lock(uow.session, event.exit_id)
    if row is not None and (row.settlement_id is not None or row.rank >= rank):
        return
    if row is None:
        row = FinalSettlementRow(exit_id=event.exit_id, requested_at=uow.now)
        uow.session.add(row)
    row.subscription_id = subscription.row.id
    row.org_number = event.org_number
    row.services = [each.model_dump(mode="json") for each in event.services]
    row.exit_costs_ore = event.exit_costs_ore
    row.rank = rank
    row.reason = _refusal(subscription, event)
    row.status = SettlementStatus.REFUSED if row.reason else SettlementStatus.WAITING
    last_days = [each.last_day for each in event.services]
    row.due_on = schedule.final_settlement_day(max(last_days, default=stockholm_day(uow.now)))
    await uow.session.flush()
    if row.reason:
        uow.audit("final-settlement-refused", event.exit_id)
        return
    for each in event.services:
        await operation.keep_end(
            uow,
            subscription,
            each.service,
            each.last_day,
            ASKED_BY_EXIT,
            operation.UNTIL_TOLD,
        )
    await _settle_on(uow, row, row.due_on)


def _refusal(subscription: Subscription, event: FinalSettlementRequested) -> str:
    if not event.services:
        return "The exit names no service that ends; nothing can be settled."
    signed = [each.service for each in signed_services(subscription.versions)]
    unknown = unknown_among([each.service for each in event.services], signed)
    if unknown:
        return (
            f"The agreement has no {', '.join(unknown)}, so what it cost cannot be told; correct "
            "the exit's services and ask again."
        )
    return ""


async def _settle_on(uow: UnitOfWork, row: FinalSettlementRow, day: date) -> None:
    row.due_on = day
    due_at = max(schedule.true_up_due_at(day), uow.now)
    await uow.set_timer(FINAL_SETTLEMENT_TIMER, row.exit_id, due_at)


async def settle(uow: UnitOfWork, exit_id: str) -> None:
    """Make a final settlement, once: book the last true-up and issue the last invoice.

    When the services turn out to end later than was asked for, it waits for that; so it does, day
    by day, while a volume or price makes a month cost more than can be right.
    """
    row = await repository.lock(uow.session, exit_id)
    if row is None or row.status != SettlementStatus.WAITING:
        return
    held = await subscription_repository.lock(uow.session, row.subscription_id)
    if held is None:
        raise LookupError(f"final settlement {exit_id} of a subscription that does not exist")
    subscription = await subscriptions.load(uow.session, held)
    services = {each["service"] for each in row.services}
    today = stockholm_day(uow.now)
    last_day = _last_day(subscription, services, row)
    if schedule.final_settlement_day(last_day) > today:
        await _settle_on(uow, row, schedule.final_settlement_day(last_day))
        return
    if await _is_too_large(uow, subscription, services, today):
        uow.audit("final-settlement-waits", exit_id)
        await _settle_on(uow, row, today + timedelta(days=1))
        return
    row.settlement_id = new_id()
    charged = await _invoiced(uow, subscription, services)
    await true_ups.book(uow, subscription, today, occasion=row.settlement_id, services=services)
    ending = [each for each in subscription.terms if each.service in services]
    owed = await invoices.outstanding(
        uow, subscription, Month.of(today), settled_by=today, services=services
    )
    exit_costs = tuple(exit_cost_lines(ending, Month.of(last_day), row.exit_costs_ore))
    recording.final_settlement(
        uow,
        row.settlement_id,
        today,
        (subscription.holder_on(today), held.id),
        [(line.service, str(line.month), line.amount_ore) for line in exit_costs],
    )
    found = replace(owed, lines=(*owed.lines, *exit_costs))
    credits_ore = sum(line.amount_ore for line in found.lines if line.kind is LineKind.CREDIT)
    account = FinalAccount(
        charged_ore=charged,
        actual_ore=actual_cost_of(
            ending,
            await volume_repository.reported(uow.session, held.id),
            Month.of(today),
            await true_ups.prices_of(uow, subscription),
        ),
        credits_ore=credits_ore,
        exit_costs_ore=row.exit_costs_ore,
    )
    invoice = await invoices.issue(
        uow,
        subscription,
        Month.of(last_day),
        found,
        holder_of=today,
        occasion=row.settlement_id,
    )
    row.invoice_id = invoice.id if invoice else None
    _tell(uow, row, subscription, account, today)
    await uow.session.flush()


async def _is_too_large(
    uow: UnitOfWork, subscription: Subscription, services: set[str], day: date
) -> bool:
    """Whether the last true-up would leave something unsettled, as it does what cannot be right."""
    found = await true_ups.settle_now(
        uow, subscription, last_month_ended_by(day), services=services, settles_all=True
    )
    return bool(found.carried)


def _last_day(subscription: Subscription, services: set[str], row: FinalSettlementRow) -> date:
    """The last day in operation of the services; as asked for, of one that never was."""
    asked = {each["service"]: date.fromisoformat(each["last_day"]) for each in row.services}
    lived = {
        each.service: each.stretches[-1].last
        for each in subscription.terms
        if each.service in services and each.stretches
    }
    return max((asked | lived).values())


async def _invoiced(uow: UnitOfWork, subscription: Subscription, services: set[str]) -> int:
    total = 0
    for kind in (LineKind.SUBSCRIPTION, LineKind.TRUE_UP):
        found = await invoice_repository.invoiced(uow.session, subscription.row.id, kind)
        total += sum(amount for (service, _), amount in found.items() if service in services)
    return total


def _tell(
    uow: UnitOfWork,
    row: FinalSettlementRow,
    subscription: Subscription,
    account: FinalAccount,
    today: date,
) -> None:
    row.status = SettlementStatus.MADE
    row.org_number = subscription.holder_on(today)
    row.settled_on = today
    row.charged_ore = account.charged_ore
    row.actual_ore = account.actual_ore
    row.credits_ore = account.credits_ore
    row.difference_ore = account.difference_ore
    uow.record(
        FinalSettlementMade(
            exit_id=row.exit_id,
            settlement_id=row.settlement_id or "",
            subscription_id=row.subscription_id,
            org_number=row.org_number,
            settled_on=today,
            charged_ore=account.charged_ore,
            actual_ore=account.actual_ore,
            credits_ore=account.credits_ore,
            exit_costs_ore=account.exit_costs_ore,
            difference_ore=account.difference_ore,
        ),
        version=1,
    )


async def page(
    uow: UnitOfWork, scope: Scope | None, after: str | None, limit: int
) -> Sequence[FinalSettlementRow]:
    """Final settlements within a scope."""
    return await repository.page(uow.session, scope, after, limit)
