"""Who works on a case: roles, who holds them, and who stands in.

Ownership belongs to roles, not to people (DOMAIN.md section 5; 004:985), and each service
area has one service owner per party (000:2371). Which roles a case must have is data
(``data/staffing.yaml``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import Field, model_validator

from services.contracts.values import Slug, Value
from services.onboarding.parties import Party


@dataclass(frozen=True)
class StaffMember:
    """Somebody who holds a role in a case for a time, with a deputy when there is one.

    Days are inclusive; None leaves an end open. A deputy without days stands in whenever
    the holder's time has not begun or is over; one with days, on exactly those.

    Attributes:
        role: as the party writes it.
        service_area: the area the role is held for; None for all of the case's.
    """

    role: str
    name: str
    deputy: str | None = None
    service_area: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    deputy_from: date | None = None
    deputy_until: date | None = None


class RequiredRole(Value):
    """A role that the centre knows by name."""

    key: Slug
    parties: tuple[Party, ...] = Field(min_length=1)
    name: str
    name_sv: str
    names: tuple[str, ...] = Field(min_length=1)
    required_of: tuple[Party, ...] = ()
    each_area: bool = False
    answers_for: tuple[Party, ...] = ()


class StaffingRules(Value):
    """The roles of ``data/staffing.yaml``."""

    version: str
    roles: tuple[RequiredRole, ...]

    @model_validator(mode="after")
    def _each_side_answers(self) -> StaffingRules:
        names = [name.casefold() for role in self.roles for name in role.names]
        if len(set(names)) != len(names):
            raise ValueError("two roles share a name")
        for party in Party:
            if len([role for role in self.roles if party in role.answers_for]) != 1:
                raise ValueError(f"exactly one role has to answer for the {party.value}")
        return self

    def key_of(self, party: Party, role: str) -> str | None:
        """The key of a role as a party writes it; None when it is the party's own."""
        written = role.strip().casefold()
        for known in self.roles:
            if party in known.parties and written in {name.casefold() for name in known.names}:
                return known.key
        return None

    def name_sv(self, party: Party, role: str) -> str | None:
        """The Swedish name of a role as a party writes it; None when it is the party's own."""
        key = self.key_of(party, role)
        return next((known.name_sv for known in self.roles if known.key == key), None)

    def answering(self, party: Party) -> RequiredRole:
        """The role that answers for a side's gate items."""
        return next(role for role in self.roles if party in role.answers_for)


@dataclass(frozen=True)
class Vacancy:
    """A required role that nobody holds on a day."""

    party: Party
    role: RequiredRole
    service_area: str | None = None


def acting(member: StaffMember, day: date) -> str | None:
    """Who does the member's role on a day: the holder, the deputy, or nobody."""
    has_days = member.deputy_from is not None or member.deputy_until is not None
    if member.deputy is not None and has_days:
        if _within(day, member.deputy_from, member.deputy_until):
            return member.deputy
    elif member.deputy is not None and not _within(day, member.valid_from, member.valid_until):
        return member.deputy
    return member.name if _within(day, member.valid_from, member.valid_until) else None


def holders(
    rules: StaffingRules, party: Party, members: Iterable[StaffMember], key: str, day: date
) -> tuple[str, ...]:
    """Who does a known role on a day, in the order they were named."""
    return tuple(
        person
        for member in members
        if rules.key_of(party, member.role) == key and (person := acting(member, day)) is not None
    )


def vacancies(
    rules: StaffingRules,
    staff: Mapping[Party, Sequence[StaffMember]],
    areas: Collection[str],
    day: date,
) -> tuple[Vacancy, ...]:
    """The required roles that nobody does on a day.

    Args:
        rules: which roles are required of whom.
        staff: the members each side has named.
        areas: the service areas of the case.
        day: the day to look at.
    """
    lacking: list[Vacancy] = []
    for party in Party:
        members = staff.get(party, ())
        for role in rules.roles:
            if party not in role.required_of:
                continue
            for area in sorted(areas) if role.each_area else (None,):
                held = [member for member in members if member.service_area in {None, area}]
                if not holders(rules, party, held, role.key, day):
                    lacking.append(Vacancy(party, role, area))
    return tuple(lacking)


def next_change(staff: Iterable[StaffMember], day: date) -> date | None:
    """The first day after this one on which somebody else may do a role; None for never."""
    days: set[date] = set()
    for member in staff:
        days |= {begin for begin in (member.valid_from, member.deputy_from) if begin is not None}
        days |= {
            end + timedelta(days=1)
            for end in (member.valid_until, member.deputy_until)
            if end is not None
        }
    return min((change for change in days if change > day), default=None)


def faults(members: Sequence[StaffMember], areas: Collection[str]) -> tuple[str, ...]:
    """What keeps a list of members from making sense, a sentence each."""
    found: list[str] = []
    for index, member in enumerate(members):
        who = f"{member.name} ({member.role})"
        if _post(member) in map(_post, members[:index]):
            found.append(f"{who} is named twice.")
        if member.deputy is not None and _plain(member.deputy) == _plain(member.name):
            found.append(f"{who} cannot be their own deputy.")
        if _reversed(member.valid_from, member.valid_until):
            found.append(f"The time of {who} ends before it begins.")
        if _reversed(member.deputy_from, member.deputy_until):
            found.append(f"The time of the deputy of {who} ends before it begins.")
        if member.deputy is None and (member.deputy_from or member.deputy_until):
            found.append(f"There are days for a deputy of {who}, but no deputy.")
        if member.service_area is not None and member.service_area not in areas:
            found.append(
                f"{who} is named for {member.service_area}; the case is about"
                f" {', '.join(sorted(areas))}."
            )
    return tuple(found)


def _post(member: StaffMember) -> tuple[object, ...]:
    days = (member.valid_from, member.valid_until)
    return (_plain(member.name), _plain(member.role), member.service_area, *days)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _reversed(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and last < first
