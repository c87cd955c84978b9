"""Readiness, reconciliations and go decisions in requests and responses."""

from __future__ import annotations

from collections.abc import Sequence
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
from services.contracts.values import Slug
from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessArea,
    ReadinessItem,
    ReadinessStatement,
    Reconciliation,
    ReconciliationRules,
    Verdict,
    not_ready,
)
from services.onboarding.parties import Owner, Party

Records = Annotated[int, Field(ge=0, le=10**12), AS_A_NUMBER]


class PutReadiness(RequestModel):
    """What the sender's side says of an item, and what shows it."""

    ready: Flag
    evidence: LongText


class ReadinessStatementOut(ResponseModel):
    """What a party says of an item."""

    party: Party
    ready: bool
    evidence: str
    stated_at: AwareDatetime


class ReadinessOut(ResponseModel):
    """A readiness item as it stands; a shared one is ready when both parties say so."""

    item: str
    area: ReadinessArea
    owner: Owner
    text: str
    ready: bool
    statements: list[ReadinessStatementOut]

    @classmethod
    def of(cls, item: ReadinessItem, statements: Sequence[ReadinessStatement]) -> ReadinessOut:
        """The response for an item."""
        said = [statement for statement in statements if statement.item == item.key]
        return cls(
            item=item.key,
            area=item.area,
            owner=item.owner,
            text=item.text,
            ready=not not_ready([item], said),
            statements=[ReadinessStatementOut.model_validate(statement) for statement in said],
        )


class PostReconciliation(RequestModel):
    """A migrated batch, counted and summed on both sides; sent again it is replaced."""

    batch: Slug
    source_count: Records
    target_count: Records
    source_sum_ore: AmountOre
    target_sum_ore: AmountOre
    explanation: LongText | None = None


class ReconciliationOut(ResponseModel):
    """A reconciled batch and how it is judged."""

    batch: str
    source_count: int
    target_count: int
    count_difference: int
    source_sum_ore: int
    target_sum_ore: int
    sum_difference_ore: int
    within_tolerance: bool
    explanation: str | None
    holds: bool
    reconciled_at: AwareDatetime

    @classmethod
    def of(cls, result: Reconciliation, rules: ReconciliationRules) -> ReconciliationOut:
        """The response for a batch."""
        return cls(
            batch=result.batch,
            source_count=result.source_count,
            target_count=result.target_count,
            count_difference=result.count_difference,
            source_sum_ore=result.source_sum_ore,
            target_sum_ore=result.target_sum_ore,
            sum_difference_ore=result.sum_difference_ore,
            within_tolerance=result.within(rules),
            explanation=result.explanation,
            holds=result.holds(rules),
            reconciled_at=result.reconciled_at,
        )


class PostGoDecision(RequestModel):
    """A party's go or no-go for a day 30 to 60 days ahead."""

    decision: Verdict
    go_live_on: Day
    mandate: Text
    reason: LongText | None = None


class GoDecisionOut(ResponseModel):
    """A party's decision on go-live."""

    party: Party
    decision: Verdict
    go_live_on: date
    mandate: str
    reason: str | None
    decided_at: AwareDatetime

    @classmethod
    def of(cls, decision: GoDecision) -> GoDecisionOut:
        """The response for a decision."""
        return cls(
            party=decision.party,
            decision=decision.verdict,
            go_live_on=decision.go_live_on,
            mandate=decision.mandate,
            reason=decision.reason,
            decided_at=decision.decided_at,
        )
