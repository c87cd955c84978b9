"""Agencies: the centre's customers, known by organisation number, not by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum


class AgencyType(StrEnum):
    """What kind of body an agency is; it decides whether it is part of the state."""

    STATE_AGENCY = "state_agency"
    STATE_ENTERPRISE = "state_enterprise"
    COURT = "court"
    PARLIAMENT_AGENCY = "parliament_agency"
    PENSION_FUND = "pension_fund"
    MUNICIPALITY = "municipality"
    REGION = "region"
    COMPANY = "company"
    OTHER = "other"

    @property
    def part_of_state(self) -> bool | None:
        """Whether it belongs to the legal person that is the state; None: it may or may not."""
        if self is AgencyType.OTHER:
            return None
        return self not in {AgencyType.MUNICIPALITY, AgencyType.REGION, AgencyType.COMPANY}


class LeadershipForm(StrEnum):
    """How an agency is led: styrelse, enrådighet, nämnd (myndighetsförordningen 2007:515 2 §)."""

    BOARD = "board"
    SINGLE_HEAD = "single_head"
    COMMITTEE = "committee"
    OTHER = "other"


class AgencyStatus(StrEnum):
    """Whether an agency works on, or how it came to its end."""

    ACTIVE = "active"
    MERGED = "merged"
    SPLIT = "split"
    CLOSED = "closed"


class HeadcountBasis(StrEnum):
    """Where the headcount comes from."""

    STATED = "stated"
    FULL_TIME_EQUIVALENTS = "full_time_equivalents"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Head:
    """Who leads an agency: personal data, for the agency and the centre's staff only."""

    name: str
    title: str
    since: date | None = None


@dataclass(frozen=True)
class Deputy:
    """Who stands in for a contact: personal data."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Contact:
    """Whom the centre turns to in a role: personal data. A role may have several."""

    role: str
    name: str
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    deputy: Deputy | None = None


@dataclass(frozen=True)
class People:
    """What an agency's entry holds of persons; no history of it is kept."""

    head: Head | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class YearFigures:
    """A year's headcount, full-time equivalents and volumes by the tariffs' units."""

    year: int
    headcount: int | None = None
    full_time_equivalents: Decimal | None = None
    volumes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class System:
    """A system the agency works in today, and when the contract behind it ends."""

    name: str
    service_area: str
    supplier: str | None = None
    contract_ends_on: date | None = None
    notice_months: int | None = None


@dataclass(frozen=True)
class LocalAgreement:
    """A local collective agreement that pay or working time follows (000:2264)."""

    name: str
    subject: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class EmploymentForm:
    """A form of employment and how many are employed in it; a key of the vocabulary."""

    form: str
    headcount: int | None = None


@dataclass(frozen=True)
class Obligation:
    """That an agency has to join for a service area by a day, and by what law.

    Without one for an area, joining is voluntary there (DOMAIN.md section 1).
    """

    service_area: str
    deadline: date
    legal_source: str


@dataclass(frozen=True)
class Facts:
    """What is known of an agency besides name, seat, people and obligations."""

    headcount_basis: HeadcountBasis = HeadcountBasis.STATED
    leadership_form: LeadershipForm | None = None
    name_en: str | None = None
    short_name: str | None = None
    department: str | None = None
    established_on: date | None = None
    years: tuple[YearFigures, ...] = ()
    systems: tuple[System, ...] = ()
    local_agreements: tuple[LocalAgreement, ...] = ()
    employment_forms: tuple[EmploymentForm, ...] = ()


@dataclass(frozen=True)
class Agency:
    """An agency that is registered with the centre, as things stand today.

    ``part_of_state`` decides whether its agreement is an överenskommelse or, with a
    municipality, region or company, an avtal (DOMAIN.md section 4). ``valid_from`` is the
    first day the register answers for, with the registered name and city holding from it;
    ``version`` counts the changes of the entry.
    """

    org_number: str
    name: str
    headcount: int
    part_of_state: bool
    registered_at: datetime
    valid_from: date
    type: AgencyType
    registered_name: str
    registered_city: str | None = None
    facts: Facts = Facts()
    city: str | None = None
    status: AgencyStatus = AgencyStatus.ACTIVE
    successors: tuple[str, ...] = ()
    people: People = People()
    obligations: tuple[Obligation, ...] = ()
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether it works on: it may open cases and sign."""
        return self.status is AgencyStatus.ACTIVE


class TypeContradictedError(ValueError):
    """``part_of_state`` was given and the type of the agency says otherwise."""


class ValidFromAheadError(ValueError):
    """A registration holds from its own day on at the latest."""


@dataclass(frozen=True)
class AgencyDraft:
    """An agency as somebody enters it; what is left out is worked out by ``enrolled``."""

    org_number: str
    name: str
    headcount: int | None = None
    type: AgencyType | None = None
    part_of_state: bool | None = None
    valid_from: date | None = None
    city: str | None = None
    facts: Facts = Facts()
    people: People = People()
    obligations: tuple[Obligation, ...] = ()


def enrolled(draft: AgencyDraft, today: date, now: datetime) -> Agency:
    """The entry that a draft makes.

    Raises:
        TypeContradictedError: type and ``part_of_state`` do not go together.
        ValidFromAheadError: ``valid_from`` lies ahead.
    """
    type_, part_of_state = settle_type(draft.type, draft.part_of_state)
    valid_from = draft.valid_from or today
    if valid_from > today:
        raise ValidFromAheadError
    headcount, basis = settle_headcount(draft.headcount, draft.facts.years)
    return Agency(
        org_number=draft.org_number,
        name=draft.name,
        headcount=headcount,
        part_of_state=part_of_state,
        registered_at=now,
        valid_from=valid_from,
        type=type_,
        registered_name=draft.name,
        registered_city=draft.city,
        facts=replace(draft.facts, headcount_basis=basis),
        city=draft.city,
        people=draft.people,
        obligations=tuple(sorted(draft.obligations, key=lambda item: item.service_area)),
    )


def settle_type(type_: AgencyType | None, part_of_state: bool | None) -> tuple[AgencyType, bool]:
    """The type and whether it is part of the state, where one or both may be left out.

    Raises:
        TypeContradictedError: both are given and do not go together.
    """
    if type_ is None:
        if part_of_state is None or part_of_state:
            return AgencyType.STATE_AGENCY, True
        return AgencyType.OTHER, False
    follows = type_.part_of_state
    if follows is None:
        return type_, True if part_of_state is None else part_of_state
    if part_of_state is not None and part_of_state is not follows:
        raise TypeContradictedError
    return type_, follows


def settle_headcount(
    stated: int | None, years: Iterable[YearFigures]
) -> tuple[int, HeadcountBasis]:
    """The headcount: as stated, else that of the latest year that has one.

    Where no year has, the latest full-time equivalents rounded up, since nobody fills more
    than one; where there are none either, nought and ``unknown``.
    """
    if stated is not None:
        return stated, HeadcountBasis.STATED
    by_year = sorted(years, key=lambda figures: figures.year, reverse=True)
    for figures in by_year:
        if figures.headcount is not None:
            return figures.headcount, HeadcountBasis.STATED
    for figures in by_year:
        if figures.full_time_equivalents is not None:
            whole = figures.full_time_equivalents.to_integral_value(rounding=ROUND_CEILING)
            return int(whole), HeadcountBasis.FULL_TIME_EQUIVALENTS
    return 0, HeadcountBasis.UNKNOWN
