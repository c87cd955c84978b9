"""How near the standard delivery a case comes: its standardisation score.

Routines that follow the standard are what makes joining quick and a shared centre cheap
(DOMAIN.md section 3: what differs between customers; 004:506).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from services.contracts.values import Value
from services.onboarding.gap_analysis.domain import ActivityRef, Comparison, GapSize, Resolution

Weight = Annotated[int, Field(ge=1, le=100)]
Credit = Annotated[Decimal, Field(ge=0, le=1)]


class StandardisationRules(Value):
    """What an activity weighs, and how much of its weight a decision earns.

    ``weights`` is by the size of the gap; an activity without one weighs ``weight_without_gap``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    weight_without_gap: Weight
    weights: dict[GapSize, Weight]
    credits: dict[Resolution, Credit]
    formula: str
    formula_sv: str

    @model_validator(mode="after")
    def _rank_the_standard_first(self) -> StandardisationRules:
        if set(self.weights) != set(GapSize) or set(self.credits) != set(Resolution):
            raise ValueError("every size needs its weight and every decision its credit")
        if self.credits[Resolution.ADOPT_STANDARD] != 1:
            raise ValueError("adopting the standard earns the whole weight")
        return self


@dataclass(frozen=True)
class Score:
    """A score with what it is made of.

    Attributes:
        activities: how many activities it covers.
        open: how many of them are not compared or not decided yet.
        weight: what they weigh together.
        earned: the weight that follows the standard as things are decided now.
        reachable: what it would be if everything open adopted the standard.
    """

    activities: int
    open: int
    weight: int
    earned: Fraction
    reachable: Fraction

    @property
    def percent(self) -> Decimal:
        """The score now: 0.0 to 100.0, rounded down, so that 100.0 is the standard alone."""
        return _percent(self.earned, self.weight)

    @property
    def reachable_percent(self) -> Decimal:
        """The score if everything open adopted the standard, rounded down."""
        return _percent(self.reachable, self.weight)


def score(
    activities: Collection[ActivityRef],
    comparisons: Iterable[Comparison],
    rules: StandardisationRules,
) -> Score:
    """The standardisation score of some activities.

    Adopting the standard never lowers it: a decision does not change what a gap weighs.
    """
    known: Mapping[ActivityRef, Comparison] = {item.ref: item for item in comparisons}
    weight, open_count, earned, reachable = 0, 0, Fraction(0), Fraction(0)
    for ref in activities:
        comparison = known.get(ref)
        weighs = _weight(comparison, rules)
        credit = _credit(comparison, rules)
        weight += weighs
        open_count += credit is None
        earned += weighs * (credit or 0)
        reachable += weighs * (1 if credit is None else credit)
    return Score(len(activities), open_count, weight, earned, reachable)


def _weight(comparison: Comparison | None, rules: StandardisationRules) -> int:
    if comparison is None or comparison.size is None:
        return rules.weight_without_gap
    return rules.weights[comparison.size]


def _credit(comparison: Comparison | None, rules: StandardisationRules) -> Fraction | None:
    """The share of its weight that an activity earns; None while that is open."""
    if comparison is None:
        return None
    if not comparison.gap:
        return Fraction(1)
    if comparison.decision is None:
        return None
    return Fraction(rules.credits[comparison.decision.resolution])


def _percent(part: Fraction, whole: int) -> Decimal:
    if not whole:
        return Decimal("0.0")
    tenths = part * 1000 / whole
    return (Decimal(tenths.numerator // tenths.denominator) / 10).quantize(
        Decimal("0.1"), rounding=ROUND_FLOOR
    )
