"""Facts of the world that calendars build on: public holidays, and customary eves.

Public holidays come from the ``holidays`` library; what custom adds comes from
``data/eves.yaml``, where each rule states its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import holidays
import yaml
from holidays.constants import HOLIDAY_NAME_DELIMITER
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.collab_model.calendars.eves import EveRule, eves_of
from services.collab_model.calendars.rules import (
    CalendarRules,
    Eve,
    Holiday,
    SpecialDays,
    WallHours,
    seconds_of,
)
from services.contracts.values import ServiceHours, Slug

EVES_FILE = Path(__file__).parent.parent / "data" / "eves.yaml"

SWEDEN = "SE"
SWEDISH_STATE = "swedish-state"
"""The customary eves that signed service hours are laid over."""


class EvesVersion(BaseModel):
    """The eves that hold from a day on, as they have been known since another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holds_from: date
    known_from: date
    eves: tuple[EveRule, ...]


class CustomaryEves(BaseModel):
    """A set of eves that a sector keeps, for calendars to refer to by its key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Slug
    name: str
    name_sv: str
    versions: Annotated[tuple[EvesVersion, ...], Field(min_length=1)]

    def known_on(self, day: date | None) -> CustomaryEves:
        """The set with the versions known on a day, the first one among them; None: all."""
        if day is None:
            return self
        known = [each for each in self.versions[1:] if each.known_from <= day]
        return self.model_copy(update={"versions": (self.versions[0], *known)})

    def version_on(self, day: date) -> EvesVersion:
        """The version that holds on a day: the last one told, or else the first."""
        return next(
            (each for each in reversed(self.versions) if each.holds_from <= day), self.versions[0]
        )

    def eves_of(self, year: int, holidays: Iterable[Holiday]) -> Mapping[date, Eve]:
        """The eves of a year, given the public holidays of that year and the next."""
        known = list(holidays)
        return {
            day: eve
            for version in self.versions
            for day, eve in eves_of(year, version.eves, known).items()
            if self.version_on(day) is version
        }


@cache
def customary_eves() -> Mapping[str, CustomaryEves]:
    """The sets of ``eves.yaml`` by their keys."""
    document = yaml.safe_load(EVES_FILE.read_text(encoding="utf-8"))
    sets = TypeAdapter(tuple[CustomaryEves, ...]).validate_python(document)
    return {each.key: each for each in sets}


def customs_became_known(after: date, until: date) -> bool:
    """Whether what custom adds to signed hours changed after a day, as known on another."""
    versions = customary_eves()[SWEDISH_STATE].versions[1:]
    return any(after < each.known_from <= until for each in versions)


@cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """The countries whose public holidays are known (ISO 3166), with their subdivisions."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(subdivisions) for country, subdivisions in known.items()}


@cache
def zones() -> frozenset[str]:
    """The names of the zones of the IANA time zone database, whatever the machine has."""
    return frozenset((files("tzdata") / "zones").read_text("utf-8").split())


@lru_cache(maxsize=4096)
def public_holidays(country: str, subdivision: str | None, year: int) -> tuple[Holiday, ...]:
    """The public holidays of a country in a year, as the library knows them today.

    Raises:
        NotImplementedError: the country or its subdivision is not known.
    """
    english = _named(country, subdivision, year, "en_US")
    swedish = _named(country, subdivision, year, "sv")
    return tuple(
        Holiday(day, names, swedish.get(day, names)) for day, names in sorted(english.items())
    )


def _named(
    country: str, subdivision: str | None, year: int, language: str
) -> Mapping[date, tuple[str, ...]]:
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, language=language)
    # Two holidays on one day share an entry, as Ascension and May Day did in 2008.
    return {
        day: tuple(names.split(HOLIDAY_NAME_DELIMITER))
        for day, names in found.items()
        if day.year == year
    }


def swedish_special_days(eves: CustomaryEves) -> SpecialDays:
    """The public holidays of Sweden, and the eves of a set, year by year."""

    @cache
    def of_year(year: int) -> tuple[Mapping[date, Holiday], Mapping[date, Eve]]:
        this_year = public_holidays(SWEDEN, None, year)
        next_year = public_holidays(SWEDEN, None, year + 1)
        return (
            {each.day: each for each in this_year},
            eves.eves_of(year, (*this_year, *next_year)),
        )

    return of_year


def signed_rules(hours: ServiceHours, known_on: date | None = None) -> CalendarRules:
    """Signed service hours laid over Swedish working days.

    Args:
        hours: as they were signed.
        known_on: only the customs known on this day count; absent: all that are known.

    Raises:
        ZoneInfoNotFoundError: the hours name an unknown zone.
        HoursInverted: they close before they open.
    """
    return _signed_rules(hours, customary_eves()[SWEDISH_STATE].known_on(known_on))


@lru_cache(maxsize=512)
def _signed_rules(hours: ServiceHours, eves: CustomaryEves) -> CalendarRules:
    day = (WallHours.between(hours.opens, hours.closes),)
    return CalendarRules(
        zone=ZoneInfo(hours.zone),
        weekly=(day, day, day, day, day, (), ()),
        half_day_closes=seconds_of(hours.half_day_closes),
        special_days=swedish_special_days(eves),
    )
