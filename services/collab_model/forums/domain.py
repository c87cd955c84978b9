"""Forums, when they meet, and what waits for them (DOMAIN.md section 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from services.chassis.money import round_half_up
from services.collab_model.calendars.domain import ServiceTime
from services.contracts.values import ForumLevel, MatterKind, Priority

DAYS_IN_YEAR = 365
DUE_TIME = time(7, 0)
"""Wall time at which a day's meetings fall due: before anybody sits down."""

DAILY_TROUBLE = frozenset({MatterKind.INCIDENT, MatterKind.DEVIATION})


@dataclass(frozen=True)
class Rhythm:
    """How often a forum meets: the meetings of a year, 0 for none (0..52)."""

    ordinary: int
    in_stabilisation: int

    def per_year(self, *, stabilised: bool) -> int:
        """The meetings of a year that hold now."""
        return self.ordinary if stabilised else self.in_stabilisation


@dataclass(frozen=True)
class PlannedMeeting:
    """The day a meeting falls due, and the day the rhythm alone would have given.

    The next meeting is reckoned from ``nominal_on``, so that a meeting moved off a
    holiday does not move every later one.
    """

    nominal_on: date
    due_on: date

    def due_at(self, zone: ZoneInfo) -> datetime:
        """The instant the meeting falls due, in UTC."""
        return datetime.combine(self.due_on, DUE_TIME, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Beginnings:
    """The days that a forum's next meeting may be reckoned from.

    ``operation`` is the first day of the agreement's operation. ``last_meeting`` is the day
    that the rhythm gave the forum's last meeting; ``changed_on`` when the version in force
    took effect; ``rested_until`` when stabilisation ended, for a forum that rested during it.
    """

    operation: date
    last_meeting: date | None
    changed_on: date | None
    rested_until: date | None

    @property
    def latest(self) -> date:
        """The day that the next meeting is one interval after."""
        days = (self.operation, self.last_meeting, self.changed_on, self.rested_until)
        return max(day for day in days if day is not None)


def next_meeting(since: date, per_year: int, calendar: ServiceTime) -> PlannedMeeting | None:
    """The meeting one interval after a day, moved forward to a working day.

    The interval is a year's 365 days shared by its meetings, to the nearest day: weekly
    for 52, 30 days for 12, 91 for 4. ``None`` for a forum that does not meet. A working day
    is one with service time by the calendar as it holds on that day.
    """
    if per_year == 0:
        return None
    nominal = since + timedelta(days=round_half_up(Fraction(DAYS_IN_YEAR, per_year)))
    return PlannedMeeting(nominal_on=nominal, due_on=calendar.working_day_from(nominal))


def moved(planned: PlannedMeeting, today: date, calendar: ServiceTime) -> PlannedMeeting:
    """A planned meeting by a calendar that may have changed since it was planned.

    It keeps the day that the rhythm gave it, and is held on the first working day from then
    on that has not gone by.
    """
    due_on = calendar.working_day_from(max(planned.nominal_on, today))
    return replace(planned, due_on=due_on)


@dataclass(frozen=True)
class OpenMatter:
    """A matter that is not resolved."""

    matter_id: str
    kind: MatterKind
    priority: Priority


@dataclass(frozen=True)
class Breach:
    """A breached service level that the forum has not had on an agenda before."""

    breach_id: str
    matter_id: str
    priority: Priority


class AgendaReason(StrEnum):
    """Why a matter stands on an agenda."""

    OPEN_MATTER = "open_matter"
    LEVEL_BREACHED = "level_breached"


@dataclass(frozen=True)
class AgendaItem:
    """A matter that waits for a forum and why; ``breach_id`` when a breach is the reason."""

    reason: AgendaReason
    matter_id: str
    breach_id: str | None = None


@dataclass(frozen=True)
class Remit:
    """What a forum deals with.

    Its own level's matters, and those of a level that the agreed model has no forum for:
    in a model without a tactical forum (SSC 2016, 000:2152) the operative one, where the
    weight lies, takes changes and level breaches as well, so that nothing waits for a
    forum that does not exist.
    """

    level: ForumLevel
    is_tactical: bool

    @classmethod
    def of(cls, level: ForumLevel, model: Iterable[ForumLevel]) -> Remit:
        """The remit of a forum of a level in a model with forums of these levels."""
        alone = level is ForumLevel.OPERATIVE and ForumLevel.TACTICAL not in set(model)
        return cls(level, is_tactical=level is ForumLevel.TACTICAL or alone)

    def takes_matter(self, matter: OpenMatter) -> bool:
        """Whether an open matter belongs on the agenda (000:2133).

        Incidents and deviations do; at tactical level changes too; at strategic level
        only critical incidents and deviations.
        """
        trouble = matter.kind in DAILY_TROUBLE
        if self.level is ForumLevel.STRATEGIC:
            return trouble and matter.priority is Priority.CRITICAL
        return trouble or (self.is_tactical and matter.kind is MatterKind.CHANGE)

    def takes_breach(self, breach: Breach) -> bool:
        """Whether a breach belongs on the agenda.

        Levels are followed up at tactical level, critical breaches at strategic level too.
        """
        if self.level is ForumLevel.STRATEGIC:
            return breach.priority is Priority.CRITICAL
        return self.is_tactical


def agenda_of(
    remit: Remit, open_matters: Iterable[OpenMatter], breaches: Iterable[Breach]
) -> tuple[AgendaItem, ...]:
    """What waits for a forum: its open matters first, then the breaches."""
    matters = [
        AgendaItem(AgendaReason.OPEN_MATTER, matter.matter_id)
        for matter in open_matters
        if remit.takes_matter(matter)
    ]
    broken = [
        AgendaItem(AgendaReason.LEVEL_BREACHED, breach.matter_id, breach.breach_id)
        for breach in breaches
        if remit.takes_breach(breach)
    ]
    return (*matters, *broken)


class MeetingState(StrEnum):
    """Where a meeting stands; one that its forum or agreement does not live to is cancelled."""

    PLANNED = "planned"
    DUE = "due"
    MINUTED = "minuted"
    CANCELLED = "cancelled"
