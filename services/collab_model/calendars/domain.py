"""Service time: when the clocks of an agreement run (DOMAIN.md section 6).

A calendar's versions hold from a day on. Time is service time exactly while the wall clock
of the version's zone shows a time within the hours of that day. So hours round the clock
are 23 hours on the day the clocks go forward and 25 on the day they go back, an hour that
is left out does not count, and one that comes twice counts twice. A version takes over at
the first instant of its first day, by its own wall clock.

Everything here is a pure function of its arguments. Instants are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from services.collab_model.calendars.rules import (
    CalendarRules,
    DayPlan,
    SpanKind,
)
from services.collab_model.calendars.table import OpenTable
from services.collab_model.calendars.zones import (
    DAY_US,
    EPOCH_ORDINAL,
    MICROSECOND,
    first_instant,
    offset_stretches,
    to_instant,
    to_us,
)

ONE_MINUTE = timedelta(minutes=1)
NO_TIME = timedelta(0)

HORIZON_DAYS = 366 * 40
"""How far ahead an instant is sought before the calendar is declared to be always shut."""

SIGNED_HOURS = "signed"
"""Names, among calendars, the service hours that stand in the signed agreement itself."""


class NeverOpen(ValueError):
    """The calendar has no service time to reckon in."""


@dataclass(frozen=True)
class Interval:
    """A half-open stretch of time, ``start`` included and ``end`` not; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class CalendarSpan:
    """A stretch of time that one rule of a calendar made what it is; half-open, in UTC.

    ``calendar`` and ``version`` tell where the rule stands: ``signed`` with the number of the
    agreement's version, or the key of a calendar with the number of its own.
    """

    start: datetime
    end: datetime
    kind: SpanKind
    rule: str
    rule_sv: str
    version: int
    calendar: str = SIGNED_HOURS


@dataclass(frozen=True)
class Segment:
    """Which version of which calendar holds from a day on; None: from the beginning."""

    first_day: date | None
    rules: CalendarRules
    calendar: str = SIGNED_HOURS
    version: int = 1


@dataclass(frozen=True)
class _Reign:
    """The instants that a segment decides, in microseconds; None where it has no bound."""

    start: int | None
    end: int | None
    segment: Segment

    def cut(self, start: int, end: int) -> tuple[int, int]:
        """The part of a stretch that the segment decides; empty when end <= start."""
        return (
            start if self.start is None else max(start, self.start),
            end if self.end is None else min(end, self.end),
        )


class _WallDay(NamedTuple):
    """A day as wall clocks show it while they keep one offset, in microseconds of UTC.

    ``midnight`` is where the day would begin by that offset; what is reckoned from it counts
    from ``floor`` to ``ceiling``.
    """

    day: date
    midnight: int
    floor: int
    ceiling: int
    segment: Segment

    @property
    def plan(self) -> DayPlan:
        """What holds on the day."""
        return self.segment.rules.plan(self.day)


