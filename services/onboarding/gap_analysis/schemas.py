"""Comparisons and decisions in requests and responses."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.schemas import (
    AS_A_NUMBER,
    AmountOre,
    Day,
    Flag,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.onboarding.gap_analysis.domain import Decision, GapKind, GapSize, Resolution
from services.onboarding.gap_analysis.service import ActivityState, DecisionDraft

ExpectedVersion = Annotated[
    int | None,
    Field(
        default=None,
        ge=0,
        description="The version you read (0: not compared yet); another one refuses.",
    ),
    AS_A_NUMBER,
]


class PutComparison(RequestModel):
    """How the customer does an activity today."""

    customer_way: LongText
    gap: Flag
    kind: GapKind | None = None
    size: GapSize | None = None
    expected_version: ExpectedVersion


class PutDecision(RequestModel):
    """What is decided about a gap; ``until`` is required for an exception."""

    decision: Resolution
    reason: LongText
    effort_hours: Annotated[int, Field(ge=0, le=100_000), AS_A_NUMBER] | None = None
    price_ore: AmountOre | None = None
    until: Day | None = None
    decided_by: Text
    mandate: Text
    expected_version: ExpectedVersion

    def draft(self) -> DecisionDraft:
        """The decision as the use case takes it."""
        return DecisionDraft(
            resolution=self.decision,
            reason=self.reason,
            effort_hours=self.effort_hours,
            price_ore=self.price_ore,
            until=self.until,
            decided_by=self.decided_by,
            mandate=self.mandate,
        )


class DecisionOut(ResponseModel):
    """A decision on a gap."""

    decision: Resolution
    reason: str
    effort_hours: int | None
    price_ore: int | None
    until: date | None
    decided_by: str
    mandate: str
    decided_at: AwareDatetime

    @classmethod
    def of(cls, decision: Decision) -> DecisionOut:
        """The response for a decision."""
        return cls(
            decision=decision.resolution,
            reason=decision.reason,
            effort_hours=decision.effort_hours,
            price_ore=decision.price_ore,
            until=decision.until,
            decided_by=decision.decided_by,
            mandate=decision.mandate,
            decided_at=decision.decided_at,
        )


class ComparisonOut(ResponseModel):
    """An activity of the standard delivery held against the customer's way."""

    service: str
    activity: str
    name: str
    name_sv: str
    accountable: str
    compared: bool
    version: int
    customer_way: str | None
    gap: bool | None
    kind: GapKind | None
    size: GapSize | None
    decision: DecisionOut | None

    @classmethod
    def of(cls, state: ActivityState) -> ComparisonOut:
        """The response for an activity."""
        known = state.comparison
        return cls(
            service=state.ref.service,
            activity=state.ref.activity,
            name=state.activity.name,
            name_sv=state.activity.name_sv,
            accountable=state.activity.accountable,
            compared=known is not None,
            version=known.version if known else 0,
            customer_way=known.customer_way if known else None,
            gap=known.gap if known else None,
            kind=known.kind if known else None,
            size=known.size if known else None,
            decision=DecisionOut.of(known.decision) if known and known.decision else None,
        )


class ComparisonsOut(ResponseModel):
    """Every activity of a case: a bounded list, as long as the catalogue makes it."""

    items: list[ComparisonOut]
