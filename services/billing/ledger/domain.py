"""Vouchers: balanced double entries with a cause. Debit is above nought, credit below.

A voucher never changes. What turns out otherwise is a new voucher, which names the one it
corrects where it corrects a single one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.billing.ledger.chart import AccountRole, chart
from services.billing.months import Month

Texts = tuple[str, str]
"""What a voucher says, in English and Swedish."""


class CauseKind(StrEnum):
    """What a voucher was made for; together with the cause's identity it comes once."""

    INVOICE = "invoice"
    FEES_EARNED = "fees_earned"
    TRUE_UP = "true_up"
    CREDIT = "credit"
    CREDIT_WITHDRAWN = "credit_withdrawn"
    CREDITS_LEVELLED = "credits_levelled"
    FINAL_SETTLEMENT = "final_settlement"
    COST_SHARING = "cost_sharing"
    START_UP_COST = "start_up_cost"
    COST = "cost"
    CORRECTION = "correction"

    @property
    def series(self) -> str:
        """The series of vouchers it is numbered in."""
        return _SERIES[self]


_SERIES: Mapping[CauseKind, str] = {
    CauseKind.INVOICE: "F",
    CauseKind.FEES_EARNED: "P",
    CauseKind.TRUE_UP: "A",
    CauseKind.CREDIT: "K",
    CauseKind.CREDIT_WITHDRAWN: "K",
    CauseKind.CREDITS_LEVELLED: "K",
    CauseKind.FINAL_SETTLEMENT: "S",
    CauseKind.COST_SHARING: "D",
    CauseKind.START_UP_COST: "U",
    CauseKind.COST: "U",
    CauseKind.CORRECTION: "R",
}


class UnbalancedError(ValueError):
    """The entries of a voucher do not come to nought, or there are none."""


@dataclass(frozen=True)
class Entry:
    """A row of a voucher: an account, and whom, what and which month it is about.

    ``service`` is the service, or the arrangement whose cost is shared.
    """

    account: str
    amount_ore: int
    org_number: str | None = None
    service: str | None = None
    period: str | None = None


@dataclass(frozen=True)
class Posting:
    """A voucher before it has its number.

    ``day`` is that of the fact; ``subscription_id`` and ``corrects`` where there is one.

    Raises:
        UnbalancedError: the entries do not come to nought, or there are none.
    """

    cause: CauseKind
    cause_id: str
    day: date
    text: str
    text_sv: str
    entries: tuple[Entry, ...]
    subscription_id: str | None = None
    corrects: str | None = None

    def __post_init__(self) -> None:
        if not self.entries or sum(each.amount_ore for each in self.entries) != 0:
            raise UnbalancedError(f"{self.cause} {self.cause_id} does not balance")


def entry(
    role: AccountRole,
    amount_ore: int,
    org_number: str | None = None,
    service: str | None = None,
    period: str | None = None,
) -> Entry:
    """An entry on the account that has a role."""
    return Entry(chart().numbers[role], amount_ore, org_number, service, period)


def joined(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries that are about the same as one, in the order of the first; noughts left out."""
    sums: dict[Entry, int] = {}
    for each in entries:
        key = replace(each, amount_ore=0)
        sums[key] = sums.get(key, 0) + each.amount_ore
    return tuple(replace(key, amount_ore=ore) for key, ore in sums.items() if ore)


def pair(
    debit: AccountRole,
    credit: AccountRole,
    amount_ore: int,
    org_number: str | None,
    service: str | None,
    period: str | None = None,
) -> list[Entry]:
    """An amount in debit of one account and in credit of another, about the same."""
    about = (org_number, service, period)
    return [entry(debit, amount_ore, *about), entry(credit, -amount_ore, *about)]


def posting_of(
    cause: CauseKind,
    cause_id: str,
    day: date,
    texts: Texts,
    entries: Iterable[Entry],
    subscription_id: str | None = None,
    corrects: str | None = None,
) -> Posting | None:
    """A posting of entries, those about the same joined; None when they come to nothing."""
    rows = joined(entries)
    if not rows:
        return None
    return Posting(cause, cause_id, day, *texts, rows, subscription_id, corrects)


def posting_day(day: date, closed_through: Month | None) -> date:
    """The day a fact is posted on: its own, or the first one after the closed months.

    Args:
        day: the fact's day.
        closed_through: the last closed month; None while none is.
    """
    if closed_through is None:
        return day
    return max(day, closed_through.next.first_day)


def voucher_number(series: str, year: int, number: int) -> str:
    """A voucher's number as people write it, such as ``F-2026-000001``."""
    return f"{series}-{year:04d}-{number:06d}"
