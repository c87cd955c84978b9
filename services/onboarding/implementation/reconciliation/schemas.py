"""Reconciliations in requests and responses."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.schemas import (
    AS_A_NUMBER,
    AmountOre,
    Flag,
    LongText,
    RequestModel,
    ResponseModel,
)
from services.contracts.values import Slug
from services.onboarding.implementation.reconciliation.domain import Reconciliation
from services.onboarding.implementation.reconciliation.service import Figures

Records = Annotated[int, Field(ge=0, le=10**12), AS_A_NUMBER]


class PostReconciliation(RequestModel):
    """A migrated batch, counted and summed on both sides; sent again it is a further run."""

    service: Slug | None = None
    batch: Slug
    source_count: Records
    target_count: Records
    source_sum_ore: AmountOre
    target_sum_ore: AmountOre
    explanation: LongText | None = None

    def figures(self) -> Figures:
        """The counts and sums."""
        return Figures(
            self.source_count, self.target_count, self.source_sum_ore, self.target_sum_ore
        )


class PostApproval(RequestModel):
    """Whether the customer's side accepts it; a rejection says why."""

    approved: Flag
    note: LongText | None = None


class ApprovalOut(ResponseModel):
    """What the customer's side said."""

    approved: bool
    note: str | None
    by: str
    at: AwareDatetime


class ReconciliationOut(ResponseModel):
    """A run of a batch and how it is judged, by the tolerance in force when it was made."""

    id: str
    service: str | None
    batch: str
    run: int
    source_count: int
    target_count: int
    count_difference: int
    count_tolerance: int
    source_sum_ore: int
    target_sum_ore: int
    sum_difference_ore: int
    sum_tolerance_per_million: int
    within_tolerance: bool
    explanation: str | None
    needs_approval: bool
    approval: ApprovalOut | None
    holds: bool
    reconciled_at: AwareDatetime

    @classmethod
    def of(cls, run: Reconciliation) -> ReconciliationOut:
        """The response for a run."""
        return cls(
            id=run.id,
            service=run.service,
            batch=run.batch,
            run=run.run,
            source_count=run.source_count,
            target_count=run.target_count,
            count_difference=run.count_difference,
            count_tolerance=run.tolerance.count,
            source_sum_ore=run.source_sum_ore,
            target_sum_ore=run.target_sum_ore,
            sum_difference_ore=run.sum_difference_ore,
            sum_tolerance_per_million=run.tolerance.sum_per_million,
            within_tolerance=run.within_tolerance,
            explanation=run.explanation,
            needs_approval=run.needs_approval,
            approval=ApprovalOut.model_validate(run.approval) if run.approval else None,
            holds=run.holds,
            reconciled_at=run.reconciled_at,
        )


class ReconciliationsOut(ResponseModel):
    """Every run of a case's batches, run by run."""

    items: list[ReconciliationOut]
