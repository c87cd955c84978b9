"""Who an agency was on a day, by what was known at an instant (DOMAIN.md section 3).

This is what ``onboarding.agency_life_event_recorded`` means to every service: they must not
differ on who a customer is.

What happens to agencies is told by records that are only added to. A record takes effect on
its day (valid time) and is known from the instant it was recorded (knowledge). A correction
is a record that names the one it takes the place of, or says that nothing does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.contracts.values import LifeEventKind

_BEGINNING = date.min
_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_TAKEN_OVER = frozenset({LifeEventKind.MERGED, LifeEventKind.CLOSED})


@dataclass(frozen=True)
class RegisteredName:
    """A name under which an agency was registered, and since when that is known."""

    org_number: str
    name: str
    known_at: datetime


@dataclass(frozen=True)
class LifeEvent:
    """A record of what happened to an agency.

    ``effective_on`` is the first day on which it holds. ``successors`` take over: exactly
    one of a merger. ``agreement_id`` is that of the one agreement which a split passes on by
    decision. ``corrects`` names the record that this one takes the place of; ``withdrawn``
    says that nothing takes its place.
    """

    id: str
    kind: LifeEventKind
    org_number: str
    effective_on: date
    name: str | None
    successors: tuple[str, ...]
    city: str | None
    corrects: str | None
    withdrawn: bool
    known_at: datetime
    agreement_id: str | None = None

    @property
    def heir(self) -> str | None:
        """Who takes over everything: the only successor of an agency that ceases."""
        if self.kind in _TAKEN_OVER and len(self.successors) == 1:
            return self.successors[0]
        return None

    def heir_of(self, agreements: Collection[str]) -> str | None:
        """Who takes over an agreement with any of these identifiers, if the record says so."""
        if self.agreement_id is not None:
            decided = self.agreement_id in agreements and len(self.successors) == 1
            return self.successors[0] if decided else None
        return self.heir

    @property
    def closes(self) -> bool:
        """Whether the agency ceases without anybody taking over as a whole."""
        return self.kind in _TAKEN_OVER and self.heir is None


@dataclass(frozen=True)
class NameFrom:
    """A name and the first day it held; the earliest is the beginning of time."""

    first_day: date
    name: str


@dataclass(frozen=True)
class Passing:
    """An agency that another took over, and the first day on which it had."""

    org_number: str
    heir: str
    effective_on: date


@dataclass(frozen=True)
class Scope:
    """Whose rows a customer sees on a day.

    ``taken_over`` are the agencies that it has become; what was theirs is its own. After
    ``absorbed_on`` the agency itself is another's: what was issued to it until then stays
    visible under its number, what comes later does not. Single agreements may have come to
    it, or gone from it, by what was decided after a split.
    """

    own: str
    taken_over: frozenset[str] = frozenset()
    absorbed_on: date | None = None
    agreements_taken: frozenset[str] = frozenset()
    agreements_passed: frozenset[str] = frozenset()

    @property
    def issued_to(self) -> frozenset[str]:
        """The numbers on what was issued that are visible."""
        return self.taken_over | {self.own}

    @property
    def signed_by(self) -> frozenset[str]:
        """The numbers under which was signed what is the customer's now."""
        return self.taken_over if self.absorbed_on else self.issued_to


