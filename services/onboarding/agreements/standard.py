"""The data files that agreements are drafted from and judged by, as checked models."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from services.contracts.values import CreditTerms, Forum, ServiceHours, Slug, Value
from services.onboarding.agreements.document import (
    REQUIRED_PARTS,
    ChangeWindow,
    Clause,
    ForumDescription,
    MonthDay,
    NoticeTerms,
    Part,
    PeriodTurn,
    RenewalKind,
    ServiceData,
    SubProcessor,
    SwedishName,
)


class FormNames(Value):
    """What the agreement is called.

    Agencies of the state are one legal person and cannot contract with each other
    (DOMAIN.md section 4).
    """

    state_agency: str
    other_party: str


class RenewalYears(Value):
    """For how many years an agreement is drafted unless the parties choose otherwise."""

    renegotiated: Annotated[int, Field(ge=1, le=10)]
    automatic: Annotated[int, Field(ge=1, le=10)]


class Reminders(Value):
    """How many days ahead of its day each kind of reminder falls due."""

    review: Annotated[int, Field(ge=0, le=365)]
    renewal: Annotated[int, Field(ge=0, le=365)]
    expiry: Annotated[int, Field(ge=0, le=365)]
    change_window: Annotated[int, Field(ge=0, le=365)]
    deviation_end: Annotated[int, Field(ge=0, le=365)]


class DataProcessingStandard(Value):
    """The standard's data-processing agreement; ``data`` is by service."""

    subject: str
    nature_and_purpose: str
    duration: str
    instructions: tuple[str, ...] = Field(min_length=1)
    security_measures: tuple[str, ...] = Field(min_length=1)
    staff: str
    sub_processors: tuple[SubProcessor, ...]
    sub_processor_rule: str
    transfers: str
    assistance: str
    breach_notice: str
    audits: str
    at_the_end: str
    data_of_any_service: ServiceData
    data: tuple[ServiceData, ...]


class CreditTexts(Value):
    """What the clause on compensation adds: of bands, and of causes that give nothing."""

    bands: str
    exclusions: str


class AgreementStandard(Value):
    """One version of the standard agreement."""

    version: str
    centre_name: str
    form: FormNames
    renewal_years: RenewalYears
    renewal_texts: dict[RenewalKind, str]
    notice: NoticeTerms
    notice_turns: dict[PeriodTurn, str]
    notice_confirmed_after_days: Annotated[int, Field(ge=1, le=365)]
    change_windows: tuple[ChangeWindow, ...] = Field(min_length=1)
    reminders_days_ahead: Reminders
    true_up_days: tuple[MonthDay, ...]
    review_months_before_end: Annotated[int, Field(ge=1, le=24)]
    credit_terms: CreditTerms
    credit_texts: CreditTexts
    service_hours: ServiceHours
    data_processing: DataProcessingStandard
    parts: tuple[Part, ...]

    @model_validator(mode="after")
    def _has_every_part_once(self) -> AgreementStandard:
        keys = [part.key for part in self.parts]
        if sorted(keys) != sorted(REQUIRED_PARTS):
            raise ValueError(f"the parts must be exactly {', '.join(REQUIRED_PARTS)}")
        clauses = [clause.key for part in self.parts for clause in part.clauses]
        if len(clauses) != len(set(clauses)):
            raise ValueError("a clause's key appears once in the whole standard")
        return self

    def clause(self, key: str) -> tuple[Part, Clause] | None:
        """A clause with the part it stands in; None when the standard has none such."""
        for part in self.parts:
            for clause in part.clauses:
                if clause.key == key:
                    return part, clause
        return None


class CreditTable(Value):
    """A table of compensation that the parties may choose instead of the standard's."""

    key: Slug
    name: str
    name_sv: str
    terms: CreditTerms


class CreditTables(Value):
    """The tables of compensation that can be chosen."""

    tables: tuple[CreditTable, ...]


class CollaborationTemplate(Value):
    """A structure of collaboration; two levels at the least, so that matters can rise."""

    key: Slug
    name: str
    name_sv: str
    purpose_sv: str
    escalation_sv: str
    forums: tuple[Forum, ...]
    descriptions: tuple[ForumDescription, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> CollaborationTemplate:
        if len({forum.level for forum in self.forums}) < 2:
            raise ValueError(f"{self.key}: a matter needs a second level to escalate to")
        if {forum.key for forum in self.forums} != {about.forum for about in self.descriptions}:
            raise ValueError(f"{self.key}: describe each of its forums, and no other")
        return self


class CollaborationTemplates(Value):
    """Every structure an agreement can choose."""

    templates: tuple[CollaborationTemplate, ...]


def _a_pattern(text: str) -> str:
    re.compile(text)
    return text


class RegulatedMatter(Value):
    """A matter that law regulates already, and the words that give it away in a clause.

    ``patterns`` are regular expressions, matched in any letter case. ``between_agencies``
    matters bind agencies of the state only; an avtal with others may regulate them.
    """

    key: Slug
    matter: str
    matter_sv: str
    law: str
    between_agencies: bool
    why: str
    patterns: tuple[Annotated[str, AfterValidator(_a_pattern)], ...] = Field(min_length=1)


class RegulatedMatters(Value):
    """Every such matter (DOMAIN.md section 1, lesson 3)."""

    version: str
    matters: tuple[RegulatedMatter, ...] = Field(min_length=1)


class HeadTitles(Value):
    """Titles whose bearers head an authority and sign by their office."""

    version: str
    titles: tuple[str, ...] = Field(min_length=1)


class Wording(Value):
    """Swedish names of what billing's tariffs count and charge."""

    units: tuple[SwedishName, ...]
    fee_items: tuple[SwedishName, ...]
    resolutions: dict[str, str]