class ServiceTime:
    """When service time runs by one agreement's calendar, as known at some instant.

    Args:
        segments: the versions in the order of their first days; the first one holds from
            the beginning.

    Raises:
        ValueError: there is none, or their first days are not in order.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        days = [each.first_day for each in segments[1:]]
        if not segments or segments[0].first_day is not None or None in days:
            raise ValueError("the first version of a calendar holds from the beginning")
        if any(a >= b for a, b in pairwise(days) if a and b):
            raise ValueError("the versions of a calendar follow each other by their first days")
        self.segments = tuple(segments)
        self._reigns = _reigns(self.segments)

    @classmethod
    def of(
        cls, rules: CalendarRules, *, calendar: str = SIGNED_HOURS, version: int = 1
    ) -> ServiceTime:
        """The service time of rules that hold on all days."""
        return cls((Segment(None, rules, calendar, version),))

    def open_intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """The open intervals between two instants in order, cut to them.

        None when ``end`` is not after ``start``. Intervals of different days stay apart
        though they may touch.
        """
        for opens, closes in self._open(to_us(start), to_us(end)):
            yield Interval(to_instant(opens), to_instant(closes))

    def service_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The service time between two instants, exactly.

        Nought when ``end`` is not after ``start``.
        """
        opened = self._open(to_us(start), to_us(end))
        return sum(closes - opens for opens, closes in opened) * MICROSECOND

    def add_service_time(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant at which so much service time has passed since ``start``.

        In UTC; ``start`` itself when nothing is to pass. An amount that runs out just at
        closing time ends at closing time, not at the next opening.

        Raises:
            ValueError: the amount is negative.
            NeverOpen: there is not so much service time in the next forty years.
        """
        if amount < NO_TIME:
            raise ValueError("service time runs forwards only")
        if amount == NO_TIME:
            return start.astimezone(UTC)
        left = amount // MICROSECOND
        begin = to_us(start)
        for opens, closes in self._open(begin, begin + HORIZON_DAYS * DAY_US):
            if closes - opens >= left:
                return to_instant(opens + left)
            left -= closes - opens
        raise NeverOpen(
            f"not so much service time in the {HORIZON_DAYS} days after {start.isoformat()}"
        )

    def working_day_from(self, day: date) -> date:
        """The first day with service time that is not before ``day``.

        Raises:
            NeverOpen: there is none in the next forty years.
        """
        for offset in range(HORIZON_DAYS):
            candidate = day + timedelta(days=offset)
            if self.plan(candidate).is_open:
                return candidate
        raise NeverOpen(f"no working day in the {HORIZON_DAYS} days after {day.isoformat()}")

    def plan(self, day: date) -> DayPlan:
        """What the version of a day says of it."""
        return self.segment_on(day).rules.plan(day)

    def segment_on(self, day: date) -> Segment:
        """The version that holds on a day."""
        begun = [each for each in self.segments if each.first_day and each.first_day <= day]
        return begun[-1] if begun else self.segments[0]

    def first_instant_of(self, day: date) -> datetime:
        """The first instant of a day by the clock of the version that holds on it, in UTC."""
        return to_instant(first_instant(self.segment_on(day).rules.zone, day))

    def spans(self, start: datetime, end: datetime) -> Iterator[CalendarSpan]:
        """The time between two instants as spans without gaps, each with its rule.

        Stretches that touch and have the same rule of the same version are one span.
        """
        pending: CalendarSpan | None = None
        for span in self._day_spans(to_us(start), to_us(end)):
            if pending is not None and _same_rule(pending, span):
                pending = CalendarSpan(pending.start, span.end, *_words(span))
                continue
            if pending is not None:
                yield pending
            pending = span
        if pending is not None:
            yield pending

    def table(self, start: datetime, end: datetime) -> OpenTable:
        """The service time between two instants as arrays, for many clocks at once."""
        first, last = to_us(start), to_us(end)
        return OpenTable.of(first, last, self._open(first, last))

    def _open(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The open intervals of a stretch, in microseconds; one of a day stays one."""
        pending: tuple[int, int] | None = None
        source: tuple[date, int] | None = None
        for each in self._days(start, end):
            for opens, closes in each.plan.open_us:
                begin = max(each.midnight + opens, each.floor)
                finish = min(each.midnight + closes, each.ceiling)
                if begin >= finish:
                    continue
                # A change of the clocks cuts an interval of the day in two; they are one.
                if pending and source == (each.day, opens) and pending[1] == begin:
                    pending = (pending[0], finish)
                    continue
                if pending:
                    yield pending
                pending, source = (begin, finish), (each.day, opens)
        if pending:
            yield pending

    def _day_spans(self, start: int, end: int) -> Iterator[CalendarSpan]:
        for each in self._days(start, end):
            for part in each.plan.parts:
                begin = max(each.midnight + part.start_us, each.floor)
                finish = min(each.midnight + part.end_us, each.ceiling)
                if begin < finish:
                    yield CalendarSpan(
                        to_instant(begin),
                        to_instant(finish),
                        part.kind,
                        part.rule,
                        part.rule_sv,
                        each.segment.version,
                        each.segment.calendar,
                    )

    def _days(self, start: int, end: int) -> Iterator[_WallDay]:
        """The days of a stretch in order; one on which the clocks change comes per offset."""
        for reign in self._reigns:
            floor, ceiling = reign.cut(start, end)
            zone = reign.segment.rules.zone
            for stretch in offset_stretches(zone, floor, ceiling):
                first = (stretch.start + stretch.offset) // DAY_US
                last = (stretch.end - 1 + stretch.offset) // DAY_US
                for number in range(first, last + 1):
                    yield _WallDay(
                        date.fromordinal(number + EPOCH_ORDINAL),
                        number * DAY_US - stretch.offset,
                        stretch.start,
                        stretch.end,
                        reign.segment,
                    )


def _reigns(segments: Sequence[Segment]) -> tuple[_Reign, ...]:
    """When each segment decides: from its first instant until that of any later one.

    Where zones differ by a whole day, a later version's first instant may come before an
    earlier one's, which then never decides anything.
    """
    starts = [
        first_instant(each.rules.zone, each.first_day) if each.first_day else None
        for each in segments
    ]
    reigns: list[_Reign] = []
    until: int | None = None
    for start, segment in zip(reversed(starts), reversed(segments), strict=True):
        if start is None or until is None or start < until:
            reigns.append(_Reign(start, until, segment))
            until = start
    return tuple(reversed(reigns))


def _same_rule(earlier: CalendarSpan, later: CalendarSpan) -> bool:
    return earlier.end == later.start and _words(earlier) == _words(later)


def _words(span: CalendarSpan) -> tuple[SpanKind, str, str, int, str]:
    return span.kind, span.rule, span.rule_sv, span.version, span.calendar


__all__ = [
    "HORIZON_DAYS",
    "NO_TIME",
    "ONE_MINUTE",
    "SIGNED_HOURS",
    "CalendarSpan",
    "Interval",
    "NeverOpen",
    "Segment",
    "ServiceTime",
    "SpanKind",
]
