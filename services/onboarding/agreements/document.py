"""The agreement as a document: what is hashed, signed and run on.

Everything that the text and its annexes say is data in here, with the Swedish names of
what the keys stand for, so that the document and its hash stand alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

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
"""A day of every year, as ``MM-DD``."""


class PartyRole(StrEnum):
    """As what a party takes part in an agreement."""

    CUSTOMER = "customer"
    CENTRE = "centre"
    FURTHER = "further"


class RenewalKind(StrEnum):
    """How an agreement goes on after its last day (DOMAIN.md section 4)."""

    RENEGOTIATED = "renegotiated"
    AUTOMATIC = "automatic"


class PeriodTurn(StrEnum):
    """The days on which a notice can take effect: the last day of such a period."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"
    ANY_DAY = "any_day"


class Clause(Value):
    """A clause as it holds; ``deviates`` where the parties replaced the standard's text."""

    key: Slug
    text: str
    deviates: bool = False


class Part(Value):
    """A part of the agreement: a heading with its clauses."""

    key: Slug
    heading: str
    clauses: tuple[Clause, ...]

    @model_validator(mode="before")
    @classmethod
    def _read_the_first_form(cls, data: Any) -> Any:
        """Agreements of the standard 2026-1 have a part's text undivided."""
        if isinstance(data, Mapping) and "text" in data and "clauses" not in data:
            whole = {"key": data["key"], "text": data["text"]}
            return {"key": data["key"], "heading": data["heading"], "clauses": [whole]}
        return data

    @property
    def text(self) -> str:
        """The clauses as running text, a paragraph each."""
        return "\n\n".join(clause.text for clause in self.clauses)


class Customer(Value):
    """The agency as the agreement names it."""

    org_number: OrgNumber
    name: str


class AgreementParty(Value):
    """A party of the agreement; each makes its own decision, with the same words.

    The centre is the party without an organisation number here.
    """

    role: PartyRole
    name: str
    org_number: OrgNumber | None = None
    part_of_state: bool = True

    @property
    def key(self) -> str:
        """How the party is named among signatures: its role, or its number if a further one."""
        if self.role is PartyRole.FURTHER and self.org_number is not None:
            return self.org_number
        return self.role.value


class Deviation(Value):
    """A departure from the standard delivery, as decided about a gap.

    An object with a reason, an owner and an end date (DOMAIN.md section 4).
    """

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
    resolution_sv: str = ""

    @property
    def key(self) -> str:
        """How the deviation is named: ``service/activity``."""
        return f"{self.service}/{self.activity}"


class ClauseDeviation(Value):
    """A clause whose standard text the parties replaced, until a day at the latest."""

    part: Slug
    clause: Slug
    standard_text: str
    text: str
    reason: str
    owner: str
    ends_on: date
    decided_by: str
    mandate: str

    @property
    def key(self) -> str:
        """How the deviation is named: the clause's key."""
        return self.clause


class ExcludedActivity(Value):
    """An activity that the parties have left out of the delivery."""

    service: Slug
    activity: Slug


class ActivityName(Value):
    """What an activity of the matrix is called."""

    service: Slug
    activity: Slug
    name: str
    name_sv: str


class SwedishName(Value):
    """What a key means in Swedish."""

    key: Slug
    name_sv: str


class ServiceDescription(Value):
    """What the standard delivery of a service is, in words."""

    service: Slug
    text_sv: str


class RenewalTerms(Value):
    """How the agreement goes on: renegotiated, or extended by ``years`` unless notice is given."""

    kind: RenewalKind
    years: Annotated[int, Field(ge=1, le=10)]


class NoticeTerms(Value):
    """How many whole months before its last day a service is given notice of, and to when."""

    months: Annotated[int, Field(ge=0, le=36)]
    turn: PeriodTurn


