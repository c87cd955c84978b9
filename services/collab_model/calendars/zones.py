"""Where the clocks of a zone change: stretches of time with one offset from UTC.

Within such a stretch wall time and UTC differ by a constant, so wall clocks can be reckoned
with whole numbers. Instants are microseconds since 1970-01-01 00:00 UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

_DAY_S = 86_400


@dataclass(frozen=True)
class OffsetStretch:
    """A half-open stretch of instants in which a zone keeps one offset from UTC."""

    start: int
    end: int
    offset: int


def to_us(instant: datetime) -> int:
    """An aware instant as microseconds since the epoch."""
    return (instant - EPOCH) // MICROSECOND


def to_instant(microseconds: int) -> datetime:
    """Microseconds since the epoch as an instant in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def midnight_us(day: date) -> int:
    """The wall time at which a day begins, as if its clock showed UTC."""
    return (day.toordinal() - EPOCH_ORDINAL) * DAY_US


def first_instant(zone: ZoneInfo, day: date) -> int:
    """The first instant at which the clocks of a zone show a day or a later one."""
    begins = midnight_us(day)
    # Every offset is less than a day, so the day begins within a day of its UTC namesake.
    for stretch in offset_stretches(zone, begins - DAY_US, begins + DAY_US):
        if begins - stretch.offset < stretch.end:
            return max(begins - stretch.offset, stretch.start)
    raise ValueError(f"{zone.key} has an offset of more than a day at {day}")


def offset_stretches(zone: ZoneInfo, start: int, end: int) -> Iterator[OffsetStretch]:
    """The stretches of one offset between two instants, in order and without gaps."""
    if end <= start:
        return
    at, offset = start, _offset(zone, start // SECOND_US)
    # What changes on the last day of a year stands among the changes of the next one.
    for year in range(to_instant(start).year, to_instant(end + DAY_US).year + 1):
        for change, new_offset in _changes(zone, year):
            if at < change < end:
                yield OffsetStretch(at, change, offset * SECOND_US)
                at = change
            if change <= at:
                offset = new_offset
    yield OffsetStretch(at, end, offset * SECOND_US)


@lru_cache(maxsize=4096)
def _changes(zone: ZoneInfo, year: int) -> tuple[tuple[int, int], ...]:
    """When a zone changes its offset up to a midnight of a year: instants (us), new offsets (s).

    The days are looked at one by one: no zone has ever changed twice within six days.
    """
    second = (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * _DAY_S
    last = second + (_DAY_S * 366)
    changes: list[tuple[int, int]] = []
    before = _offset(zone, second - _DAY_S)
    while second <= last and to_instant(second * SECOND_US).year == year:
        after = _offset(zone, second)
        if after != before:
            changes.append((_change_between(zone, second - _DAY_S, second) * SECOND_US, after))
        before = after
        second += _DAY_S
    return tuple(changes)


def _change_between(zone: ZoneInfo, low: int, high: int) -> int:
    """The second at which the offset becomes that of ``high``; it is another at ``low``."""
    new_offset = _offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == new_offset:
            high = middle
        else:
            low = middle
    return high


def _offset(zone: ZoneInfo, second: int) -> int:
    """The offset from UTC in seconds."""
    instant = EPOCH + timedelta(seconds=second)
    offset = instant.astimezone(zone).utcoffset() or timedelta(0)
    return int(offset.total_seconds())
