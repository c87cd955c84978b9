"""Agencies in requests and responses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from services.chassis.schemas import Count, Day, Flag, RequestModel, ResponseModel, Text
from services.contracts.values import OrgNumber
from services.onboarding.agencies.domain import (
    Agency,
    AgencyDraft,
    AgencyStatus,
    AgencyType,
    Contact,
    EmploymentForm,
    Facts,
    Head,
    HeadcountBasis,
    LeadershipForm,
    LocalAgreement,
    Obligation,
    People,
    System,
    YearFigures,
)
from services.onboarding.agencies.fact_schemas import (
    Contacts,
    EmploymentForms,
    HeadIn,
    LocalAgreements,
    Obligations,
    Systems,
    Years,
)
from services.onboarding.agencies.service import AsKnown


class CoreFacts(RequestModel):
    """What describes an agency besides its name.

    ``headcount`` left out: the latest year's. ``type`` and ``part_of_state``: either follows
    from the other where it is left out.
    """

    headcount: Count | None = None
    type: AgencyType | None = None
    part_of_state: Flag | None = Field(
        default=None, description="False for a municipality, region or company."
    )
    leadership_form: LeadershipForm | None = None
    name_en: Text | None = None
    short_name: Text | None = None
    department: Text | None = None
    established_on: Day | None = None
    city: Text | None = Field(default=None, description="Its seat; later moves are life events.")

    def facts(self) -> Facts:
        """The facts as the domain has them."""
        return Facts(
            leadership_form=self.leadership_form,
            name_en=self.name_en,
            short_name=self.short_name,
            department=self.department,
            established_on=self.established_on,
        )

    def core(self, org_number: str, name: str = "") -> AgencyDraft:
        """The core facts as a draft of an agency; only a registration gives a name."""
        return AgencyDraft(
            org_number=org_number,
            name=name,
            headcount=self.headcount,
            type=self.type,
            part_of_state=self.part_of_state,
            city=self.city,
            facts=self.facts(),
        )


class PutFacts(CoreFacts):
    """The core facts; what is left out is not known any more."""


class RegisterAgency(CoreFacts):
    """An agency to make known to the centre."""

    org_number: OrgNumber
    name: Text
    headcount: Count
    valid_from: Day | None = Field(
        default=None,
        description="The first day for which name and seat are known to be right; today"
        " when left out.",
    )
    head: HeadIn | None = None
    contacts: Contacts = Field(default_factory=list)
    years: Years = Field(default_factory=list)
    systems: Systems = Field(default_factory=list)
    local_agreements: LocalAgreements = Field(default_factory=list)
    employment_forms: EmploymentForms = Field(default_factory=list)
    obligations: Obligations = Field(default_factory=list)

    def draft(self) -> AgencyDraft:
        """The agency as a draft."""
        core = self.core(self.org_number, self.name)
        facts = replace(
            core.facts,
            years=tuple(item.figures() for item in self.years),
            systems=tuple(item.system() for item in self.systems),
            local_agreements=tuple(item.agreement() for item in self.local_agreements),
            employment_forms=tuple(item.employment_form() for item in self.employment_forms),
        )
        return replace(
            core,
            valid_from=self.valid_from,
            facts=facts,
            people=People(
                self.head.head() if self.head else None,
                tuple(item.contact() for item in self.contacts),
            ),
            obligations=tuple(item.obligation() for item in self.obligations),
        )


class AgencySummary(ResponseModel):
    """A registered agency in short, without persons."""

    org_number: str
    name: str
    headcount: int
    part_of_state: bool
    registered_at: AwareDatetime
    type: AgencyType
    status: AgencyStatus
    successors: list[str]
    city: str | None
    leadership_form: LeadershipForm | None
    obligations: list[Obligation]
    valid_from: date
    version: int

    @classmethod
    def of(cls, agency: Agency) -> AgencySummary:
        """The summary of an agency."""
        return cls(**_in_short(agency))


class AgencyOut(AgencySummary):
    """A registered agency, whole; head and contacts are for itself and the staff."""

    headcount_basis: HeadcountBasis
    name_en: str | None
    short_name: str | None
    department: str | None
    established_on: date | None
    years: list[YearFigures]
    systems: list[System]
    local_agreements: list[LocalAgreement]
    employment_forms: list[EmploymentForm]
    head: Head | None
    contacts: list[Contact]

    @classmethod
    def of(cls, agency: Agency) -> AgencyOut:
        """The whole of an agency."""
        facts = agency.facts
        return cls(
            **_in_short(agency),
            headcount_basis=facts.headcount_basis,
            name_en=facts.name_en,
            short_name=facts.short_name,
            department=facts.department,
            established_on=facts.established_on,
            years=list(facts.years),
            systems=list(facts.systems),
            local_agreements=list(facts.local_agreements),
            employment_forms=list(facts.employment_forms),
            head=agency.people.head,
            contacts=list(agency.people.contacts),
        )


def _in_short(agency: Agency) -> dict[str, Any]:
    return {
        "org_number": agency.org_number,
        "name": agency.name,
        "headcount": agency.headcount,
        "part_of_state": agency.part_of_state,
        "registered_at": agency.registered_at,
        "type": agency.type,
        "status": agency.status,
        "successors": list(agency.successors),
        "city": agency.city,
        "leadership_form": agency.facts.leadership_form,
        "obligations": list(agency.obligations),
        "valid_from": agency.valid_from,
        "version": agency.version,
    }


class KnownFactsOut(ResponseModel):
    """What was known of an agency besides name and seat, from a version of its entry on."""

    version: int
    recorded_at: AwareDatetime
    headcount: int
    part_of_state: bool
    type: AgencyType
    facts: Facts
    obligations: list[Obligation]


class StandingOut(ResponseModel):
    """How things stood with an agency on a day, as the register knew it at an instant."""

    org_number: str
    valid_on: date
    known_at: AwareDatetime
    name: str
    city: str | None
    status: AgencyStatus
    successors: list[str]
    valid_from: date
    valid_until: date | None = Field(description="The first day on which it was otherwise.")
    known_from: AwareDatetime
    known_until: AwareDatetime | None
    facts: KnownFactsOut | None

    @classmethod
    def of(cls, found: AsKnown) -> StandingOut:
        """The answer to what was true then, as known then."""
        period = found.known.period
        return cls(
            org_number=found.org_number,
            valid_on=found.valid_on,
            known_at=found.known_at,
            name=period.standing.name,
            city=period.standing.city,
            status=period.standing.status,
            successors=list(period.standing.successors),
            valid_from=period.valid_from,
            valid_until=period.valid_until,
            known_from=found.known.known_from,
            known_until=found.known.known_until,
            facts=KnownFactsOut.model_validate(found.facts) if found.facts else None,
        )


class WordOut(ResponseModel):
    """A word with its key, in English and in Swedish."""

    key: str
    name: str
    name_sv: str


class VocabularyOut(ResponseModel):
    """The words that facts of an agency use."""

    employment_forms: list[WordOut]
    contact_roles: list[WordOut]
