"""Eves: days that custom shortens or gives off, found by rules that are data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.collab_model.calendars.rules import (
    DAY_SECONDS,
    WEEKDAYS,
    Eve,
    EveKind,
    Holiday,
    Weekday,
)

_MONTH_DAY = (
    r"^((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|[12][0-9]))$"
)

MonthDay = Annotated[str, Field(pattern=_MONTH_DAY, examples=["12-24"])]
"""A day of the year as MM-DD; one that a year does not have (02-29) is left out in it."""


class EveRule(BaseModel):
    """Which day of a year custom shortens or gives off.

    Args:
        name, name_sv: what the day is called.
        kind: whether it is shortened or off.
        month_day: the day itself, or
        day_before: the English name of the public holiday that follows it.
        weekdays: the rule holds only when the day falls on one of these.
        closes: when a half day ends, in seconds since midnight; absent: when the
            calendar's half days do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    name_sv: str
    kind: EveKind
    month_day: MonthDay | None = None
    day_before: str | None = None
    weekdays: tuple[Weekday, ...] = WEEKDAYS
    closes: Annotated[int, Field(ge=0, lt=DAY_SECONDS)] | None = None

    @model_validator(mode="after")
    def _one_way_to_find_the_day(self) -> Self:
        if (self.month_day is None) == (self.day_before is None):
            raise ValueError("an eve is found by month_day or by day_before, one of them")
        return self

    def days_among(self, year: int, holidays: Iterable[Holiday]) -> list[date]:
        """The dates of this eve in a year, given the holidays of that year and the next."""
        if self.month_day is not None:
            days = _days(year, self.month_day)
        else:
            days = [
                each.day - timedelta(days=1) for each in holidays if self.day_before in each.names
            ]
        return [
            day for day in days if day.year == year and WEEKDAYS[day.weekday()] in self.weekdays
        ]

    @property
    def eve(self) -> Eve:
        """The eve as a calendar's rules have it."""
        return Eve(self.name, self.name_sv, self.kind, self.closes)


def _days(year: int, month_day: str) -> list[date]:
    month, day = int(month_day[:2]), int(month_day[3:])
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def eves_of(year: int, rules: Iterable[EveRule], holidays: Iterable[Holiday]) -> Mapping[date, Eve]:
    """The eves of a year, given the holidays of that year and the next; a later rule wins."""
    known = list(holidays)
    return {day: rule.eve for rule in rules for day in rule.days_among(year, known)}
