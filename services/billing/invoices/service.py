"""Use cases of invoices: credit a breach, invoice a month, show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.billing.invoices import repository
from services.billing.invoices.domain import (
    CreditRule,
    Line,
    LineKind,
    credit_of_next_breach,
    credited_percent,
    invoice_number,
    total_ore,
)
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.domain import (
    ServiceTerms,
    charged_months,
    days_in_operation,
    instalment,
)
from services.billing.subscriptions.service import CannotApplyError, Subscription
from services.billing.tables import (
    CreditRow,
    InstalmentRow,
    InvoiceLineRow,
    InvoiceRow,
    SubscriptionRow,
    TrueUpRow,
)
from services.billing.true_up import repository as true_up_repository
from services.billing.true_up import service as true_ups
from services.billing.true_up.service import BookedTrueUp
from services.chassis.consumer import NotYet
from services.chassis.ids import new_id
from services.chassis.money import format_sek
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.billing import InvoiceIssued, InvoiceLine
from services.contracts.collab_model import LevelBreached


@dataclass(frozen=True)
class Invoice:
    """An issued invoice with its lines."""

    row: InvoiceRow
    lines: Sequence[InvoiceLineRow]


async def credit_breach(uow: UnitOfWork, event: LevelBreached) -> None:
    """Record a breach and what it gives back; a breach is recorded once.

    Raises:
        NotYet: the agreement, or its service's go-live, has not arrived.
        CannotApplyError: the agreement has no such service.
    """
    row = await subscription_repository.lock_by_agreement(uow.session, event.agreement_id)
    if row is None:
        raise NotYet(f"agreement {event.agreement_id} is not known yet")
    if await uow.session.get(CreditRow, event.breach_id) is not None:
        return
    services = (await subscription_repository.services_of(uow.session, [row.id]))[row.id]
    service = next((each for each in services if each.service == event.service), None)
    if service is None:
        raise CannotApplyError(f"agreement {event.agreement_id} has no service {event.service}")
    if service.live_on is None:
        raise NotYet(f"{event.service} of agreement {event.agreement_id} is not live yet")
    month = Month.of(stockholm_day(event.breached_at))
    monthly = instalment(subscriptions.terms_of(row, service), month)
    earlier = await repository.breaches_in(uow.session, row.id, event.service, month)
    rule = CreditRule(Decimal(row.percent_per_breach), Decimal(row.monthly_cap_percent))
    amount = credit_of_next_breach(rule, monthly, earlier)
    uow.session.add(
        CreditRow(
            breach_id=event.breach_id,
            subscription_id=row.id,
            org_number=row.org_number,
            service=event.service,
            period=str(month),
            level=event.level,
            matter_id=event.matter_id,
            breached_at=event.breached_at,
            amount_ore=amount,
            explanation=_credit_explanation(rule, monthly, earlier + 1, amount),
            invoice_id=None,
            recorded_at=uow.recorded_at,
        )
    )
    await uow.session.flush()


def _credit_explanation(rule: CreditRule, monthly: int, breaches: int, amount: int) -> str:
    percent = credited_percent(rule, breaches).normalize()
    return (
        f"breach {breaches} of the month at {rule.percent_per_breach.normalize():f} % each, at "
        f"most {rule.monthly_cap_percent.normalize():f} %: in all {percent:f} % of the instalment "
        f"{format_sek(monthly)}, of which this breach {format_sek(amount)}"
    )


async def invoice_month(uow: UnitOfWork, subscription: SubscriptionRow, month: Month) -> None:
    """Invoice a subscription's month, once; a month without any line has no invoice."""
    if await repository.is_invoiced(uow.session, subscription.id, month):
        return
    loaded = (await subscriptions.loaded(uow.session, [subscription]))[0]
    already = await subscription_repository.charged(uow.session, subscription.id)
    settled = await true_ups.with_settlements(
        uow,
        await true_up_repository.to_invoice(uow.session, subscription.id, month.last_day),
    )
    credited = await repository.credits_to_invoice(uow.session, subscription.id, month)
    instalments = _instalment_lines(loaded.terms, already, month)
    lines = (*instalments, *_true_up_lines(loaded.terms, settled), *_credit_lines(credited))
    if not lines:
        return
    invoice = await _store(uow, loaded, month, lines)
    for line in instalments:
        uow.session.add(_instalment_row(invoice, line))
    _mark_invoiced([each.row for each in settled], credited, invoice)
    await uow.session.flush()


