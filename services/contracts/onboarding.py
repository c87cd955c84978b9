"""What onboarding publishes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from services.chassis.events import Event
from services.contracts.values import (
    CreditTerms,
    Forum,
    OrgNumber,
    Phase,
    Responsibility,
    ServiceHours,
    SignedService,
    Slug,
    Value,
)


class AgencyRegistered(Event):
    """An agency became known to the centre."""

    type: ClassVar[str] = "onboarding.agency_registered.v1"
    aggregate_field: ClassVar[str] = "org_number"

    org_number: OrgNumber
    name: str
    headcount: Annotated[int, Field(ge=0)]


class CaseOpened(Event):
    """An agency and the centre began an onboarding case."""

    type: ClassVar[str] = "onboarding.case_opened.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    org_number: OrgNumber
    services: tuple[Slug, ...]


class PhaseEntered(Event):
    """A case passed a gate and entered its next phase."""

    type: ClassVar[str] = "onboarding.phase_entered.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    org_number: OrgNumber
    phase: Phase
    previous_phase: Phase


class ServiceVolumes(Value):
    """What a customer expects to use of a service in a year, by the tariff's units."""

    service: Slug
    yearly_volumes: dict[Slug, Annotated[int, Field(ge=0)]]


class FeeIndicationRequested(Event):
    """A case needs to know what its services would cost; billing answers."""

    type: ClassVar[str] = "onboarding.fee_indication_requested.v1"
    aggregate_field: ClassVar[str] = "case_id"

    request_id: str
    case_id: str
    org_number: OrgNumber
    headcount: Annotated[int, Field(ge=0)]
    tariff: Slug | None = Field(default=None, description="Absent: the tariff in force.")
    services: tuple[ServiceVolumes, ...]


class AgreementSigned(Event):
    """Both parties signed the same text: its data is what the services run on."""

    type: ClassVar[str] = "onboarding.agreement_signed.v1"
    aggregate_field: ClassVar[str] = "case_id"

    agreement_id: str
    case_id: str
    org_number: OrgNumber
    customer_name: str
    version: Annotated[int, Field(ge=1)]
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signed_on: date
    valid_from: date
    valid_until: date
    tariff: Slug
    services: tuple[SignedService, ...]
    responsibilities: tuple[Responsibility, ...]
    service_hours: ServiceHours
    collaboration_template: Slug
    forums: tuple[Forum, ...]
    credit_terms: CreditTerms
    true_up_days: tuple[Annotated[str, Field(pattern=r"^[0-1][0-9]-[0-3][0-9]$")], ...] = Field(
        description="Month and day of each reconciliation within the year."
    )
    stabilisation_periods: Annotated[int, Field(ge=1, le=12)]


class ServiceWentLive(Event):
    """A service is in operation for a customer: charging and measuring begin."""

    type: ClassVar[str] = "onboarding.service_went_live.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    agreement_id: str
    org_number: OrgNumber
    service: Slug
    live_on: date


class CaseStabilised(Event):
    """A case left its fifth phase: the customer is in ordinary operation."""

    type: ClassVar[str] = "onboarding.case_stabilised.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    agreement_id: str
    org_number: OrgNumber
    services: tuple[Slug, ...]
    stabilised_on: date
