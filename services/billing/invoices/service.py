"""Use cases of invoices: invoice a month, close a settlement, show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.billing.credits import repository as closed_months
from services.billing.credits.domain import measured
from services.billing.invoices import repository, shares
from services.billing.invoices.domain import (
    MONTH_OF_ITS_OWN,
    Line,
    LineKind,
    invoice_number,
    total_ore,
)
from services.billing.invoices.lines import (
    Breaches,
    credit_lines,
    instalment_lines,
    true_up_lines,
)
from services.billing.ledger import recording
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions.service import Subscription
from services.billing.tables import (
    ClosedMonthRow,
    CostShareInstalmentRow,
    CreditRow,
    InstalmentRow,
    InvoiceLineRow,
    InvoiceRow,
)
from services.billing.true_up import repository as true_up_repository
from services.billing.true_up import service as true_ups
from services.billing.true_up.service import BookedTrueUp
from services.chassis.ids import new_id
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import InvoiceIssued, InvoiceLine, InvoiceLineKind
from services.contracts.succession import Scope


@dataclass(frozen=True)
class Invoice:
    """An issued invoice with its lines."""

    row: InvoiceRow
    lines: Sequence[InvoiceLineRow]


@dataclass(frozen=True)
class Outstanding:
    """What is due and not invoiced: the lines, and what they tell of."""

    lines: tuple[Line, ...]
    true_ups: tuple[BookedTrueUp, ...]
    credits: tuple[CreditRow, ...]
    shares: tuple[CostShareInstalmentRow, ...] = ()

    def amount_of(self, services: Collection[str]) -> int:
        """What the lines of some services come to."""
        return total_ore(line for line in self.lines if line.service in services)


async def invoice_month(uow: UnitOfWork, subscription: Subscription, month: Month) -> None:
    """Invoice a subscription's month, once; a month without any line has no invoice.

    It is made out to whoever held the subscription on the month's last day, and carries what
    that customer owes of shared costs, unless the invoice of another of its subscriptions does.
    """
    if await repository.is_invoiced(uow.session, subscription.row.id, month, MONTH_OF_ITS_OWN):
        return
    found = await outstanding(uow, subscription, month, settled_by=month.last_day)
    taken = await shares.due(uow.session, subscription, month)
    found = replace(
        found, lines=(*found.lines, *await shares.lines(uow.session, taken)), shares=tuple(taken)
    )
    if await issue(uow, subscription, month, found, holder_of=month.last_day) is None:
        holder = subscription.holder_on(month.last_day)
        await recording.month_without_invoice(uow, subscription.row.id, holder, month)


async def outstanding(
    uow: UnitOfWork,
    subscription: Subscription,
    through: Month,
    *,
    settled_by: date,
    services: Collection[str] | None = None,
) -> Outstanding:
    """What is due through a month and no invoice has charged yet.

    Args:
        uow: the unit of work.
        subscription: it must be held.
        through: the last month to charge.
        settled_by: true-ups booked later are left out.
        services: only these, and the true-ups they are part of; None for all.
    """
    key = subscription.row.id
    terms = [each for each in subscription.terms if services is None or each.service in services]
    charged = await subscription_repository.charged(uow.session, key)
    settled = [
        each
        for each in await true_ups.with_settlements(
            uow, await true_up_repository.to_invoice(uow.session, key, settled_by)
        )
        if services is None or not each.settlement.by_service().keys().isdisjoint(services)
    ]
    breached = [
        each
        for each in await repository.credits_through(uow.session, key, through)
        if services is None or each.service in services
    ]
    credited = await repository.invoiced(uow.session, key, LineKind.CREDIT)
    closed = [
        each
        for each in await closed_months.through(uow.session, key, through)
        if services is None or each.service in services
    ]
    breaches = _breaches(breached, closed)
    rules = {
        each.month: subscription.version_on(each.month.last_day).credit_rule for each in breaches
    }
    names = {each.service: each.name for each in subscription.terms}
    return Outstanding(
        lines=(
            *instalment_lines(terms, charged, through),
            *true_up_lines(names, [each.settlement for each in settled]),
            *credit_lines(terms, rules, breaches, credited),
        ),
        true_ups=tuple(settled),
        credits=tuple(each for each in breached if _is_new(each)),
    )


def _is_new(credit: CreditRow) -> bool:
    """Whether a breach holds that no invoice carries yet."""
    return credit.invoice_id is None and credit.withdrawn_at is None


def _breaches(credited: Iterable[CreditRow], closed: Iterable[ClosedMonthRow]) -> list[Breaches]:
    """The breaches by month and service, with how the month's levels came out.

    Where all were withdrawn, or their causes give nothing, what they gave is taken back.
    """
    grouped: dict[tuple[str, str], list[CreditRow]] = {}
    for credit in credited:
        grouped.setdefault((credit.period, credit.service), []).append(credit)
    months = {(each.period, each.service): each for each in closed}
    for key in months:
        grouped.setdefault(key, [])
    return [
        _breaches_of_month(period, service, rows, months.get((period, service)))
        for (period, service), rows in sorted(grouped.items())
    ]


def _breaches_of_month(
    period: str, service: str, rows: Sequence[CreditRow], closed: ClosedMonthRow | None
) -> Breaches:
    excluded = frozenset(closed.excluded_breaches if closed else ())
    counted = [row for row in rows if row.withdrawn_at is None and row.breach_id not in excluded]
    return Breaches(
        service,
        Month.parse(period),
        count=len(counted),
        new=sum(row.invoice_id is None for row in counted),
        results=measured(closed),
    )


async def issue(
    uow: UnitOfWork,
    subscription: Subscription,
    month: Month,
    found: Outstanding,
    *,
    holder_of: date,
    occasion: str = MONTH_OF_ITS_OWN,
) -> InvoiceRow | None:
    """Issue an invoice of what is outstanding; None when that is nothing.

    Args:
        uow: the unit of work.
        subscription: it must be held.
        month: the month that the invoice is about.
        found: what is outstanding.
        holder_of: it is made out to whoever holds the subscription on this day.
        occasion: the month itself, or the final settlement that it closes.
    """
    if not found.lines:
        return None
    invoice = await _store(uow, subscription, month, found.lines, holder_of, occasion)
    for line in found.lines:
        if line.kind is LineKind.SUBSCRIPTION:
            uow.session.add(_instalment_row(invoice, line))
    for each in found.true_ups:
        each.row.invoice_id = invoice.id
    for credit in found.credits:
        credit.invoice_id = invoice.id
    for share in found.shares:
        share.invoice_id = invoice.id
    await uow.session.flush()
    await recording.invoice(uow, invoice)
    return invoice


async def _store(
    uow: UnitOfWork,
    subscription: Subscription,
    month: Month,
    lines: tuple[Line, ...],
    holder_of: date,
    occasion: str,
) -> InvoiceRow:
    issued_on = stockholm_day(uow.now)
    row = InvoiceRow(
        id=new_id(),
        number=invoice_number(
            issued_on.year, await repository.next_number(uow.session, issued_on.year)
        ),
        subscription_id=subscription.row.id,
        org_number=subscription.holder_on(holder_of),
        customer_name=subscription.name_on(holder_of),
        period=str(month),
        occasion=occasion,
        issued_on=issued_on,
        total_ore=total_ore(lines),
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(
        InvoiceLineRow(
            id=new_id(),
            invoice_id=row.id,
            position=position,
            kind=line.kind.value,
            service=line.service,
            period=str(line.month),
            text=line.text,
            amount_ore=line.amount_ore,
            cost_sharing_id=line.cost_sharing_id,
            party=line.party,
        )
        for position, line in enumerate(lines)
    )
    uow.record(
        InvoiceIssued(
            invoice_id=row.id,
            invoice_number=row.number,
            subscription_id=row.subscription_id,
            org_number=row.org_number,
            period=row.period,
            issued_on=issued_on,
            lines=tuple(
                InvoiceLine(
                    kind=line.kind.published,
                    exact_kind=InvoiceLineKind(line.kind.value),
                    service=line.service,
                    text=line.text,
                    amount_ore=line.amount_ore,
                    cost_sharing_id=line.cost_sharing_id,
                    party=line.party,
                )
                for line in lines
            ),
            total_ore=row.total_ore,
        ),
        version=1,
    )
    return row


def _instalment_row(invoice: InvoiceRow, line: Line) -> InstalmentRow:
    return InstalmentRow(
        id=new_id(),
        subscription_id=invoice.subscription_id,
        service=line.service,
        period=str(line.month),
        amount_ore=line.amount_ore,
        invoice_id=invoice.id,
    )


async def page(
    uow: UnitOfWork, scope: Scope | None, after: str | None, limit: int
) -> list[Invoice]:
    """Invoices within a scope, oldest first."""
    rows = await repository.page(uow.session, scope, after, limit)
    lines = await repository.lines_of(uow.session, [row.id for row in rows])
    return [Invoice(row, lines[row.id]) for row in rows]


async def get(uow: UnitOfWork, invoice_id: str, scope: Scope | None) -> Invoice:
    """One invoice.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    row = await repository.get(uow.session, invoice_id, scope)
    if row is None:
        raise not_found("invoice")
    return Invoice(row, (await repository.lines_of(uow.session, [row.id]))[row.id])


async def credit_page(
    uow: UnitOfWork, scope: Scope | None, after: str | None, limit: int
) -> Sequence[CreditRow]:
    """Credits within a scope."""
    return await repository.credit_page(uow.session, scope, after, limit)
