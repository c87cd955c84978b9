"""An agency's name, seat and standing in both times: when it was so, and since when we knew.

Every row says what was true from one day until another (valid time) and between which
instants the register said so (known time). Rows are never edited but for the end of their
known time, so what was answered stays answered (ARCHITECTURE rule 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.contracts.values import LifeEventKind
from services.onboarding.agencies.domain import Agency, AgencyStatus


@dataclass(frozen=True)
class Standing:
    """What is true of an agency for a while."""

    name: str
    city: str | None
    status: AgencyStatus = AgencyStatus.ACTIVE
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registration:
    """The agency as it was first entered, and from which day that holds."""

    org_number: str
    valid_from: date
    name: str
    city: str | None

    @classmethod
    def of(cls, agency: Agency) -> Registration:
        """The registration of an agency."""
        return cls(
            agency.org_number, agency.valid_from, agency.registered_name, agency.registered_city
        )


@dataclass(frozen=True)
class LifeEvent:
    """A record of the register: what happened to an agency, on which day, known since when.

    ``corrects`` names an earlier record that was wrong; with ``withdrawn`` that one falls
    away and this record says nothing else. ``successors`` holds exactly one agency for a
    merger, two or more for a split, of which the agency itself may be one that lives on.
    """

    id: str
    org_number: str
    kind: LifeEventKind
    effective_on: date
    recorded_at: datetime
    name: str | None = None
    city: str | None = None
    successors: tuple[str, ...] = ()
    reason: str | None = None
    corrects: str | None = None
    withdrawn: bool = False

    @property
    def ends_agency(self) -> bool:
        """Whether the agency is no longer active from the day on."""
        if self.kind is LifeEventKind.SPLIT:
            return self.org_number not in self.successors
        return self.kind in {LifeEventKind.MERGED, LifeEventKind.CLOSED}


@dataclass(frozen=True)
class Period:
    """A standing from a day until, and not including, another; None: until further notice."""

    valid_from: date
    valid_until: date | None
    standing: Standing
    life_event_ids: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class KnownPeriod:
    """A period and between which instants the register said so."""

    period: Period
    known_from: datetime
    known_until: datetime | None = None
    id: str = field(default="", compare=False)

    def known_at(self, instant: datetime) -> bool:
        """Whether the register said so at the instant."""
        return self.known_from <= instant and (
            self.known_until is None or instant < self.known_until
        )


_ENDS = {
    LifeEventKind.MERGED: AgencyStatus.MERGED,
    LifeEventKind.SPLIT: AgencyStatus.SPLIT,
    LifeEventKind.CLOSED: AgencyStatus.CLOSED,
}


def in_force(events: Iterable[LifeEvent]) -> tuple[LifeEvent, ...]:
    """The records that count: not corrected by another, and not mere withdrawals.

    By the day they take effect, and within a day in the order they were recorded, with
    what ends an agency last.
    """
    known = tuple(events)
    corrected = {event.corrects for event in known if event.corrects is not None}
    counting = [event for event in known if event.id not in corrected and not event.withdrawn]
    return tuple(
        sorted(counting, key=lambda e: (e.effective_on, e.ends_agency, e.recorded_at, e.id))
    )


def periods(registration: Registration, events: Iterable[LifeEvent]) -> tuple[Period, ...]:
    """What was true when, by the records that count: no gaps, no overlaps, open at the end.

    Args:
        registration: where it begins.
        events: the agency's records; none takes effect before the registration holds.
    """
    standing = Standing(registration.name, registration.city)
    found = [Period(registration.valid_from, None, standing)]
    for event in in_force(events):
        last = found[-1]
        standing = _after(last.standing, event)
        ids = (event.id,)
        if event.effective_on <= last.valid_from:
            found[-1] = replace(
                last, standing=standing, life_event_ids=(*last.life_event_ids, *ids)
            )
        else:
            found[-1] = replace(last, valid_until=event.effective_on)
            found.append(Period(event.effective_on, None, standing, ids))
    return tuple(found)


def _after(standing: Standing, event: LifeEvent) -> Standing:
    if event.kind is LifeEventKind.RENAMED:
        return replace(standing, name=event.name or standing.name)
    if event.kind is LifeEventKind.MOVED:
        return replace(standing, city=event.city)
    if event.ends_agency:
        return replace(standing, status=_ENDS[event.kind], successors=event.successors)
    return standing


def revise(
    known: Sequence[KnownPeriod], now_true: Sequence[Period], at: datetime
) -> tuple[tuple[KnownPeriod, ...], tuple[KnownPeriod, ...]]:
    """Bring what is known up to what is now held to be true.

    Args:
        known: the rows there are.
        now_true: the periods as they are held from now on.
        at: when that became known; no earlier than any row's ``known_from``.

    Returns:
        the rows whose known time ends, as they were, and the rows that come anew.
    """
    current = {row.period: row for row in known if row.known_until is None}
    wanted = set(now_true)
    ended = tuple(row for period, row in current.items() if period not in wanted)
    fresh = tuple(KnownPeriod(period, at) for period in now_true if period not in current)
    return ended, fresh


def as_of(known: Iterable[KnownPeriod], valid_on: date, known_at: datetime) -> KnownPeriod | None:
    """What the register said at an instant of how things were on a day; None: nothing."""
    for row in known:
        if row.known_at(known_at) and row.period.holds_on(valid_on):
            return row
    return None
