"""Which dates are working, half and closed days in Sweden: facts for the calendar.

Public holidays come from the ``holidays`` library; what custom adds comes from
``data/eves.yaml``, where each rule states its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo

import holidays
import yaml
from holidays.constants import HOLIDAY_NAME_DELIMITER
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from services.collab_model.calendars.domain import DayKind, ServiceCalendar
from services.contracts.values import ServiceHours

EVES_FILE = Path(__file__).parent.parent / "data" / "eves.yaml"

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
SATURDAY = 5


class EveRule(BaseModel):
    """One rule of ``eves.yaml``: which day of a year custom shortens or gives off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    name_sv: str
    kind: Literal[DayKind.HALF_DAY, DayKind.CLOSED]
    month_day: Annotated[str, Field(pattern=r"^[0-1][0-9]-[0-3][0-9]$")] | None = None
    day_before: str | None = None
    weekdays: tuple[Weekday, ...] = WEEKDAYS

    @model_validator(mode="after")
    def _one_way_to_find_the_day(self) -> Self:
        if (self.month_day is None) == (self.day_before is None):
            raise ValueError("an eve is found by month_day or by day_before, one of them")
        return self

    def day_in(self, year: int, public_holidays: Mapping[date, str]) -> date | None:
        """The date of this eve in a year; ``None`` when it does not apply that year.

        Raises:
            ValueError: the holiday named by ``day_before`` is not in the calendar.
        """
        if self.month_day is not None:
            day = date.fromisoformat(f"{year:04d}-{self.month_day}")
        else:
            # Two holidays on one day share an entry, as Ascension and May Day did in 2008.
            found = [
                day
                for day, names in public_holidays.items()
                if self.day_before in names.split(HOLIDAY_NAME_DELIMITER)
            ]
            if not found:
                raise ValueError(f"eves.yaml: no public holiday called {self.day_before!r}")
            day = found[0] - timedelta(days=1)
        return day if WEEKDAYS[day.weekday()] in self.weekdays else None


@cache
def eve_rules() -> tuple[EveRule, ...]:
    """The rules of ``eves.yaml`` in file order."""
    document = yaml.safe_load(EVES_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[EveRule, ...]).validate_python(document)


@cache
def special_days(year: int) -> Mapping[date, DayKind]:
    """The days of a year that are not decided by their weekday alone."""
    public = {
        day: name
        for day, name in holidays.country_holidays("SE", years=year, language="en_US").items()
        if day.year == year
    }
    days: dict[date, DayKind] = {}
    for rule in eve_rules():
        eve = rule.day_in(year, public)
        if eve is not None:
            days[eve] = rule.kind
    days.update(dict.fromkeys(public, DayKind.CLOSED))
    return days


def day_kind(day: date) -> DayKind:
    """Whether a date is a working, half or closed day in Sweden."""
    if day.weekday() >= SATURDAY:
        return DayKind.CLOSED
    return special_days(day.year).get(day, DayKind.WORKING)


def service_calendar(hours: ServiceHours) -> ServiceCalendar:
    """The calendar of an agreement's service hours on Swedish days.

    Raises:
        ZoneInfoNotFoundError: the hours name an unknown zone.
        ValueError: they close before they open.
    """
    return ServiceCalendar(
        zone=ZoneInfo(hours.zone),
        opens=hours.opens,
        closes=hours.closes,
        half_day_closes=hours.half_day_closes,
        day_kinds=day_kind,
    )
