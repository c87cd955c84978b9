"""Phase 5: when a service in operation counts as stable (DOMAIN.md section 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ClosedPeriod:
    """A month of a service as it was closed: whether it was whole, and met its levels."""

    service: str
    period: str
    whole_month: bool
    met: bool

    @property
    def ordinal(self) -> int:
        """Months since year 0, so that neighbouring months differ by one."""
        year, month = self.period.split("-")
        return int(year) * 12 + int(month) - 1


@dataclass(frozen=True)
class Matter:
    """What a case knows of a matter; either end may be heard of first."""

    matter_id: str
    service: str
    priority: str
    raised_at: datetime | None
    resolved_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Raised, and not resolved."""
        return self.raised_at is not None and self.resolved_at is None


def met_in_a_row(periods: Collection[ClosedPeriod], service: str) -> int:
    """How many whole months in a row a service has met its levels, up to its latest.

    Counted from the set of known periods, so the order in which they came does not
    matter. The month of go-live is no whole month and counts neither way; a month that
    is not closed yet breaks the row as one that was missed does.
    """
    whole = {p.ordinal: p.met for p in periods if p.service == service and p.whole_month}
    if not whole:
        return 0
    month, run = max(whole), 0
    while whole.get(month, False):
        month, run = month - 1, run + 1
    return run