class ChangeWindow(Value):
    """A day of the year from which scope can change, and until when it is asked for.

    ``request_by`` is the latest such day before ``takes_effect``, so that the change
    finds its place in the parties' budgets (DOMAIN.md section 4; 004:520).
    """

    takes_effect: MonthDay
    request_by: MonthDay
    budget_sv: str


class SubProcessor(Value):
    """Somebody else who processes the customer's personal data for the centre."""

    name: str
    task: str
    country: str


class ServiceData(Value):
    """Whose personal data a service processes, and of what kind."""

    service: Slug
    data_subjects: tuple[str, ...]
    kinds: tuple[str, ...]
    special_categories: tuple[str, ...] = ()


class DataProcessing(Value):
    """The data-processing agreement's contents (article 28.3 GDPR), in Swedish."""

    controller: str
    processor: str
    subject: str
    duration: str
    nature_and_purpose: str
    data: tuple[ServiceData, ...]
    instructions: tuple[str, ...]
    security_measures: tuple[str, ...]
    staff: str
    sub_processors: tuple[SubProcessor, ...]
    sub_processor_rule: str
    transfers: str
    assistance: str
    breach_notice: str
    audits: str
    at_the_end: str


class ForumDescription(Value):
    """What a forum of the collaboration model is for."""

    forum: Slug
    purpose_sv: str
    matters_sv: tuple[str, ...]


class CollaborationAnnex(Value):
    """The collaboration model in force, in words; the forums' rhythm is in ``forums``."""

    name_sv: str
    purpose_sv: str
    escalation_sv: str
    forums: tuple[ForumDescription, ...]


class AgreementContent(Value):
    """The whole agreement: what is hashed, signed and run on.

    Fields with a default are absent from agreements of the standard 2026-1.
    """

    agreement_id: str
    case_id: str
    version: Annotated[int, Field(ge=1)]
    form: str
    standard_version: str
    customer: Customer
    centre_name: str
    parties: tuple[AgreementParty, ...] = ()
    valid_from: date
    valid_until: date
    review_on: date
    amends_version: int | None = None
    effective_on: date | None = Field(
        default=None, description="From when an amendment holds; absent: from valid_from."
    )
    change_reason: str | None = None
    renewal: RenewalTerms = RenewalTerms(kind=RenewalKind.RENEGOTIATED, years=3)
    notice: NoticeTerms = NoticeTerms(months=12, turn=PeriodTurn.YEAR)
    change_windows: tuple[ChangeWindow, ...] = ()
    tariff: Slug
    yearly_fee_ore: Ore
    true_up_days: tuple[MonthDay, ...]
    services: tuple[SignedService, ...]
    service_descriptions: tuple[ServiceDescription, ...] = ()
    measures: tuple[SwedishName, ...] = Field(
        default=(), description="What each level measures, in words."
    )
    responsibilities: tuple[Responsibility, ...]
    excluded_activities: tuple[ExcludedActivity, ...]
    activity_names: tuple[ActivityName, ...] = ()
    fee_item_names: tuple[SwedishName, ...] = ()
    unit_names: tuple[SwedishName, ...] = ()
    deviations: tuple[Deviation, ...]
    clause_deviations: tuple[ClauseDeviation, ...] = ()
    service_hours: ServiceHours
    credit_terms: CreditTerms
    data_processing: DataProcessing | None = None
    collaboration_template: Slug
    collaboration: CollaborationAnnex | None = None
    forums: tuple[Forum, ...]
    stabilisation_periods: Annotated[int, Field(ge=1, le=12)]
    parts: tuple[Part, ...]

    @property
    def holds_from(self) -> date:
        """The first day on which this version is the one in force."""
        return self.effective_on or self.valid_from

    @property
    def all_parties(self) -> tuple[AgreementParty, ...]:
        """Every party whose decision the agreement needs; customer and centre always."""
        return self.parties or (
            AgreementParty(
                role=PartyRole.CUSTOMER,
                name=self.customer.name,
                org_number=self.customer.org_number,
            ),
            AgreementParty(role=PartyRole.CENTRE, name=self.centre_name),
        )