def _mark_invoiced(
    true_up_rows: Sequence[TrueUpRow], credited: Sequence[CreditRow], invoice: InvoiceRow
) -> None:
    for true_up in true_up_rows:
        true_up.invoice_id = invoice.id
    for credit in credited:
        credit.invoice_id = invoice.id


def _instalment_lines(
    services: Sequence[ServiceTerms], already: set[tuple[str, Month]], through: Month
) -> tuple[Line, ...]:
    # Earlier months are there only when a go-live became known after they were invoiced.
    return tuple(
        Line(
            kind=LineKind.SUBSCRIPTION,
            service=terms.service,
            month=month,
            text=_instalment_text(terms, month),
            amount_ore=instalment(terms, month),
        )
        for terms in services
        for month in charged_months(terms, through)
        if (terms.service, month) not in already
    )


def _instalment_text(terms: ServiceTerms, month: Month) -> str:
    days = days_in_operation(terms, month)
    part = "" if days == month.days else f", {days} of {month.days} days"
    return f"{terms.name}: 1/12 of the yearly fee {format_sek(terms.yearly_ore)}, {month}{part}"


def _true_up_lines(
    services: Sequence[ServiceTerms], settled: Sequence[BookedTrueUp]
) -> tuple[Line, ...]:
    names = {terms.service: terms.name for terms in services}
    return tuple(
        Line(
            kind=LineKind.TRUE_UP,
            service=service,
            month=each.settlement.through,
            text=(
                f"{names[service]}: true-up through {each.settlement.through}, actual "
                f"{format_sek(totals.actual_ore)} less charged {format_sek(totals.charged_ore)}"
            ),
            amount_ore=totals.difference_ore,
        )
        for each in settled
        for service, totals in each.settlement.by_service().items()
        if totals.difference_ore != 0
    )


def _credit_lines(credited: Sequence[CreditRow]) -> tuple[Line, ...]:
    grouped: dict[tuple[str, str], list[CreditRow]] = {}
    for credit in credited:
        grouped.setdefault((credit.period, credit.service), []).append(credit)
    return tuple(
        Line(
            kind=LineKind.CREDIT,
            service=service,
            month=Month.parse(period),
            text=(
                f"Compensation for breached service levels of {service} in {period}: "
                f"{len(rows)} {'breach' if len(rows) == 1 else 'breaches'}"
            ),
            amount_ore=-amount,
        )
        for (period, service), rows in grouped.items()
        if (amount := sum(row.amount_ore for row in rows)) != 0
    )


async def _store(
    uow: UnitOfWork, subscription: Subscription, month: Month, lines: tuple[Line, ...]
) -> InvoiceRow:
    issued_on = stockholm_day(uow.now)
    row = InvoiceRow(
        id=new_id(),
        number=invoice_number(
            issued_on.year, await repository.next_number(uow.session, issued_on.year)
        ),
        subscription_id=subscription.row.id,
        org_number=subscription.row.org_number,
        customer_name=subscription.customer_name,
        period=str(month),
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
                    kind=line.kind.value,
                    service=line.service,
                    text=line.text,
                    amount_ore=line.amount_ore,
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
    uow: UnitOfWork, customer: str | None, after: str | None, limit: int
) -> list[Invoice]:
    """Invoices within a scope, oldest first."""
    rows = await repository.page(uow.session, customer, after, limit)
    lines = await repository.lines_of(uow.session, [row.id for row in rows])
    return [Invoice(row, lines[row.id]) for row in rows]


async def get(uow: UnitOfWork, invoice_id: str, scope: str | None) -> Invoice:
    """One invoice.

    Raises:
        Problem: ``not_found``, also for another customer's.
    """
    row = await repository.get(uow.session, invoice_id, scope)
    if row is None:
        raise not_found("invoice")
    return Invoice(row, (await repository.lines_of(uow.session, [row.id]))[row.id])


async def credit_page(
    uow: UnitOfWork, customer: str | None, after: str | None, limit: int
) -> Sequence[CreditRow]:
    """Credits within a scope."""
    return await repository.credit_page(uow.session, customer, after, limit)
