"""Service hours: the intervals in which service-level time runs (DOMAIN.md section 6).

Time runs within a customer's agreed hours on Swedish working days. Which days are
working, half or closed days is a fact handed in as a lookup, so that everything here is
a pure function of its arguments.

Instants are aware datetimes. A wall time that occurs twice, in the night when clocks go
back, means its first occurrence; one that does not exist, in the night when they go
forward, is read with the offset from before the jump (the convention of RFC 5545).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MIDNIGHT = time(0, 0)
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
NO_TIME = timedelta(0)

HORIZON_DAYS = 366 * 40
"""How far ahead an instant is sought before the calendar is declared to be always shut."""


class DayKind(StrEnum):
    """What kind of day a date is for the service centre."""

    WORKING = "working"
    HALF_DAY = "half_day"
    CLOSED = "closed"


DayKinds = Callable[[date], DayKind]
"""A pure lookup from a date to the kind of day it is."""


class NeverOpen(ValueError):
    """The calendar has no service time to reckon in."""


@dataclass(frozen=True)
class Interval:
    """A half-open stretch of time, ``start`` included and ``end`` not; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class ServiceCalendar:
    """The service hours of one agreement laid over the days of the year.

    Args:
        zone: the zone whose wall clock the hours are agreed in.
        opens: opening time of a working or half day.
        closes: closing time of a working day; 00:00 means the midnight that ends the
            day, so that hours round the clock have no gap.
        half_day_closes: closing time of a half day; at or before ``opens`` a half day is
            a closed day.
        day_kinds: which kind of day a date is.

    Raises:
        ValueError: a working day would close before it opens.
    """

    zone: ZoneInfo
    opens: time
    closes: time
    half_day_closes: time
    day_kinds: DayKinds

    def __post_init__(self) -> None:
        if self.closes != MIDNIGHT and self.closes <= self.opens:
            raise ValueError(f"service hours close {self.closes} before they open {self.opens}")

    def open_interval(self, day: date) -> Interval | None:
        """When service time runs on a date; ``None`` on a day it does not."""
        kind = self.day_kinds(day)
        if kind is DayKind.CLOSED:
            return None
        closes = self.closes
        if kind is DayKind.HALF_DAY:
            if self.half_day_closes <= self.opens:
                return None
            # A half day never lasts longer than the whole one, which midnight (00:00) ends.
            if self.closes == MIDNIGHT or self.half_day_closes < self.closes:
                closes = self.half_day_closes
        start = self._instant(day, self.opens)
        last_day = day + ONE_DAY if closes == MIDNIGHT else day
        end = self._instant(last_day, closes)
        return Interval(start, end) if start < end else None

    def open_intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """The open intervals between two instants in order, cut to them.

        None when ``end`` is not after ``start``.
        """
        # Between two instants of one zone Python subtracts wall times, so all are in UTC.
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        day = self._day_of(start)
        while day <= self._day_of(end):
            interval = self.open_interval(day)
            if interval is not None:
                cut = Interval(max(interval.start, start), min(interval.end, end))
                if cut.start < cut.end:
                    yield cut
            day += ONE_DAY

    def service_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The service time between two instants, exactly.

        Nought when ``end`` is not after ``start``.
        """
        return sum(
            (interval.end - interval.start for interval in self.open_intervals(start, end)),
            start=NO_TIME,
        )

    def service_minutes_between(self, start: datetime, end: datetime) -> int:
        """The whole service minutes completed between two instants."""
        return self.service_time_between(start, end) // ONE_MINUTE

    def add_service_time(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant at which so much service time has passed since ``start``.

        In UTC; ``start`` itself when nothing is to pass. An amount that runs out just at
        closing time ends at closing time, not at the next opening.

        Raises:
            ValueError: the amount is negative.
            NeverOpen: the calendar is shut for the next forty years.
        """
        if amount < NO_TIME:
            raise ValueError("service time runs forwards only")
        start = start.astimezone(UTC)
        if amount == NO_TIME:
            return start
        left = amount
        day = self._day_of(start)
        for _ in range(HORIZON_DAYS):
            interval = self.open_interval(day)
            if interval is not None and interval.end > start:
                begins = max(interval.start, start)
                if interval.end - begins >= left:
                    return begins + left
                left -= interval.end - begins
            day += ONE_DAY
        raise NeverOpen(f"no service time in the {HORIZON_DAYS} days after {start.isoformat()}")

    def add_service_minutes(self, start: datetime, minutes: int) -> datetime:
        """The same as :meth:`add_service_time`, for whole minutes."""
        return self.add_service_time(start, timedelta(minutes=minutes))

    def working_day_from(self, day: date) -> date:
        """The first working or half day that is not before ``day``.

        Raises:
            NeverOpen: the calendar knows no working day in the next forty years.
        """
        for offset in range(HORIZON_DAYS):
            candidate = day + timedelta(days=offset)
            if self.day_kinds(candidate) is not DayKind.CLOSED:
                return candidate
        raise NeverOpen(f"no working day in the {HORIZON_DAYS} days after {day.isoformat()}")

    def _day_of(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def _instant(self, day: date, wall_time: time) -> datetime:
        return datetime.combine(day, wall_time, tzinfo=self.zone).astimezone(UTC)
