"""What a version of a calendar says, as it is kept: whole, so that nothing outside changes it.

The public holidays of the years ahead are kept with the version as they were known when it
was recorded, and so are the customary eves. A later release of the ``holidays`` library, or
of ``eves.yaml``, therefore changes no day that was reckoned with: whoever wants the new
holidays records a new version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from services.collab_model.calendars.eves import EveRule, eves_of
from services.collab_model.calendars.holiday_facts import public_holidays
from services.collab_model.calendars.rules import (
    WEEKDAYS,
    CalendarRules,
    Eve,
    Holiday,
    Hours,
    Override,
    WallHours,
    Weekday,
    clock_time,
    in_order,
)

YEARS_AHEAD = 10
"""How many years of public holidays are kept with a version that has no last day."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptHours(_Kept):
    """An interval on the wall clock, as ``08:00`` or ``08:00:30``, up to ``24:00``."""

    opens: str
    closes: str

    @classmethod
    def of(cls, hours: WallHours) -> KeptHours:
        """An interval as it is kept."""
        return cls(opens=clock_time(hours.opens), closes=clock_time(hours.closes))

    @property
    def hours(self) -> WallHours:
        """The interval.

        Raises:
            HoursInverted: it does not end after it begins.
        """
        return WallHours(parsed(self.opens), parsed(self.closes))


class KeptHoliday(_Kept):
    """A public holiday as it was known."""

    day: date
    names: tuple[str, ...]
    names_sv: tuple[str, ...]


class KeptHolidays(_Kept):
    """The public holidays of a country in a stretch of years, as they were known."""

    country: str
    subdivision: str | None
    first_year: int
    last_year: int
    days: tuple[KeptHoliday, ...]

    @classmethod
    def known_today(
        cls, country: str, subdivision: str | None, first_year: int, last_year: int
    ) -> KeptHolidays:
        """The holidays of years as the library has them today."""
        days = [
            KeptHoliday(day=each.day, names=each.names, names_sv=each.names_sv)
            for year in range(first_year, last_year + 1)
            for each in public_holidays(country, subdivision, year)
        ]
        return cls(
            country=country,
            subdivision=subdivision,
            first_year=first_year,
            last_year=last_year,
            days=tuple(days),
        )

    def of_year(self, year: int) -> tuple[Holiday, ...]:
        """The holidays of a year; of years that were not kept, as they are known today."""
        if not self.first_year <= year <= self.last_year:
            return public_holidays(self.country, self.subdivision, year)
        return tuple(
            Holiday(each.day, each.names, each.names_sv)
            for each in self.days
            if each.day.year == year
        )


class KeptOverride(_Kept):
    """The hours of one date; none: closed."""

    day: date
    hours: tuple[KeptHours, ...]
    reason: str


class CalendarContent(_Kept):
    """Everything that one version of a calendar says; see ``CalendarRules``."""

    zone: str
    weekly: dict[Weekday, tuple[KeptHours, ...]]
    half_day_closes: str
    holidays: KeptHolidays | None
    eves: tuple[EveRule, ...]
    overrides: tuple[KeptOverride, ...]

    def rules(self) -> CalendarRules:
        """The rules it makes.

        Raises:
            ZoneInfoNotFoundError: the zone is unknown.
            HoursInverted, HoursOverlap: the hours of a day cannot be.
        """

        @cache
        def special_days(year: int) -> tuple[Mapping[date, Holiday], Mapping[date, Eve]]:
            this_year = self.holidays.of_year(year) if self.holidays else ()
            next_year = self.holidays.of_year(year + 1) if self.holidays else ()
            eves = eves_of(year, self.eves, (*this_year, *next_year))
            return {each.day: each for each in this_year}, eves

        return CalendarRules(
            zone=ZoneInfo(self.zone),
            weekly=tuple(hours_of(self.weekly.get(day, ())) for day in WEEKDAYS),
            half_day_closes=parsed(self.half_day_closes),
            special_days=special_days,
            overrides={
                each.day: Override(each.day, hours_of(each.hours), each.reason)
                for each in self.overrides
            },
        )


def parsed(wall_time: str) -> int:
    """A wall time as ``HH:MM`` or ``HH:MM:SS`` in seconds since midnight; up to 24:00."""
    hour, minute, *second = (int(part) for part in wall_time.split(":"))
    return hour * 3600 + minute * 60 + sum(second)


def hours_of(kept: Sequence[KeptHours]) -> Hours:
    """The hours of a day in order.

    Raises:
        HoursInverted, HoursOverlap: they cannot be.
    """
    return in_order([each.hours for each in kept])


@lru_cache(maxsize=512)
def rules_of(content: str) -> CalendarRules:
    """The rules that kept content makes, given as JSON; made once for the same content."""
    return CalendarContent.model_validate_json(content).rules()
