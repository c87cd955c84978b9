"""Swedish working days: plans count in them, from the first one of a task to its last.

Free are Saturdays, Sundays, public holidays, and the three eves that every state agency
gives off (Midsummer's, Christmas and New Year's).
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from functools import cache

import holidays

PER_WEEK = 5
_SATURDAY = 5


@cache
def _working_days_of(year: int) -> tuple[date, ...]:
    free = set(holidays.country_holidays("SE", years=year))
    free |= {date(year, 12, 24), date(year, 12, 31)}
    # Midsummer Day is the Saturday from 20 to 26 June; its eve is the Friday before.
    midsummer = date(year, 6, 20)
    midsummer += timedelta(days=(_SATURDAY - midsummer.weekday()) % 7)
    free.add(midsummer - timedelta(days=1))
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return tuple(
        day for day in days if day.year == year and day.weekday() < _SATURDAY and day not in free
    )


def is_working_day(day: date) -> bool:
    """Whether agencies work on a day."""
    return first_working_day(day) == day


def first_working_day(day: date) -> date:
    """The day itself when it is a working day, else the next one."""
    return working_day(day, 0)


def working_day(start: date, number: int) -> date:
    """The working day that so many other ones lie before, counted from a day on.

    Args:
        start: where the count begins; number 0 is this day, or the first working day after.
        number: 0 or more.
    """
    year = start.year
    position = bisect_left(_working_days_of(year), start) + number
    while position >= len(_working_days_of(year)):
        position -= len(_working_days_of(year))
        year += 1
    return _working_days_of(year)[position]


def working_days_between(start: date, end: date) -> int:
    """How many working days lie from a day on and before another; negative when reversed."""
    if end < start:
        return -working_days_between(end, start)
    whole = sum(len(_working_days_of(year)) for year in range(start.year, end.year))
    return (
        whole
        + bisect_left(_working_days_of(end.year), end)
        - bisect_left(_working_days_of(start.year), start)
    )
