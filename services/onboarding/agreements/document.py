"""The agreement's document and the data files it is drafted from, as typed values."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from services.contracts.values import (
    CreditTerms,
    Forum,
    Ore,
    OrgNumber,
    Responsibility,
    ServiceHours,
    SignedService,
    Slug,
    Value,
)

REQUIRED_PARTS = (
    "services",
    "commitments",
    "validity",
    "renewal",
    "termination",
    "data-processing",
    "special-security",
    "fee",
    "responsibility-matrix",
    "service-levels",
    "compensation",
    "unforeseen-events",
    "change-windows",
    "collaboration-model",
)
"""The parts without which a text is no agreement (DOMAIN.md section 4)."""

MonthDay = Annotated[str, Field(pattern=r"^[0-1][0-9]-[0-3][0-9]$")]


class Part(Value):
    """A part of the agreement's text."""

    key: Slug
    heading: str
    text: str


class FormNames(Value):
    """What the agreement is called.

    Agencies of the state are one legal person and cannot contract with each other
    (DOMAIN.md section 4).
    """

    state_agency: str
    other_party: str


class AgreementStandard(Value):
    """One version of the standard agreement."""

    version: str
    centre_name: str
    form: FormNames
    true_up_days: tuple[MonthDay, ...]
    review_months_before_end: Annotated[int, Field(ge=1, le=24)]
    credit_terms: CreditTerms
    service_hours: ServiceHours
    parts: tuple[Part, ...]

    @model_validator(mode="after")
    def _has_every_part_once(self) -> AgreementStandard:
        keys = [part.key for part in self.parts]
        if sorted(keys) != sorted(REQUIRED_PARTS):
            raise ValueError(f"the parts must be exactly {', '.join(REQUIRED_PARTS)}")
        return self


class CollaborationTemplate(Value):
    """A structure of collaboration; two levels at the least, so that matters can rise."""

    key: Slug
    name: str
    name_sv: str
    purpose_sv: str
    forums: tuple[Forum, ...]

    @model_validator(mode="after")
    def _has_two_levels(self) -> CollaborationTemplate:
        if len({forum.level for forum in self.forums}) < 2:
            raise ValueError(f"{self.key}: a matter needs a second level to escalate to")
        return self


class CollaborationTemplates(Value):
    """Every structure an agreement can choose."""

    templates: tuple[CollaborationTemplate, ...]


class Customer(Value):
    """The agency as the agreement names it."""

    org_number: OrgNumber
    name: str


class Deviation(Value):
    """A departure from the standard: an object with a reason, an owner and an end date."""

    service: Slug
    activity: Slug
    resolution: str
    customer_way: str
    reason: str
    owner: str
    ends_on: date
    effort_hours: Annotated[int, Field(ge=0)]
    price_ore: Ore
    decided_by: str
    mandate: str


class ExcludedActivity(Value):
    """An activity that the parties have left out of the delivery."""

    service: Slug
    activity: Slug


class AgreementContent(Value):
    """The whole agreement: what is hashed, signed and run on."""

    agreement_id: str
    case_id: str
    version: Annotated[int, Field(ge=1)]
    form: str
    standard_version: str
    customer: Customer
    centre_name: str
    valid_from: date
    valid_until: date
    review_on: date
    tariff: Slug
    yearly_fee_ore: Ore
    true_up_days: tuple[MonthDay, ...]
    services: tuple[SignedService, ...]
    responsibilities: tuple[Responsibility, ...]
    excluded_activities: tuple[ExcludedActivity, ...]
    deviations: tuple[Deviation, ...]
    service_hours: ServiceHours
    credit_terms: CreditTerms
    collaboration_template: Slug
    forums: tuple[Forum, ...]
    stabilisation_periods: Annotated[int, Field(ge=1, le=12)]
    parts: tuple[Part, ...]
