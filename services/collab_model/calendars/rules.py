"""What a calendar says of each day: weekly hours, holidays, eves and overrides.

Of everything that could decide a day the first of these does: an override for the date, a
weekday without hours, a public holiday, an eve that custom shortens or gives off, the hours
of the weekday. Each day is told whole, from midnight to midnight on the wall clock, and each
part names its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from services.collab_model.calendars.zones import SECOND_US

MIDNIGHT = time(0, 0)
DAY_SECONDS = 86_400

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
WEEKDAYS_SV = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")


class SpanKind(StrEnum):
    """Whether service time runs, and what kind of rest it is when it does not."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


class HoursInverted(ValueError):
    """An interval ends at or before its beginning."""


class HoursOverlap(ValueError):
    """Two intervals of one day share time."""


@dataclass(frozen=True, order=True)
class WallHours:
    """An interval on the wall clock of one day, in seconds since midnight; half-open.

    Raises:
        HoursInverted: unless ``0 <= opens < closes <= 86400``.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= DAY_SECONDS:
            raise HoursInverted(f"service hours close before they open, or at once: {self}")

    @classmethod
    def between(cls, opens: time, closes: time) -> WallHours:
        """An interval between two times of day; closing at 00:00 is at the day's end.

        Raises:
            HoursInverted: it closes at or before it opens.
        """
        return cls(seconds_of(opens), seconds_of(closes) or DAY_SECONDS)

    def __str__(self) -> str:
        return f"{clock_time(self.opens)}-{clock_time(self.closes)}"


Hours = tuple[WallHours, ...]
"""The open intervals of a day: in order, sharing no time."""


def seconds_of(wall_time: time) -> int:
    """A time of day as seconds since midnight on the wall clock."""
    return wall_time.hour * 3600 + wall_time.minute * 60 + wall_time.second


def clock_time(seconds: int) -> str:
    """Seconds since midnight as ``08:00``, with the seconds where there are any; ``24:00``."""
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{second:02d}" if second else text


def in_order(intervals: Sequence[WallHours]) -> Hours:
    """The intervals of a day in order; those that touch stay apart.

    Raises:
        HoursOverlap: two of them share time.
    """
    ordered = tuple(sorted(intervals))
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes:
            raise HoursOverlap(f"{earlier} and {later} overlap")
    return ordered


def until(hours: Hours, closes: int) -> Hours:
    """What is left of a day's hours when it closes at a time, in seconds since midnight."""
    return tuple(
        WallHours(each.opens, min(each.closes, closes)) for each in hours if each.opens < closes
    )


class EveKind(StrEnum):
    """What custom makes of a day."""

    HALF_DAY = "half_day"
    CLOSED = "closed"


