"""Parallel runs: a month reckoned in the old and the new system, compared per kind of pay."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from services.onboarding.implementation.domain import Approval, is_after
from services.onboarding.parties import Party


class Cause(StrEnum):
    """Why the two systems differ in a kind of pay."""

    ERROR_IN_OLD = "error_in_old"
    ERROR_IN_NEW = "error_in_new"
    RULE_CHANGE = "rule_change"
    ROUNDING = "rounding"


@dataclass(frozen=True)
class PayTolerance:
    """By how much a kind of pay may differ.

    Attributes:
        count: payslip rows, either way.
        sum_ore: öre, either way.
        sum_per_million: millionths of the old sum, either way; the larger of the two rules.
    """

    count: int
    sum_ore: int
    sum_per_million: int


@dataclass(frozen=True)
class KindTolerance:
    """The tolerance of the kinds of pay whose code begins with ``prefix``."""

    prefix: str
    tolerance: PayTolerance


@dataclass(frozen=True)
class ParallelRunRules:
    """What a service's parallel runs have to show before it goes live.

    Attributes:
        required_in_a_row: approved months that follow on each other.
        causes_to_mend: differences of these causes keep a run from being approved.
    """

    service: str
    required_in_a_row: int
    tolerance: PayTolerance
    kinds: tuple[KindTolerance, ...]
    causes_to_mend: frozenset[Cause]

    def tolerance_of(self, kind: str) -> PayTolerance:
        """The tolerance of a kind of pay: the first prefix that fits, else the general one."""
        for special in self.kinds:
            if kind.startswith(special.prefix):
                return special.tolerance
        return self.tolerance


@dataclass(frozen=True)
class ReportedLine:
    """A kind of pay as the two systems have it, before it is judged."""

    kind: str
    name: str
    old_count: int
    new_count: int
    old_sum_ore: int
    new_sum_ore: int


@dataclass(frozen=True)
class Explanation:
    """Why a kind of pay differs, as a party has classed and explained it."""

    cause: Cause
    text: str
    party: Party
    at: datetime


@dataclass(frozen=True)
class PayLine:
    """A kind of pay within a run, with the tolerance in force when it was reported."""

    reported: ReportedLine
    tolerance: PayTolerance
    explanation: Explanation | None = None

    @property
    def kind(self) -> str:
        """The code of the kind of pay."""
        return self.reported.kind

    @property
    def count_difference(self) -> int:
        """Rows in the new system beyond those in the old."""
        return self.reported.new_count - self.reported.old_count

    @property
    def sum_difference_ore(self) -> int:
        """Öre in the new system beyond those in the old."""
        return self.reported.new_sum_ore - self.reported.old_sum_ore

    @property
    def within_tolerance(self) -> bool:
        """Whether counts and sums differ by no more than they may, exactly reckoned."""
        share = Fraction(abs(self.reported.old_sum_ore) * self.tolerance.sum_per_million, 1_000_000)
        return abs(self.count_difference) <= self.tolerance.count and abs(
            self.sum_difference_ore
        ) <= max(share, Fraction(self.tolerance.sum_ore))

    @property
    def unexplained(self) -> bool:
        """Whether it differs beyond tolerance and nobody has said why."""
        return not self.within_tolerance and self.explanation is None


@dataclass(frozen=True)
class ParallelRun:
    """One attempt at a month; ``period`` is ``YYYY-MM``, ``attempt`` counts from 1."""

    id: str
    service: str
    period: str
    attempt: int
    lines: tuple[PayLine, ...]
    reported_at: datetime
    approval: Approval | None = None

    @property
    def ordinal(self) -> int:
        """Months since year 0, so that neighbouring months differ by one."""
        year, month = self.period.split("-")
        return int(year) * 12 + int(month) - 1

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The kinds of pay that differ beyond tolerance without an explanation."""
        return tuple(line.kind for line in self.lines if line.unexplained)

    @property
    def is_approved(self) -> bool:
        """Whether the customer's side has approved it."""
        return self.approval is not None and self.approval.approved

    def to_mend(self, causes: Collection[Cause]) -> tuple[str, ...]:
        """The kinds of pay whose difference has to be mended in the new system."""
        return tuple(
            line.kind
            for line in self.lines
            if not line.within_tolerance
            and line.explanation is not None
            and line.explanation.cause in causes
        )


def repeated_kinds(lines: Iterable[ReportedLine]) -> tuple[str, ...]:
    """Codes that appear more than once, in the order they are repeated."""
    seen: set[str] = set()
    repeated: dict[str, None] = {}
    for line in lines:
        if line.kind in seen:
            repeated[line.kind] = None
        seen.add(line.kind)
    return tuple(repeated)


def approved_in_a_row(
    runs: Iterable[ParallelRun], service: str, since: datetime | None = None
) -> int:
    """How many months in a row, up to the latest reported, were approved.

    Of a month only its latest attempt counts. A month that waits or was rejected breaks the
    row, and so does one that was left out.

    Args:
        runs: in any order.
        service: the service asked about.
        since: runs reported before the service was rolled back do not count.
    """
    approved: dict[int, bool] = {}
    for run in sorted(runs, key=lambda entry: entry.attempt):
        if run.service == service and is_after(run.reported_at, since):
            approved[run.ordinal] = run.is_approved
    if not approved:
        return 0
    month, row = max(approved), 0
    while approved.get(month, False):
        month, row = month - 1, row + 1
    return row
