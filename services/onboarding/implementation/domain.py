"""Phase 4: readiness, reconciliation of migrated data, go or no-go, go-live."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from services.onboarding.parties import Owner, Party


class ReadinessArea(StrEnum):
    """What readiness is judged on (GSA's M3; DOMAIN.md section 3)."""

    PROGRAMME = "programme"
    SYSTEM = "system"
    WORKFORCE = "workforce"
    OPERATIONS = "operations"


@dataclass(frozen=True)
class ReadinessItem:
    """Something that has to be true before go-live, and who answers for it."""

    key: str
    area: ReadinessArea
    owner: Owner
    text: str


@dataclass(frozen=True)
class ReadinessStatement:
    """What a party says of a readiness item, with its evidence."""

    item: str
    party: Party
    ready: bool
    evidence: str
    stated_at: datetime


@dataclass(frozen=True)
class ReconciliationRules:
    """When migrated data counts as reconciled.

    Attributes:
        minimum_batches: how many batches have to be reconciled at the least.
        count_tolerance: by how many records source and target may differ.
        sum_tolerance_per_million: by how many millionths of the source's sum the sums
            may differ.
    """

    minimum_batches: int
    count_tolerance: int
    sum_tolerance_per_million: int


@dataclass(frozen=True)
class Reconciliation:
    """A migrated batch, counted and summed at its source and at its target."""

    batch: str
    source_count: int
    target_count: int
    source_sum_ore: int
    target_sum_ore: int
    explanation: str | None
    reconciled_at: datetime

    @property
    def count_difference(self) -> int:
        """Records at the target beyond those at the source; negative when some are lost."""
        return self.target_count - self.source_count

    @property
    def sum_difference_ore(self) -> int:
        """Öre at the target beyond those at the source."""
        return self.target_sum_ore - self.source_sum_ore

    def within(self, rules: ReconciliationRules) -> bool:
        """Whether both differences lie within tolerance, exactly reckoned."""
        allowed = Fraction(abs(self.source_sum_ore) * rules.sum_tolerance_per_million, 1_000_000)
        return (
            abs(self.count_difference) <= rules.count_tolerance
            and abs(self.sum_difference_ore) <= allowed
        )

    def holds(self, rules: ReconciliationRules) -> bool:
        """Whether the batch is within tolerance, or its difference is explained."""
        return self.within(rules) or self.explanation is not None


@dataclass(frozen=True)
class GoWindow:
    """How many days before go-live a party decides, at the least and at the most."""

    minimum_days_ahead: int
    maximum_days_ahead: int

    def admits(self, go_live_on: date, today: date) -> bool:
        """Whether a go-live day lies within the window as seen today, ends included."""
        ahead = (go_live_on - today).days
        return self.minimum_days_ahead <= ahead <= self.maximum_days_ahead


class Verdict(StrEnum):
    """Go or no-go."""

    GO = "go"
    NO_GO = "no_go"


@dataclass(frozen=True)
class GoDecision:
    """A party's decision on go-live; a joint decision is two identical ones."""

    party: Party
    verdict: Verdict
    go_live_on: date
    mandate: str
    reason: str | None
    decided_at: datetime


def not_ready(
    items: Collection[ReadinessItem], statements: Collection[ReadinessStatement]
) -> tuple[tuple[ReadinessItem, Party], ...]:
    """Every item and party whose confirmation is missing."""
    confirmed = {(said.item, said.party) for said in statements if said.ready}
    return tuple(
        (item, party)
        for item in items
        for party in item.owner.parties
        if (item.key, party) not in confirmed
    )


def decided_day(decisions: Mapping[Party, GoDecision]) -> date | None:
    """The day both parties have said go for; None while they have not or differ.

    No joint decision is possible between authorities: it is separate decisions that
    agree word for word (DOMAIN.md section 4).
    """
    goes = [decisions[party] for party in Party if party in decisions]
    days = {decision.go_live_on for decision in goes if decision.verdict is Verdict.GO}
    both = len(goes) == len(Party) and all(go.verdict is Verdict.GO for go in goes)
    return days.pop() if both and len(days) == 1 else None