@dataclass(frozen=True)
class Register:
    """What is known of agencies: names as registered, and records of life events."""

    names: tuple[RegisteredName, ...]
    events: tuple[LifeEvent, ...]

    def as_known_at(self, instant: datetime) -> Register:
        """The register as it was at an instant."""
        return replace(
            self,
            names=tuple(each for each in self.names if each.known_at <= instant),
            events=tuple(each for each in self.events if each.known_at <= instant),
        )

    def knows(self, org_number: str) -> bool:
        """Whether anything at all is known of an agency."""
        return any(
            org_number in (each.org_number, *each.successors) for each in self.events
        ) or any(each.org_number == org_number for each in self.names)

    def in_effect(self) -> tuple[LifeEvent, ...]:
        """The records that hold: neither corrected nor withdrawn, in order of their days."""
        corrected = {each.corrects for each in self.events}
        holding = (each for each in self.events if not each.withdrawn and each.id not in corrected)
        return tuple(sorted(holding, key=lambda e: (e.effective_on, e.known_at, e.id)))

    def names_of(self, org_number: str) -> tuple[NameFrom, ...]:
        """An agency's names in the order they held.

        The name it was first registered under holds from the beginning; a later registration
        under another one, from the day it came; a rename, from its own day.
        """
        dated = [
            (each.effective_on, each.known_at, each.name)
            for each in self.in_effect()
            if each.org_number == org_number and each.name is not None
        ]
        registered = sorted(
            (each for each in self.names if each.org_number == org_number),
            key=lambda each: each.known_at,
        )
        before: RegisteredName | None = None
        for each in registered:
            if before is None:
                dated.append((_BEGINNING, each.known_at, each.name))
            elif each.name != before.name:
                dated.append(
                    (each.known_at.astimezone(_STOCKHOLM).date(), each.known_at, each.name)
                )
            before = each
        held = {first_day: name for first_day, _, name in sorted(dated)}
        return tuple(NameFrom(first_day, name) for first_day, name in held.items())

    def name_on(self, org_number: str, day: date) -> str | None:
        """What an agency is called on a day; None when no name of it is known."""
        holding = [each.name for each in self.names_of(org_number) if each.first_day <= day]
        return holding[-1] if holding else None

    def passing_of(
        self, org_number: str, day: date, agreements: Collection[str] = ()
    ) -> Passing | None:
        """When and by whom an agency was taken over, if it was on a day or before it.

        Args:
            org_number: the agency.
            day: the day asked about.
            agreements: identifiers of an agreement of its, where that may have passed alone.
        """
        found: Passing | None = None
        for each in self.in_effect():
            heir = each.heir_of(agreements)
            if each.org_number != org_number or heir is None or each.effective_on > day:
                continue
            if found is None or each.effective_on == found.effective_on:
                found = Passing(org_number, heir, each.effective_on)
        return found

    def line_of(
        self, org_number: str, day: date, agreements: Collection[str] = ()
    ) -> tuple[str, ...]:
        """An agency and those that it passed to in turn, through a day; the last one holds."""
        line = [org_number]
        while (passing := self.passing_of(line[-1], day, agreements)) and passing.heir not in line:
            line.append(passing.heir)
        return tuple(line)

    def holder_on(self, org_number: str, day: date, agreements: Collection[str] = ()) -> str:
        """Who has taken the place of an agency by a day: itself, or the last of its heirs."""
        return self.line_of(org_number, day, agreements)[-1]

    def taken_over_by(self, org_number: str, day: date) -> frozenset[str]:
        """The agencies whose place an agency has taken by a day, directly or not."""
        return frozenset(
            each.org_number
            for each in self.in_effect()
            if each.org_number != org_number and self.holder_on(each.org_number, day) == org_number
        )

    def last_day_of(self, org_number: str, agreements: Collection[str] = ()) -> date | None:
        """The last day of an agency, or of those it passed to; None while one goes on."""
        line = self.line_of(org_number, date.max, agreements)
        for each in self.in_effect():
            if each.org_number == line[-1] and each.closes:
                return each.effective_on - timedelta(days=1)
        return None

    def scope_of(self, org_number: str, day: date) -> Scope:
        """Whose rows an agency sees on a day."""
        passing = self.passing_of(org_number, day)
        mine = {org_number} | self.taken_over_by(org_number, day)
        alone = {
            each.agreement_id: self.holder_on(each.org_number, day, {each.agreement_id})
            for each in self.in_effect()
            if each.agreement_id is not None and each.effective_on <= day
        }
        origins = {each.agreement_id: each.org_number for each in self.in_effect()}
        return Scope(
            own=org_number,
            taken_over=frozenset(mine - {org_number}),
            absorbed_on=passing.effective_on if passing else None,
            agreements_taken=frozenset(
                key for key, holder in alone.items() if holder == org_number
            ),
            agreements_passed=frozenset(
                key
                for key, holder in alone.items()
                if holder != org_number and origins[key] in mine
            ),
        )
