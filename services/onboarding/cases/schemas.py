"""Cases and their timeline in requests and responses."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from services.chassis.schemas import Day, Flag, LongText, RequestModel, ResponseModel
from services.contracts.values import OrgNumber, Phase, Slug
from services.onboarding.cases.domain import Case, CaseStatus
from services.onboarding.cases.send_back import SentBack
from services.onboarding.gap_analysis.domain import ActivityRef


def _each_once(services: list[str]) -> list[str]:
    if len(set(services)) != len(services):
        raise ValueError("name each service once")
    return services


class OpenCase(RequestModel):
    """A case to open."""

    org_number: OrgNumber
    services: Annotated[list[Slug], Field(min_length=1, max_length=20), AfterValidator(_each_once)]


class PauseCase(RequestModel):
    """Why a case stands still, and until about when."""

    reason: LongText
    expected_resume_on: Day


class WithdrawCase(RequestModel):
    """Why a party withdraws from a case."""

    reason: LongText


class GapRef(RequestModel):
    """A gap, by its service and activity."""

    service: Slug
    activity: Slug


class SendBackCase(RequestModel):
    """Where a case goes back to, why, and which gap decisions are reopened."""

    to: Phase
    cause: Slug
    reason: LongText
    gaps: Annotated[list[GapRef], Field(max_length=300)] = Field(
        default_factory=list, description="The gaps whose decisions are reopened."
    )
    every_gap: Flag = Field(default=False, description="Reopen the decisions of all gaps.")

    def refs(self) -> list[ActivityRef]:
        """The gaps as the domain has them."""
        return [ActivityRef(gap.service, gap.activity) for gap in self.gaps]


class CaseSummary(ResponseModel):
    """A case in short."""

    id: str
    org_number: str
    customer_name: str
    phase: Phase
    status: CaseStatus
    status_reason: str | None
    services: list[str]
    catalogue_version: str
    version: int
    opened_at: AwareDatetime
    phase_entered_at: AwareDatetime
    paused_on: date | None
    expected_resume_on: date | None
    ended_at: AwareDatetime | None

    @classmethod
    def of(cls, case: Case) -> CaseSummary:
        """The summary of a case."""
        return cls(
            id=case.id,
            org_number=case.org_number,
            customer_name=case.customer_name,
            phase=case.phase,
            status=case.status,
            status_reason=case.status_reason,
            services=list(case.service_keys),
            catalogue_version=case.catalogue_version,
            version=case.version,
            opened_at=case.opened_at,
            phase_entered_at=case.phase_entered_at,
            paused_on=case.paused_on,
            expected_resume_on=case.expected_resume_on,
            ended_at=case.ended_at,
        )


class ResumedOut(CaseSummary):
    """A case that goes on; what was planned has moved by the days it stood still."""

    days_paused: int


class SentBackOut(CaseSummary):
    """A case that was sent back, and what has to be done anew."""

    previous_phase: Phase
    cause: str
    reason: str
    reopened: list[str]
    reopened_gaps: list[GapRef]

    @classmethod
    def showing(cls, sent: SentBack) -> SentBackOut:
        """The response for a case that was sent back."""
        return cls(
            **dict(CaseSummary.of(sent.case)),
            previous_phase=sent.previous_phase,
            cause=sent.cause,
            reason=sent.reason,
            reopened=list(sent.reopened),
            reopened_gaps=[
                GapRef(service=ref.service, activity=ref.activity) for ref in sent.reopened_gaps
            ],
        )


class ReferenceOut(ResponseModel):
    """What an entry is about: a document or a decision."""

    kind: str
    id: str
    label: str


class TimelineOut(ResponseModel):
    """Who did what when, as a sentence; ``count`` is how many acts it tells of."""

    id: str
    at: AwareDatetime
    who: str
    action: str
    phase: Phase
    sentence: str
    count: int
    refs: list[ReferenceOut]
