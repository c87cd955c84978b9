"""Invoices and credits (DOMAIN.md sections 4 and 7).

An invoice covers one calendar month of one subscription: the instalments of its services,
the true-ups settled since, and the credits for breached service levels. It also brings
earlier months up to date: what was not charged yet, and what turned out otherwise than it
was charged (terms, ends or roll-backs that became known late). Its total is the sum of its
lines; credits and refunds are negative lines, and an invoice may come out negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.billing.months import Month
from services.billing.subscriptions.versions import CreditRule
from services.chassis.money import round_half_up
from services.contracts.credits import Measured, calculate

MONTH_OF_ITS_OWN = "month"
"""Occasion of the invoices that come with each month."""


class LineKind(StrEnum):
    """What an invoice line charges or gives back."""

    SUBSCRIPTION = "subscription"
    TRUE_UP = "true_up"
    CREDIT = "credit"
    EXIT_COST = "exit_cost"
    COST_SHARE = "cost_share"

    @property
    def published(self) -> str:
        """The kind as readers of the first form of ``InvoiceIssued`` know it, to whom what an
        exit costs is part of what is settled, and a share of a cost what is charged regularly.
        """
        if self is LineKind.COST_SHARE:
            return LineKind.SUBSCRIPTION.value
        return LineKind.TRUE_UP.value if self is LineKind.EXIT_COST else self.value


@dataclass(frozen=True)
class Line:
    """One line of an invoice; ``month`` is the month the line is about.

    A share of a cost names its arrangement as ``service``, the booked sharing and the party.
    """

    kind: LineKind
    service: str
    month: Month
    text: str
    amount_ore: int
    cost_sharing_id: str | None = None
    party: str | None = None


def invoice_number(year: int, sequence: int) -> str:
    """The number of a calendar year's n-th invoice, such as ``2026-000001``."""
    return f"{year:04d}-{sequence:06d}"


def total_ore(lines: Iterable[Line]) -> int:
    """An invoice's total: the sum of its lines, exactly."""
    return sum(line.amount_ore for line in lines)


def credited_percent(rule: CreditRule, breaches: int) -> Decimal:
    """How much of a month's instalment so many breaches give back; at most the cap."""
    return min(rule.percent_per_breach * breaches, rule.monthly_cap_percent)


def credit_total(rule: CreditRule, instalment_ore: int, breaches: int) -> int:
    """What a service's breaches in one month give back in all, rounded half up to öre.

    Args:
        rule: the signed terms.
        instalment_ore: the service's instalment of that month, 0 or more.
        breaches: how many, 0 or more.
    """
    percent = Fraction(credited_percent(rule, breaches))
    return round_half_up(percent / 100 * instalment_ore)


def credit_due(
    rule: CreditRule, instalment_ore: int, breaches: int, results: Sequence[Measured]
) -> int:
    """What a service's month gives back in all: breaches, and levels that missed their share.

    Rounded half up to öre, once; without results of levels it is the ``credit_total``.

    Args:
        rule: the signed terms.
        instalment_ore: the service's instalment of that month, 0 or more.
        breaches: how many count, 0 or more.
        results: how the month's levels came out.
    """
    percent = Fraction(calculate(rule.terms, breaches, results).percent)
    return round_half_up(percent / 100 * instalment_ore)


def credit_of_next_breach(rule: CreditRule, instalment_ore: int, earlier: int) -> int:
    """What one more breach gives back after ``earlier`` ones in the same month.

    The credits of a month's breaches sum to ``credit_total`` whatever their order and
    whichever invoices they fall on, so the cap holds by month.
    """
    return credit_total(rule, instalment_ore, earlier + 1) - credit_total(
        rule, instalment_ore, earlier
    )
