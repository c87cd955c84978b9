"""What onboarding publishes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from services.chassis.events import Event
from services.contracts.values import (
    CreditTerms,
    EndReason,
    Forum,
    LifeEventKind,
    Ore,
    OrgNumber,
    Phase,
    Responsibility,
    ServiceHours,
    SignedService,
    Slug,
    StartUpCostKind,
    Value,
)


class AgencyRegistered(Event):
    """An agency became known to the centre."""

    type: ClassVar[str] = "onboarding.agency_registered.v1"
    aggregate_field: ClassVar[str] = "org_number"

    org_number: OrgNumber
    name: str
    headcount: Annotated[int, Field(ge=0)]


class AgencyLifeEventRecorded(Event):
    """An agency was renamed, merged, split, moved or closed, or such a record was corrected.

    What was true when is told by ``effective_on``; what was known when, by the event's time.
    """

    type: ClassVar[str] = "onboarding.agency_life_event_recorded.v1"
    aggregate_field: ClassVar[str] = "org_number"

    life_event_id: str
    kind: LifeEventKind
    org_number: OrgNumber = Field(description="Of a merger: the agency that was absorbed.")
    effective_on: date
    name: str | None = Field(default=None, description="Its name from that day on.")
    successors: tuple[OrgNumber, ...] = Field(
        default=(), description="Who takes over; of a merger exactly one."
    )
    city: str | None = Field(default=None, description="Where it has moved.")
    corrects: str | None = Field(
        default=None, description="The record that this one replaces; it was wrong."
    )
    withdrawn: bool = Field(
        default=False, description="The corrected record falls away and nothing takes its place."
    )
    agreement_id: str | None = Field(
        default=None,
        description="Of a split: the one agreement that this record passes to its only successor.",
    )


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


class CasePaused(Event):
    """A case stands still; its clock of due dates does too."""

    type: ClassVar[str] = "onboarding.case_paused.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    org_number: OrgNumber
    phase: Phase
    paused_on: date


class CaseResumed(Event):
    """A paused case goes on where it stood."""

    type: ClassVar[str] = "onboarding.case_resumed.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    org_number: OrgNumber
    phase: Phase
    resumed_on: date
    days_paused: Annotated[int, Field(ge=0)]


class CaseWithdrawn(Event):
    """A case ended without its services; one party withdrew."""

    type: ClassVar[str] = "onboarding.case_withdrawn.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    org_number: OrgNumber
    phase: Phase
    withdrawn_on: date
    by: Annotated[str, Field(pattern=r"^(customer|centre)$")]


class CaseSentBack(Event):
    """A case went back a phase or more; what it reopened has to be done anew."""

    type: ClassVar[str] = "onboarding.case_sent_back.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    org_number: OrgNumber
    phase: Phase
    previous_phase: Phase
    reopened: tuple[Slug, ...]
    cause: Slug | None = Field(default=None, description="The kind of cause, such as fee-change.")
    reason: str | None = Field(default=None, description="Why, in the centre's words.")


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
    amends_version: int | None = Field(
        default=None, description="The version in force until now; absent for the first."
    )
    effective_on: date | None = Field(
        default=None, description="When this version takes effect; absent: on valid_from."
    )


class AgreementEnded(Event):
    """It is settled on which day an agreement ends; a later such event replaces the day."""

    type: ClassVar[str] = "onboarding.agreement_ended.v1"
    aggregate_field: ClassVar[str] = "case_id"

    agreement_id: str
    case_id: str
    org_number: OrgNumber
    last_day: date
    reason: EndReason


class AgreementReminderFellDue(Event):
    """An agreement's review, renewal, expiry or scope-change window comes near."""

    type: ClassVar[str] = "onboarding.agreement_reminder_fell_due.v1"
    aggregate_field: ClassVar[str] = "agreement_id"

    agreement_id: str
    case_id: str
    org_number: OrgNumber
    kind: Annotated[str, Field(pattern=r"^(review|renewal|expiry|change_window|deviation_end)$")]
    subject_on: date = Field(description="The day that the reminder is about.")


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


class ServiceRolledBack(Event):
    """A service that went live was taken back; charging and measuring stop as if it had not."""

    type: ClassVar[str] = "onboarding.service_rolled_back.v1"
    aggregate_field: ClassVar[str] = "case_id"

    case_id: str
    agreement_id: str
    org_number: OrgNumber
    service: Slug
    live_on: date
    rolled_back_on: date


class ServiceEnded(Event):
    """It is settled on which day a service ends; a later such event replaces the day."""

    type: ClassVar[str] = "onboarding.service_ended.v1"
    aggregate_field: ClassVar[str] = "agreement_id"

    agreement_id: str
    case_id: str
    org_number: OrgNumber
    service: Slug
    last_day: date
    reason: EndReason


class StartUpCostRegistered(Event):
    """Time or a purchase was spent on a case: start-up cost, apart from operations.

    A correction is an entry of its own with the opposite sign, naming what it corrects.
    """

    type: ClassVar[str] = "onboarding.start_up_cost_registered.v1"
    aggregate_field: ClassVar[str] = "case_id"

    cost_id: str
    case_id: str
    org_number: OrgNumber
    service: Slug
    service_area: Slug
    kind: StartUpCostKind
    incurred_on: date
    minutes: int = Field(description="Time spent; nought for a purchase.")
    amount_ore: Ore
    corrects: str | None = None


class ExitOpened(Event):
    """An agency has given notice of services; the exit has begun."""

    type: ClassVar[str] = "onboarding.exit_opened.v1"
    aggregate_field: ClassVar[str] = "exit_id"

    exit_id: str
    agreement_id: str
    org_number: OrgNumber
    services: tuple[Slug, ...]
    notice_given_on: date
    last_day: date


class EndingService(Value):
    """A service that ends and its last day."""

    service: Slug
    last_day: date


class FinalSettlementRequested(Event):
    """An exit needs to know what remains to be paid; billing answers."""

    type: ClassVar[str] = "onboarding.final_settlement_requested.v1"
    aggregate_field: ClassVar[str] = "exit_id"

    exit_id: str
    agreement_id: str
    org_number: OrgNumber
    services: tuple[EndingService, ...]
    exit_costs_ore: Ore = Field(
        default=0,
        description="What the one who leaves bears besides its fees, by the exit terms.",
    )


class ExitCompleted(Event):
    """Data and tasks are handed over, the settlement is made and the case is archived."""

    type: ClassVar[str] = "onboarding.exit_completed.v1"
    aggregate_field: ClassVar[str] = "exit_id"

    exit_id: str
    agreement_id: str
    org_number: OrgNumber
    services: tuple[Slug, ...]
    completed_on: date
