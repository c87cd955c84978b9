"""Earlier gaps and the standardisation score in responses."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from services.chassis.clock import STOCKHOLM
from services.chassis.schemas import ResponseModel
from services.onboarding.gap_analysis.domain import GapKind, GapSize, Resolution
from services.onboarding.gap_analysis.precedents import Precedents, Standardisation
from services.onboarding.gap_analysis.similarity import FORMULA, FORMULA_SV, SimilarGap
from services.onboarding.gap_analysis.standardisation import Score

Percent = Annotated[
    str, Field(pattern=r"^[0-9]{1,3}\.[0-9]$", description="0.0 to 100.0, as text.")
]


class EarlierGapOut(ResponseModel):
    """An earlier gap in the same activity and how it was decided.

    Whose it was, and what was written in words, only the centre's staff see.
    """

    similarity_percent: Percent | None
    kind: GapKind
    size: GapSize
    decision: Resolution
    effort_hours: int | None
    price_ore: int | None
    until: date | None
    decided_on: date
    case_id: str | None
    customer_name: str | None
    customer_way: str | None
    reason: str | None

    @classmethod
    def of(cls, similar: SimilarGap, *, names_shown: bool) -> EarlierGapOut:
        """The response for an earlier gap."""
        earlier, decision = similar.earlier, similar.earlier.decision
        return cls(
            similarity_percent=_percent(similar.similarity),
            kind=earlier.gap.kind,
            size=earlier.gap.size,
            decision=decision.resolution,
            effort_hours=decision.effort_hours,
            price_ore=decision.price_ore,
            until=decision.until,
            decided_on=decision.decided_at.astimezone(STOCKHOLM).date(),
            case_id=earlier.case_id if names_shown else None,
            customer_name=earlier.customer_name if names_shown else None,
            customer_way=earlier.gap.customer_way if names_shown else None,
            reason=decision.reason if names_shown else None,
        )


class PrecedentsOut(ResponseModel):
    """Earlier gaps like one, most like first, and how all in the activity were decided."""

    formula: str
    formula_sv: str
    decided_gaps: int
    by_decision: dict[Resolution, int]
    median_effort_hours: int | None
    median_price_ore: int | None
    items: list[EarlierGapOut]

    @classmethod
    def of(cls, found: Precedents) -> PrecedentsOut:
        """The response for earlier gaps."""
        return cls(
            formula=FORMULA,
            formula_sv=FORMULA_SV,
            decided_gaps=found.decided.gaps,
            by_decision=dict(found.decided.by_resolution),
            median_effort_hours=found.decided.median_effort_hours,
            median_price_ore=found.decided.median_price_ore,
            items=[EarlierGapOut.of(each, names_shown=found.names_shown) for each in found.similar],
        )


class ScoreOut(ResponseModel):
    """A standardisation score; ``reachable`` if everything open adopted the standard."""

    score: Percent
    reachable: Percent
    activities: int
    open: int
    weight: int

    @classmethod
    def of(cls, score: Score) -> ScoreOut:
        """The response for a score."""
        return cls(
            score=str(score.percent),
            reachable=str(score.reachable_percent),
            activities=score.activities,
            open=score.open,
            weight=score.weight,
        )


class ServiceScoreOut(ScoreOut):
    """The score of one service."""

    service: str


class StandardisationOut(ScoreOut):
    """The score of a case, with its formula and the weights that go into it."""

    formula: str
    formula_sv: str
    rules_version: str
    weight_without_gap: int
    weights: dict[GapSize, int]
    credits: dict[Resolution, str]
    services: list[ServiceScoreOut]

    @classmethod
    def of_case(cls, found: Standardisation) -> StandardisationOut:
        """The response for a case's score."""
        rules = found.rules
        return cls(
            **dict(ScoreOut.of(found.whole)),
            formula=rules.formula,
            formula_sv=rules.formula_sv,
            rules_version=rules.version,
            weight_without_gap=rules.weight_without_gap,
            weights=dict(rules.weights),
            credits={key: str(value) for key, value in rules.credits.items()},
            services=[
                ServiceScoreOut(service=key, **dict(ScoreOut.of(score)))
                for key, score in found.by_service.items()
            ],
        )


def _percent(share: Fraction | None) -> str | None:
    if share is None:
        return None
    value = Decimal(share.numerator) * 100 / Decimal(share.denominator)
    return str(value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
