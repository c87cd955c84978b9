"""Phase 2: the standard delivery held against the customer's way.

Every activity is compared, and every difference gets a decision (DOMAIN.md section 3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.onboarding.parties import Party


@dataclass(frozen=True, order=True)
class ActivityRef:
    """An activity within a service."""

    service: str
    activity: str

    def __str__(self) -> str:
        return f"{self.service}/{self.activity}"


class GapKind(StrEnum):
    """What a gap lies in; the differences that decide how long joining takes."""

    PROCESS = "process"
    SYSTEM = "system"
    DATA = "data"
    FORMS_OF_EMPLOYMENT = "forms_of_employment"
    COLLECTIVE_AGREEMENT = "collective_agreement"
    SECURITY = "security"
    OTHER = "other"


class GapSize(StrEnum):
    """How much a gap weighs."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Resolution(StrEnum):
    """What is decided about a gap."""

    ADOPT_STANDARD = "adopt_standard"
    CENTRE_ADAPTS = "centre_adapts"
    EXCEPTION_UNTIL = "exception_until"
    STAYS_WITH_CUSTOMER = "stays_with_customer"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def deviates(self) -> bool:
        """Whether the delivery then differs from the standard."""
        return self is not Resolution.ADOPT_STANDARD

    @property
    def owner(self) -> Party:
        """Who answers for the deviation: the party whose way it keeps or makes."""
        return Party.CENTRE if self is Resolution.CENTRE_ADAPTS else Party.CUSTOMER


@dataclass(frozen=True)
class Decision:
    """A decision on a gap: who, by what mandate, why, and what it costs once.

    ``effort_hours`` and ``price_ore`` may be unknown when a matter is settled in
    principle; the gate asks for them before the agreement is drafted. ``recorded_by`` is the
    party through which it was recorded; None where that is not known.
    """

    resolution: Resolution
    reason: str
    effort_hours: int | None
    price_ore: int | None
    until: date | None
    decided_by: str
    mandate: str
    decided_at: datetime
    recorded_by: Party | None = None

    def says_the_same_as(self, other: Decision) -> bool:
        """Whether two decisions are alike, whoever recorded them and when."""
        return replace(self, decided_at=other.decided_at, recorded_by=other.recorded_by) == other


class Superseded(StrEnum):
    """Why a decision no longer stands."""

    DECIDED_ANEW = "decided_anew"
    COMPARED_ANEW = "compared_anew"
    FELL_AWAY = "fell_away"
    REOPENED = "reopened"


@dataclass(frozen=True)
class PastDecision:
    """A decision in the history of a gap; it stands while ``superseded_at`` is None."""

    decision: Decision
    comparison_version: int
    superseded_at: datetime | None = None
    superseded_because: Superseded | None = None


@dataclass(frozen=True)
class Comparison:
    """An activity as the customer does it today, and whether that differs.

    ``catalogue_version`` is the one whose standard delivery it was held against.
    """

    ref: ActivityRef
    customer_way: str
    gap: bool
    kind: GapKind | None
    size: GapSize | None
    version: int
    catalogue_version: str
    decision: Decision | None = None

    def says_the_same_as(self, other: Comparison) -> bool:
        """Whether two comparisons describe the activity alike, decisions apart."""
        return (self.customer_way, self.gap, self.kind, self.size) == (
            other.customer_way,
            other.gap,
            other.kind,
            other.size,
        )


@dataclass(frozen=True)
class GapCounts:
    """How far a gap analysis has come."""

    activities: int
    compared: int
    gaps: int
    undecided: int
    deviations: int


def not_compared(
    activities: Iterable[ActivityRef], comparisons: Iterable[Comparison]
) -> tuple[ActivityRef, ...]:
    """The activities that nobody has held against the customer's way yet."""
    done = {comparison.ref for comparison in comparisons}
    return tuple(ref for ref in activities if ref not in done)


def undecided(comparisons: Iterable[Comparison]) -> tuple[ActivityRef, ...]:
    """The activities whose gap has no decision."""
    return tuple(item.ref for item in comparisons if item.gap and item.decision is None)


def deviations(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons whose decision departs from the standard delivery."""
    return tuple(
        item
        for item in comparisons
        if item.decision is not None and item.decision.resolution.deviates
    )


def not_priced(comparisons: Iterable[Comparison]) -> tuple[ActivityRef, ...]:
    """The deviations whose price or effort is unknown."""
    return tuple(
        item.ref
        for item in deviations(comparisons)
        if item.decision is not None
        and (item.decision.price_ore is None or item.decision.effort_hours is None)
    )


def count(activities: Collection[ActivityRef], comparisons: Collection[Comparison]) -> GapCounts:
    """The state of a gap analysis in figures."""
    return GapCounts(
        activities=len(activities),
        compared=len(activities) - len(not_compared(activities, comparisons)),
        gaps=sum(item.gap for item in comparisons),
        undecided=len(undecided(comparisons)),
        deviations=len(deviations(comparisons)),
    )
