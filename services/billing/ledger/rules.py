"""Posting rules: from what happened in billing to vouchers. Pure.

A fact earns or owes on the day it is about, and stands as an accrual until an invoice carries
it; so income does not depend on when the invoice is made out, and the accruals of what is
invoiced come to nought. Amounts have no value added tax: billing reckons none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.invoices.domain import LineKind
from services.billing.ledger.chart import AccountRole as Role
from services.billing.ledger.domain import (
    CauseKind,
    Entry,
    Posting,
    Texts,
    entry,
    pair,
    posting_of,
)
from services.billing.months import Month

Amounts = Mapping[tuple[str, str], int]
"""Öre by service and month."""


@dataclass(frozen=True)
class InvoiceLineFact:
    """A line of an invoice; ``between_parties`` is what of a cost share others get or pay."""

    kind: LineKind
    service: str
    period: str
    amount_ore: int
    between_parties_ore: int = 0


@dataclass(frozen=True)
class InvoiceFact:
    """An issued invoice."""

    id: str
    number: str
    subscription_id: str
    org_number: str
    period: Month
    issued_on: date
    lines: tuple[InvoiceLineFact, ...]

    @property
    def earned_on(self) -> date:
        """The day its fees are earned: the last one of its month."""
        return min(self.period.last_day, self.issued_on)


def fees_earned(invoice: InvoiceFact) -> Posting | None:
    """The fees of an invoice, on the last day of its month: income not yet invoiced."""
    fees = [line for line in invoice.lines if line.kind is LineKind.SUBSCRIPTION]
    return posting_of(
        CauseKind.FEES_EARNED,
        invoice.id,
        invoice.earned_on,
        (
            f"Fees of {invoice.period}, invoice {invoice.number}",
            f"Avgifter för {invoice.period}, faktura {invoice.number}",
        ),
        [
            each
            for line in fees
            for each in pair(
                Role.FEES_ACCRUED,
                Role.FEES,
                line.amount_ore,
                invoice.org_number,
                line.service,
                line.period,
            )
        ],
        invoice.subscription_id,
    )


def invoiced(invoice: InvoiceFact) -> Posting | None:
    """An invoice: a claim on the customer in place of what was accrued, line by line."""
    rows: list[Entry] = []
    for line in invoice.lines:
        about = (invoice.org_number, line.service, line.period)
        rows.append(entry(Role.RECEIVABLE, line.amount_ore, *about))
        rows.append(entry(_accrual(line.kind, line.amount_ore), -line.amount_ore, *about))
        if line.kind is LineKind.COST_SHARE:
            income = line.amount_ore - line.between_parties_ore
            rows += pair(Role.SHARES_DEFERRED, Role.SHARES, income, *about)
    return posting_of(
        CauseKind.INVOICE,
        invoice.id,
        invoice.issued_on,
        (
            f"Invoice {invoice.number}, {invoice.period}",
            f"Faktura {invoice.number}, {invoice.period}",
        ),
        rows,
        invoice.subscription_id,
    )


def _accrual(kind: LineKind, amount_ore: int) -> Role:
    owed = amount_ore < 0
    match kind:
        case LineKind.SUBSCRIPTION:
            return Role.FEES_ACCRUED
        case LineKind.TRUE_UP:
            return Role.TRUE_UPS_OWED if owed else Role.TRUE_UPS_ACCRUED
        case LineKind.CREDIT:
            return Role.CREDITS_OWED
        case LineKind.EXIT_COST:
            return Role.EXIT_COSTS_ACCRUED
        case LineKind.COST_SHARE:
            return Role.SHARES_ACCRUED


def credits_levelled(
    cause_id: str, day: date, org_number: str, subscription_id: str, left: Amounts
) -> Posting | None:
    """What credits turned out otherwise than their breaches gave, once all due is invoiced.

    Args:
        cause_id: the invoice, or the subscription's month that has none.
        day: the last day of the month that was invoiced.
        org_number: whose credits.
        subscription_id: and of which subscription.
        left: what stands as owed by service and month, and is not.
    """
    rows = [
        each
        for (service, period), ore in sorted(left.items())
        for each in pair(Role.CREDITS_OWED, Role.CREDITS, ore, org_number, service, period)
    ]
    texts = (
        "Compensation as the month's terms give it, less what its breaches gave",
        "Kompensation enligt månadens villkor, minus det som bristerna gav",
    )
    return posting_of(CauseKind.CREDITS_LEVELLED, cause_id, day, texts, rows, subscription_id)


def true_up_booked(
    true_up_id: str,
    day: date,
    org_number: str,
    subscription_id: str,
    differences: Amounts,
) -> Posting | None:
    """A booked true-up: what each service costs more or less, until an invoice carries it.

    Args:
        true_up_id: the true-up.
        day: the day it was settled on.
        org_number: the customer.
        subscription_id: its subscription.
        differences: actual less charged, by service and the month it goes through.
    """
    rows: list[Entry] = []
    for (service, period), ore in differences.items():
        accrual = Role.TRUE_UPS_OWED if ore < 0 else Role.TRUE_UPS_ACCRUED
        rows += pair(accrual, Role.TRUE_UPS, ore, org_number, service, period)
    texts = (f"True-up of {day}", f"Avstämning {day}")
    return posting_of(CauseKind.TRUE_UP, true_up_id, day, texts, rows, subscription_id)


@dataclass(frozen=True)
class CreditFact:
    """A breach of a service level, and what it gives back (0 or more)."""

    breach_id: str
    subscription_id: str
    org_number: str
    service: str
    period: str
    amount_ore: int


def credit_given(credit: CreditFact, day: date) -> Posting | None:
    """A breach: income less what it gives back, which is owed until an invoice carries it."""
    return _credit(CauseKind.CREDIT, credit, credit.amount_ore, day, ("Breach", "Brist"), None)


def credit_withdrawn(credit: CreditFact, day: date, corrects: str | None) -> Posting | None:
    """A breach that was none: what it gave is owed no more."""
    return _credit(
        CauseKind.CREDIT_WITHDRAWN, credit, -credit.amount_ore, day, _WITHDRAWN, corrects
    )


_WITHDRAWN: Texts = ("Withdrawn breach", "Återtagen brist")


def _credit(
    cause: CauseKind, credit: CreditFact, ore: int, day: date, what: Texts, corrects: str | None
) -> Posting | None:
    rows = pair(
        Role.CREDITS, Role.CREDITS_OWED, ore, credit.org_number, credit.service, credit.period
    )
    texts = (
        f"{what[0]} of a service level of {credit.service}, {credit.period}",
        f"{what[1]} i en servicenivå för {credit.service}, {credit.period}",
    )
    return posting_of(cause, credit.breach_id, day, texts, rows, credit.subscription_id, corrects)


def exit_costs(
    settlement_id: str,
    day: date,
    org_number: str,
    subscription_id: str,
    amounts: Amounts,
) -> Posting | None:
    """What a final settlement makes the one who leaves bear besides its fees."""
    rows = [
        each
        for (service, period), ore in amounts.items()
        for each in pair(Role.EXIT_COSTS_ACCRUED, Role.EXIT_COSTS, ore, org_number, service, period)
    ]
    texts = (
        f"Exit costs of the final settlement of {day}",
        f"Ersättning vid utträde, slutavräkning {day}",
    )
    return posting_of(CauseKind.FINAL_SETTLEMENT, settlement_id, day, texts, rows, subscription_id)


@dataclass(frozen=True)
class ShareFact:
    """What a booked sharing charges a party now; ``line`` is empty for what parties pay others."""

    org_number: str | None
    line: str
    amount_ore: int


def sharing_booked(
    sharing_id: str,
    arrangement: str,
    day: date,
    shares: Sequence[ShareFact],
    corrects: str | None,
) -> Posting | None:
    """A booked sharing: claims on the parties. They are income once they are invoiced.

    What parties pay each other is no income: it goes through an account of its own, which
    comes to nought when nothing of it is held back.
    """
    rows: list[Entry] = []
    for share in shares:
        against = Role.SHARES_DEFERRED if share.line else Role.BETWEEN_PARTIES
        rows += pair(Role.SHARES_ACCRUED, against, share.amount_ore, share.org_number, arrangement)
    texts = (f"Sharing of the costs of {arrangement}", f"Delning av kostnader för {arrangement}")
    return posting_of(CauseKind.COST_SHARING, sharing_id, day, texts, rows, None, corrects)


def correction(
    correction_id: str,
    corrects: str,
    day: date,
    reason: str,
    entries: Iterable[Entry],
    subscription_id: str | None,
) -> Posting | None:
    """A correction by hand of a voucher; None when its entries come to nothing.

    Raises:
        UnbalancedError: they do not balance.
    """
    rows = list(entries)
    return posting_of(
        CauseKind.CORRECTION, correction_id, day, (reason, reason), rows, subscription_id, corrects
    )


def reversed_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The same entries with debit for credit."""
    return tuple(
        Entry(each.account, -each.amount_ore, each.org_number, each.service, each.period)
        for each in entries
    )
