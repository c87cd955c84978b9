"""Cases and their timeline in requests and responses."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from services.chassis.schemas import RequestModel, ResponseModel
from services.contracts.values import OrgNumber, Phase, Slug
from services.onboarding.cases.domain import Case


def _each_once(services: list[str]) -> list[str]:
    if len(set(services)) != len(services):
        raise ValueError("name each service once")
    return services


class OpenCase(RequestModel):
    """A case to open."""

    org_number: OrgNumber
    services: Annotated[list[Slug], Field(min_length=1, max_length=20), AfterValidator(_each_once)]


class CaseSummary(ResponseModel):
    """A case in short."""

    id: str
    org_number: str
    customer_name: str
    phase: Phase
    services: list[str]
    opened_at: AwareDatetime
    phase_entered_at: AwareDatetime

    @classmethod
    def of(cls, case: Case) -> CaseSummary:
        """The summary of a case."""
        return cls(
            id=case.id,
            org_number=case.org_number,
            customer_name=case.customer_name,
            phase=case.phase,
            services=list(case.service_keys),
            opened_at=case.opened_at,
            phase_entered_at=case.phase_entered_at,
        )


class TimelineOut(ResponseModel):
    """Who did what when, as a sentence."""

    id: str
    at: AwareDatetime
    who: str
    action: str
    sentence: str
