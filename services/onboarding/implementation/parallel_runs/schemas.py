"""Parallel runs in requests and responses."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from services.chassis.schemas import (
    AmountOre,
    Count,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.contracts.values import Slug, YearMonth
from services.onboarding.implementation.parallel_runs.csv_file import KIND_PATTERN, MAX_ROWS
from services.onboarding.implementation.parallel_runs.domain import (
    Cause,
    Explanation,
    ParallelRun,
    PayLine,
    ReportedLine,
)
from services.onboarding.implementation.reconciliation.schemas import ApprovalOut
from services.onboarding.parties import Party

KindOfPay = Annotated[str, Field(pattern=KIND_PATTERN, max_length=20)]


class PayLineIn(RequestModel):
    """A kind of pay (löneart) as both systems have it; sums in öre."""

    kind: KindOfPay
    name: Text
    old_count: Count
    new_count: Count
    old_sum_ore: AmountOre
    new_sum_ore: AmountOre

    def reported(self) -> ReportedLine:
        """As the rules use it."""
        return ReportedLine(**dict(self))


class PostParallelRun(RequestModel):
    """A month in both systems, kind of pay by kind of pay."""

    service: Slug
    period: YearMonth
    rows: Annotated[list[PayLineIn], Field(min_length=1, max_length=MAX_ROWS)]


class PutExplanation(RequestModel):
    """Why a kind of pay differs."""

    cause: Cause
    explanation: LongText


class ExplanationOut(ResponseModel):
    """Why a kind of pay differs, and who said so."""

    cause: Cause
    explanation: str
    party: Party
    at: AwareDatetime

    @classmethod
    def of(cls, said: Explanation) -> ExplanationOut:
        """The response for an explanation."""
        return cls(cause=said.cause, explanation=said.text, party=said.party, at=said.at)


class PayLineOut(ResponseModel):
    """A kind of pay and how it is judged."""

    kind: str
    name: str
    old_count: int
    new_count: int
    count_difference: int
    old_sum_ore: int
    new_sum_ore: int
    sum_difference_ore: int
    within_tolerance: bool
    explanation: ExplanationOut | None

    @classmethod
    def of(cls, line: PayLine) -> PayLineOut:
        """The response for a line."""
        reported = line.reported
        return cls(
            kind=reported.kind,
            name=reported.name,
            old_count=reported.old_count,
            new_count=reported.new_count,
            count_difference=line.count_difference,
            old_sum_ore=reported.old_sum_ore,
            new_sum_ore=reported.new_sum_ore,
            sum_difference_ore=line.sum_difference_ore,
            within_tolerance=line.within_tolerance,
            explanation=ExplanationOut.of(line.explanation) if line.explanation else None,
        )


class ParallelRunSummary(ResponseModel):
    """A parallel run in short."""

    id: str
    service: str
    period: str
    attempt: int
    kinds: int
    beyond_tolerance: int
    unexplained: int
    approval: ApprovalOut | None
    reported_at: AwareDatetime

    @classmethod
    def of(cls, run: ParallelRun) -> ParallelRunSummary:
        """The summary of a run."""
        return cls(
            id=run.id,
            service=run.service,
            period=run.period,
            attempt=run.attempt,
            kinds=len(run.lines),
            beyond_tolerance=sum(not line.within_tolerance for line in run.lines),
            unexplained=len(run.unexplained),
            approval=ApprovalOut.model_validate(run.approval) if run.approval else None,
            reported_at=run.reported_at,
        )


class ParallelRunOut(ParallelRunSummary):
    """A parallel run, whole; ``old_sum_ore`` and ``new_sum_ore`` are its totals."""

    old_sum_ore: int
    new_sum_ore: int
    lines: list[PayLineOut]

    @classmethod
    def of(cls, run: ParallelRun) -> ParallelRunOut:
        """The response for a run."""
        return cls(
            **dict(ParallelRunSummary.of(run)),
            old_sum_ore=sum(line.reported.old_sum_ore for line in run.lines),
            new_sum_ore=sum(line.reported.new_sum_ore for line in run.lines),
            lines=[PayLineOut.of(line) for line in run.lines],
        )


class ParallelRunsOut(ResponseModel):
    """The parallel runs of a case, month by month and attempt by attempt."""

    items: list[ParallelRunSummary]
