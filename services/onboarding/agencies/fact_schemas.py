"""The parts of an agency's facts in requests, with their limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.chassis.schemas import AS_A_NUMBER, Count, Day, RequestModel, Text
from services.contracts.values import Slug
from services.onboarding.agencies.domain import (
    Contact,
    Deputy,
    EmploymentForm,
    Head,
    LocalAgreement,
    Obligation,
    System,
    YearFigures,
)
from services.onboarding.letter_of_intent.baseline_schemas import FullTimeEquivalents

Email = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,60}(\.[A-Za-z0-9-]{1,60}){1,4}$",
    ),
]
Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()-]{2,30}$", examples=["+46 8 123 45 67"])]
Year = Annotated[int, Field(ge=1990, le=2100), AS_A_NUMBER]


class HeadIn(RequestModel):
    """Who leads the agency."""

    name: Text
    title: Text
    since: Day | None = None

    def head(self) -> Head:
        """The head as the domain has it."""
        return Head(self.name, self.title, self.since)


class DeputyIn(RequestModel):
    """Who stands in for a contact."""

    name: Text
    email: Email | None = None
    phone: Phone | None = None


class ContactIn(RequestModel):
    """Whom to turn to in a role; see the vocabulary for the roles."""

    role: Slug
    name: Text
    title: Text | None = None
    email: Email | None = None
    phone: Phone | None = None
    deputy: DeputyIn | None = None

    def contact(self) -> Contact:
        """The contact as the domain has it."""
        stand_in = self.deputy
        return Contact(
            self.role,
            self.name,
            self.title,
            self.email,
            self.phone,
            Deputy(stand_in.name, stand_in.email, stand_in.phone) if stand_in else None,
        )


class YearIn(RequestModel):
    """What is known of a year; volumes by the tariffs' units."""

    year: Year
    headcount: Count | None = None
    full_time_equivalents: FullTimeEquivalents | None = None
    volumes: Annotated[dict[Slug, Count], Field(max_length=30)] = Field(default_factory=dict)

    def figures(self) -> YearFigures:
        """The year as the domain has it."""
        return YearFigures(
            self.year, self.headcount, self.full_time_equivalents, dict(self.volumes)
        )


class SystemIn(RequestModel):
    """A system in use, and when the contract behind it ends."""

    name: Text
    service_area: Slug
    supplier: Text | None = None
    contract_ends_on: Day | None = None
    notice_months: Annotated[int, Field(ge=0, le=120), AS_A_NUMBER] | None = None

    def system(self) -> System:
        """The system as the domain has it."""
        return System(
            self.name,
            self.service_area,
            self.supplier,
            self.contract_ends_on,
            self.notice_months,
        )


class LocalAgreementIn(RequestModel):
    """A local collective agreement."""

    name: Text
    subject: Text
    valid_from: Day | None = None
    valid_until: Day | None = None

    def agreement(self) -> LocalAgreement:
        """The local agreement as the domain has it."""
        return LocalAgreement(self.name, self.subject, self.valid_from, self.valid_until)


class EmploymentFormIn(RequestModel):
    """A form of employment and how many are in it; see the vocabulary for the forms."""

    form: Slug
    headcount: Count | None = None

    def employment_form(self) -> EmploymentForm:
        """The form as the domain has it."""
        return EmploymentForm(self.form, self.headcount)


class ObligationIn(RequestModel):
    """That the agency has to join for a service area, by when and by what law."""

    service_area: Slug
    deadline: Day
    legal_source: Text = Field(examples=["Förordning (2015:665)"])

    def obligation(self) -> Obligation:
        """The obligation as the domain has it."""
        return Obligation(self.service_area, self.deadline, self.legal_source)


Years = Annotated[list[YearIn], Field(max_length=60)]
Systems = Annotated[list[SystemIn], Field(max_length=100)]
LocalAgreements = Annotated[list[LocalAgreementIn], Field(max_length=100)]
EmploymentForms = Annotated[list[EmploymentFormIn], Field(max_length=40)]
Contacts = Annotated[list[ContactIn], Field(max_length=100)]
Obligations = Annotated[list[ObligationIn], Field(max_length=20)]


class PutHead(RequestModel):
    """The head; null while the post is vacant."""

    head: HeadIn | None


class PutContacts(RequestModel):
    """All contacts."""

    contacts: Contacts


class PutYears(RequestModel):
    """All years."""

    years: Years


class PutSystems(RequestModel):
    """All systems."""

    systems: Systems


class PutLocalAgreements(RequestModel):
    """All local agreements."""

    local_agreements: LocalAgreements


class PutEmploymentForms(RequestModel):
    """All forms of employment."""

    employment_forms: EmploymentForms


class PutObligations(RequestModel):
    """All obligations; in every other service area joining is voluntary."""

    obligations: Obligations
