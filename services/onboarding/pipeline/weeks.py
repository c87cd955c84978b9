"""ISO weeks: how capacity is given, and the planner's unit of time."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")

DAYS = 7


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_name(monday: date) -> str:
    """A week as ``2026-W05``."""
    year, week, _ = monday.isocalendar()
    return f"{year:04d}-W{week:02d}"


def parse_week(name: str) -> date:
    """The Monday of a week such as ``2026-W05``.

    Raises:
        ValueError: there is no such week; most years have no week 53.
    """
    match = _WEEK.fullmatch(name)
    if match is None:
        raise ValueError(f"{name} is not a week such as 2026-W05")
    return date.fromisocalendar(int(match.group(1)), int(match.group(2)), 1)


def weeks_between(first: date, last: date) -> int:
    """How many weeks the second Monday lies after the first."""
    return (last - first).days // DAYS
