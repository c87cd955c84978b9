"""What is measured otherwise than by clocks: availability, punctuality, satisfaction.

DOMAIN.md section 6. Instants are aware, days are dates in Europe/Stockholm. What comes out
is a ``Tally`` in the finest unit that is exact: seconds of agreed hours, deliveries, points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from services.collab_model.calendars.domain import Interval
from services.collab_model.levels.domain import Month, Tally
from services.contracts.values import DeliveryDay, PlannedStops

LOWEST_GRADE, HIGHEST_GRADE = 1, 10
"""The scale of a survey; its index is 0 when all answer the lowest grade, 100 at the highest."""

NO_TIME = timedelta(0)
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)


class AgreedHours(Protocol):
    """The part of an agreement's calendar that measures need."""

    def open_intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """The open intervals between two instants in order, cut to them."""

    def working_day_from(self, day: date) -> date:
        """The first working day that is not before a day."""


# ---------------------------------------------------------------- availability


@dataclass(frozen=True)
class Stop:
    """A time in which a service was down.

    ``end`` is absent while it lasts. A ``planned`` stop was announced at ``announced_at``.
    ``id`` is the reading's that told of it.
    """

    id: str
    start: datetime
    end: datetime | None
    planned: bool = False
    announced_at: datetime | None = None
    cause: str | None = None
    note: str = ""


@dataclass(frozen=True)
class CountedStop:
    """A stop and how much of the agreed hours it took: left out as planned, and counted."""

    stop: Stop
    left_out: timedelta
    counted: timedelta


@dataclass(frozen=True)
class Availability:
    """The agreed hours of a stretch of time, those planned stops took, and those lost."""

    agreed: timedelta
    planned: timedelta
    lost: timedelta
    stops: tuple[CountedStop, ...]

    @property
    def tally(self) -> Tally:
        """Whole seconds in which the service was up, out of those it was promised for."""
        promised = (self.agreed - self.planned) // ONE_SECOND
        return Tally(max(0, promised - -(-self.lost // ONE_SECOND)), promised)


def availability(
    hours: AgreedHours,
    stretches: Iterable[Interval],
    stops: Sequence[Stop],
    planned: PlannedStops | None,
    zone_day: Callable[[datetime], date],
) -> Availability:
    """How much of its agreed hours a service was up.

    A planned stop is left out when it was announced in time, up to the month's allowance,
    earliest first; what exceeds it counts as lost. Where stops overlap, an hour is lost once:
    a stop that is left out goes first, then the one that began first.

    Args:
        hours: when the service is promised.
        stretches: the times in which it was in operation, in order and apart.
        stops: those that were reported, in any order.
        planned: what the agreement says of planned stops; None lets none be left out.
        zone_day: the date of an instant where notice is counted.
    """
    open_time = [
        each for stretch in stretches for each in hours.open_intervals(stretch.start, stretch.end)
    ]
    allowance = timedelta(minutes=planned.minutes_a_month) if planned else NO_TIME
    free = open_time
    left_out: dict[str, timedelta] = {}
    ordered = sorted(stops, key=lambda stop: (stop.start, stop.id))
    for stop in ordered:
        if planned is None or not _announced_in_time(hours, stop, planned, zone_day):
            continue
        taken, free = _take(free, stop, allowance)
        left_out[stop.id] = taken
        allowance -= taken
    promised = _length(free)
    counted: dict[str, timedelta] = {}
    for stop in ordered:
        counted[stop.id], free = _take(free, stop, None)
    agreed = _length(open_time)
    return Availability(
        agreed=agreed,
        planned=agreed - promised,
        lost=promised - _length(free),
        stops=tuple(
            CountedStop(stop, left_out.get(stop.id, NO_TIME), counted[stop.id]) for stop in ordered
        ),
    )


def _announced_in_time(
    hours: AgreedHours, stop: Stop, planned: PlannedStops, zone_day: Callable[[datetime], date]
) -> bool:
    """Whether so many working days lie between the day of notice and the day of the stop."""
    if not stop.planned or stop.announced_at is None or stop.announced_at > stop.start:
        return False
    between, day = 0, zone_day(stop.announced_at) + ONE_DAY
    starts = zone_day(stop.start)
    while day < starts and between < planned.notice_working_days:
        between += hours.working_day_from(day) == day
        day += ONE_DAY
    return between >= planned.notice_working_days


def _take(
    free: Sequence[Interval], stop: Stop, at_most: timedelta | None
) -> tuple[timedelta, list[Interval]]:
    """How much of some intervals a stop takes, earliest first, and what is left of them."""
    taken = NO_TIME
    left: list[Interval] = []
    for each in free:
        start = max(each.start, stop.start)
        end = each.end if stop.end is None else min(each.end, stop.end)
        if at_most is not None:
            end = min(end, start + (at_most - taken))
        if start >= end:
            left.append(each)
            continue
        taken += end - start
        if each.start < start:
            left.append(Interval(each.start, start))
        if end < each.end:
            left.append(Interval(end, each.end))
    return taken, left


def _length(intervals: Iterable[Interval]) -> timedelta:
    return sum((each.end - each.start for each in intervals), start=NO_TIME)


# ---------------------------------------------------------------- punctuality


def due_day(rule: DeliveryDay, month: Month, hours: AgreedHours) -> date | None:
    """The day of a month on which something is due; None in a month without a working day.

    A month with fewer working days than the rule counts to means its last, or first, one.
    """
    if rule.day_of_month is not None:
        day = min(
            date(month.year, month.month, 1) + (rule.day_of_month - 1) * ONE_DAY, month.last_day
        )
        return _working_day_until(day, hours)
    days = _working_days(month, hours)
    if not days or rule.working_day is None:
        return None
    if rule.working_day > 0:
        return days[min(rule.working_day, len(days)) - 1]
    return days[max(rule.working_day, -len(days))]


def _working_days(month: Month, hours: AgreedHours) -> list[date]:
    days = [month.first_day + n * ONE_DAY for n in range(month.last_day.day)]
    return [day for day in days if hours.working_day_from(day) == day]


def _working_day_until(day: date, hours: AgreedHours) -> date | None:
    """The last working day of the month up to a day; after it where there is none before."""
    month = Month.of(day)
    days = _working_days(month, hours)
    return max((each for each in days if each <= day), default=min(days, default=None))


@dataclass(frozen=True)
class Made:
    """A delivery that was made, and the cause that was given where it came late."""

    delivery: str
    at: datetime
    cause: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Promised:
    """A delivery that was due in a month, and what came of it.

    ``made`` is the first time it was made, absent when it was not by the time asked about.
    """

    key: str
    name_sv: str
    due_on: date
    made: Made | None
    in_time: bool


def punctual(promises: Sequence[Promised]) -> Tally:
    """How many of the deliveries that were due came in time."""
    return Tally(sum(each.in_time for each in promises), len(promises))


# ---------------------------------------------------------------- satisfaction


def points(grades: Sequence[int]) -> Tally:
    """The points of a survey's answers out of the most they could be.

    Args:
        grades: how many answers gave each grade, from the lowest to the highest.
    """
    steps = HIGHEST_GRADE - LOWEST_GRADE
    return Tally(sum(count * step for step, count in enumerate(grades)), steps * sum(grades))
