"""A slow, obvious calendar: looks at the wall clock of one instant at a time.

``PlainCalendar`` says the same as a ``ServiceTime``, in sets and dictionaries; whoever tests
something that is reckoned in service time asks it minute by minute, or second by second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from services.collab_model.calendars.domain import Segment, ServiceTime
from services.collab_model.calendars.rules import (
    CalendarRules,
    Eve,
    EveKind,
    Holiday,
    Override,
    WallHours,
)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = 86_400

PlainHours = tuple[tuple[int, int], ...]
"""Intervals in seconds since midnight."""


@dataclass(frozen=True)
class PlainVersion:
    """What holds from a day on; ``half_days`` gives when those days end."""

    first_day: date | None
    zone: ZoneInfo
    weekly: Mapping[int, PlainHours]
    holidays: frozenset[date] = frozenset()
    half_days: Mapping[date, int] = field(default_factory=dict)
    overrides: Mapping[date, PlainHours] = field(default_factory=dict)

    def is_open(self, day: date, second: int) -> bool:
        """Whether the wall clock shows service time."""
        if day in self.overrides:
            hours, closes = self.overrides[day], DAY
        else:
            hours, closes = self.weekly.get(day.weekday(), ()), self.half_days.get(day, DAY)
            if day in self.holidays:
                return False
        return second < closes and any(opens <= second < end for opens, end in hours)

    def has_begun(self, instant: datetime) -> bool:
        """Whether its clocks have shown its first day; they may have gone back since."""
        return self.first_day is None or instant >= first_minute(self.zone, self.first_day)

    def rules(self) -> CalendarRules:
        """The same for the product."""
        holidays = {day: Holiday(day, ("A holiday",), ("En helgdag",)) for day in self.holidays}
        eves = {
            day: Eve("An eve", "En afton", EveKind.HALF_DAY, closes)
            for day, closes in self.half_days.items()
        }
        return CalendarRules(
            zone=self.zone,
            weekly=tuple(_wall(self.weekly.get(day, ())) for day in range(7)),
            special_days=lambda _: (holidays, eves),
            overrides={
                day: Override(day, _wall(hours), "a reason")
                for day, hours in self.overrides.items()
            },
        )


@cache
def first_minute(zone: ZoneInfo, day: date) -> datetime:
    """The first minute at which the clocks of a zone show a day or a later one."""
    minute = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while minute.astimezone(zone).date() < day:
        minute += MINUTE
    return minute


def _wall(hours: PlainHours) -> tuple[WallHours, ...]:
    return tuple(WallHours(*each) for each in hours)


@dataclass(frozen=True)
class PlainCalendar:
    """Versions in the order of their first days."""

    versions: tuple[PlainVersion, ...]

    def is_open(self, instant: datetime) -> bool:
        """Whether an instant is service time, by the wall clock of the version that holds."""
        version = next(each for each in reversed(self.versions) if each.has_begun(instant))
        wall = instant.astimezone(version.zone)
        return version.is_open(wall.date(), wall.hour * 3600 + wall.minute * 60 + wall.second)

    def open_steps(self, start: datetime, count: int, step: timedelta) -> list[bool]:
        """Whether each of so many steps from an instant on begins in service time."""
        return [self.is_open(start + n * step) for n in range(count)]

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """The service minutes between two whole minutes."""
        return sum(self.open_steps(start, (end - start) // MINUTE, MINUTE))

    def service_time(self) -> ServiceTime:
        """The same for the product."""
        return ServiceTime(
            [
                Segment(each.first_day, each.rules(), "tested", number)
                for number, each in enumerate(self.versions, start=1)
            ]
        )


ZONES = tuple(
    ZoneInfo(key)
    for key in (
        "Europe/Stockholm",
        "Asia/Kolkata",  # half an hour off the hour
        "Asia/Kathmandu",  # a quarter of an hour off it
        "Australia/Lord_Howe",  # changes its clocks by half an hour
        "America/St_Johns",
        "America/Havana",  # goes back at one, to midnight
        "Asia/Beirut",  # begins its summer at midnight
        "Africa/Casablanca",  # stands back in Ramadan
        "Pacific/Apia",  # left out 30 December 2011
        "Pacific/Kiritimati",
        "Pacific/Niue",
        "UTC",
    )
)

ANCHORS = tuple(
    datetime.fromisoformat(f"{text}:00+00:00")
    for text in (
        "2025-03-30 01:00",  # Stockholm's clocks go forward
        "2025-10-26 01:00",  # and back
        "2025-10-04 15:30",  # Lord Howe's go forward
        "2025-04-05 15:00",  # and back
        "2025-03-09 05:00",  # Havana's go forward, at midnight
        "2025-11-02 05:00",  # and back, to midnight
        "2025-03-29 22:00",  # Beirut's go forward, at midnight
        "2006-10-29 02:31",  # St. John's go back at a minute past midnight
        "2011-12-30 10:00",  # Apia leaves out a day
        "2024-02-28 18:00",  # the eve of a leap day,
        "2024-02-29 18:00",  # and the leap day
        "2025-12-31 23:00",  # a year's end
        "2026-06-17 12:00",  # an ordinary Wednesday
    )
)


def a_calendar(random: Random, near: datetime, unit: int = 300) -> PlainCalendar:
    """A random calendar of one to three versions, with much happening near an instant.

    Args:
        random: where it is drawn from.
        near: the instant around which days are special and versions begin.
        unit: what times of day are multiples of, in seconds.
    """
    zone = random.choice(ZONES)
    days = sorted(random.sample(range(-1, 3), random.randrange(3)))
    firsts = [None, *(near.date() + timedelta(days=number) for number in days)]
    return PlainCalendar(
        tuple(
            _a_version(random, first, random.choice((zone, zone, random.choice(ZONES))), near, unit)
            for first in firsts
        )
    )


def _a_version(
    random: Random, first: date | None, zone: ZoneInfo, near: datetime, unit: int
) -> PlainVersion:
    around = [near.date() + timedelta(days=number) for number in range(-1, 3)]
    if random.random() < 0.2:
        weekly: dict[int, PlainHours] = dict.fromkeys(range(7), ((0, DAY),))
    else:
        weekly = {day: _hours(random, unit) for day in range(7) if random.random() < 0.85}
    return PlainVersion(
        first_day=first,
        zone=zone,
        weekly=weekly,
        holidays=frozenset(day for day in around if random.random() < 0.1),
        half_days={day: random.randrange(0, DAY, unit) for day in around if random.random() < 0.15},
        overrides={day: _hours(random, unit) for day in around if random.random() < 0.15},
    )


def _hours(random: Random, unit: int) -> PlainHours:
    """Up to three intervals, which may touch each other and midnight."""
    count = random.randrange(0, 4)
    bounds = sorted(random.sample(range(DAY // unit + 1), 2 * count))
    if bounds and random.random() < 0.4:
        bounds[0] = 0
    if bounds and random.random() < 0.4:
        bounds[-1] = DAY // unit
    pairs: Iterator[tuple[int, int]] = zip(bounds[::2], bounds[1::2], strict=True)
    hours = [(opens * unit, closes * unit) for opens, closes in pairs]
    if len(hours) > 1 and random.random() < 0.3:
        hours[1] = (hours[0][1], hours[1][1])
    return tuple(hours)