@dataclass(frozen=True)
class Holiday:
    """A public holiday, or several that fall on one day."""

    day: date
    names: tuple[str, ...]
    names_sv: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its names in English."""
        return ", ".join(self.names)

    @property
    def name_sv(self) -> str:
        """Its names in Swedish."""
        return ", ".join(self.names_sv)


@dataclass(frozen=True)
class Eve:
    """A day that custom shortens or gives off.

    ``closes`` is when a half day ends, in seconds since midnight; None: when the calendar's
    half days do.
    """

    name: str
    name_sv: str
    kind: EveKind
    closes: int | None = None


@dataclass(frozen=True)
class Override:
    """What holds on one date, whatever else is said of it; closed when it has no hours."""

    day: date
    hours: Hours
    reason: str


@dataclass(frozen=True)
class DayPart:
    """A stretch of a day on the wall clock, in seconds since midnight, and its rule."""

    start: int
    end: int
    kind: SpanKind
    rule: str
    rule_sv: str

    @property
    def start_us(self) -> int:
        """The beginning in microseconds since midnight."""
        return self.start * SECOND_US

    @property
    def end_us(self) -> int:
        """The end in microseconds since midnight."""
        return self.end * SECOND_US


@dataclass(frozen=True)
class DayPlan:
    """A whole day in parts, from midnight to midnight, without gaps."""

    parts: tuple[DayPart, ...]
    open_us: tuple[tuple[int, int], ...]
    """When service time runs, in microseconds since midnight."""

    @property
    def is_open(self) -> bool:
        """Whether service time runs at any time of the day."""
        return bool(self.open_us)


SpecialDays = Callable[[int], tuple[Mapping[date, Holiday], Mapping[date, Eve]]]
"""The public holidays and the eves of a year, as a pure lookup."""


def no_special_days(year: int) -> tuple[Mapping[date, Holiday], Mapping[date, Eve]]:
    """A year in which only the weekday decides."""
    return {}, {}


_OUTSIDE = ("outside the weekly hours", "utanför veckans servicetid")


@dataclass(frozen=True)
class CalendarRules:
    """Everything one version of a calendar says.

    Args:
        zone: the zone whose wall clock the hours are agreed in.
        weekly: the hours of each weekday, Monday first.
        half_day_closes: when a half day ends, in seconds since midnight; hours that begin
            later than that fall away.
        special_days: the holidays and eves of a year.
        overrides: by date.
    """

    zone: ZoneInfo
    weekly: tuple[Hours, ...]
    half_day_closes: int = 12 * 3600
    special_days: SpecialDays = no_special_days
    overrides: Mapping[date, Override] = field(default_factory=dict)
    _plans: dict[date, DayPlan] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )
    """What was worked out before; an answer depends on nothing but the fields above."""

    def plan(self, day: date) -> DayPlan:
        """What holds on a day."""
        plan = self._plans.get(day)
        if plan is None:
            plan = self._plans[day] = self._decide(day)
        return plan

    def _decide(self, day: date) -> DayPlan:
        override = self.overrides.get(day)
        if override is not None:
            return overridden(override)
        ordinary = self.weekly[day.weekday()]
        if not ordinary:
            return _whole_day(SpanKind.CLOSED, *_OUTSIDE)
        holidays, eves = self.special_days(day.year)
        if day in holidays:
            holiday = holidays[day]
            return _whole_day(
                SpanKind.HOLIDAY,
                f"{holiday.name}, public holiday",
                f"{holiday.name_sv}, helgdag",
            )
        if day in eves:
            return self._on_eve(eves[day], ordinary)
        name, name_sv = WEEKDAYS[day.weekday()].capitalize(), WEEKDAYS_SV[day.weekday()]
        return _parts(
            ordinary,
            lambda hours: (f"{name} {hours}", f"{name_sv} {_sv(hours)}"),
            rest=(SpanKind.CLOSED, *_OUTSIDE),
        )

    def _on_eve(self, eve: Eve, ordinary: Hours) -> DayPlan:
        closes = self.half_day_closes if eve.closes is None else eve.closes
        hours = until(ordinary, closes) if eve.kind is EveKind.HALF_DAY else ()
        if not hours:
            return _whole_day(SpanKind.HOLIDAY, f"{eve.name}, day off", f"{eve.name_sv}, ledig dag")
        at = clock_time(closes)
        shortened = (
            SpanKind.HOLIDAY,
            f"{eve.name}, half day until {at}",
            f"{eve.name_sv}, halvdag till {at.replace(':', '.')}",
        )
        return _parts(
            hours,
            lambda each: (f"{eve.name}, half day {each}", f"{eve.name_sv}, halvdag {_sv(each)}"),
            rest=(SpanKind.CLOSED, *_OUTSIDE),
            after=shortened if hours != ordinary else None,
        )


def overridden(override: Override) -> DayPlan:
    """A day that an override decides."""
    what = f"override {override.day}"
    why, why_sv = f"({override.reason})", f"({override.reason})"
    closed = (SpanKind.CLOSED, f"{what} closed {why}", f"undantag {override.day} stängt {why_sv}")
    if not override.hours:
        return _whole_day(*closed)
    return _parts(
        override.hours,
        lambda hours: (
            f"{what} {hours} {why}",
            f"undantag {override.day} {_sv(hours)} {why_sv}",
        ),
        rest=closed,
    )


_Words = tuple[SpanKind, str, str]


def _sv(hours: WallHours) -> str:
    """Hours as Swedish papers write them: ``08.00–16.30``."""
    return str(hours).replace("-", "–").replace(":", ".")


def _whole_day(kind: SpanKind, rule: str, rule_sv: str) -> DayPlan:
    return DayPlan((DayPart(0, DAY_SECONDS, kind, rule, rule_sv),), ())


def _parts(
    hours: Hours,
    words: Callable[[WallHours], tuple[str, str]],
    *,
    rest: _Words,
    after: _Words | None = None,
) -> DayPlan:
    """A day with hours: what is between and around them is ``rest``.

    What comes after the last of them is ``after``, where that is another rule.
    """
    parts: list[DayPart] = []
    at = 0
    for each in hours:
        if at < each.opens:
            parts.append(DayPart(at, each.opens, *rest))
        parts.append(DayPart(each.opens, each.closes, SpanKind.OPEN, *words(each)))
        at = each.closes
    if at < DAY_SECONDS:
        parts.append(DayPart(at, DAY_SECONDS, *(after or rest)))
    open_us = tuple((each.opens * SECOND_US, each.closes * SECOND_US) for each in hours)
    return DayPlan(tuple(parts), open_us)


def first_open_day(rules: CalendarRules, first: date, days: int) -> date | None:
    """The first of so many days on which service time runs; None when there is none."""
    for number in range(days):
        day = first + timedelta(days=number)
        if rules.plan(day).is_open:
            return day
    return None
