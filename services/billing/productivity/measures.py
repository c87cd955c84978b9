"""What measures which service and what it is held against: ``data/productivity.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.contracts.values import Slug

_FILE = Path(__file__).parents[1] / "data" / "productivity.yaml"


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Per(StrEnum):
    """The period in which a full-time equivalent makes so many units."""

    MONTH = "month"
    YEAR = "year"


class HoursPerYear(_Document):
    """What registered hours are turned into full-time equivalents by."""

    value: Annotated[int, Field(strict=True, gt=0)]
    source: str
    assumption: str
    assumption_sv: str

    @property
    def minutes_per_month(self) -> Fraction:
        """The minutes that one full-time equivalent works in a month."""
        return Fraction(self.value * 60, 12)


class Measure(_Document):
    """The units that a service is measured by; added up, they are called ``many``."""

    service: Slug
    units: Annotated[tuple[Slug, ...], Field(min_length=1)]
    many: str
    many_sv: str


class Reference(_Document):
    """A published figure, and why it is of the period that it is taken to be of."""

    key: Slug
    services: Annotated[tuple[Slug, ...], Field(min_length=1)]
    units: Annotated[int, Field(strict=True, gt=0)]
    full_time_equivalents: Annotated[int, Field(strict=True, gt=0)]
    per: Per
    name: str
    name_sv: str
    source: str
    why: str
    why_sv: str

    @property
    def rate(self) -> Fraction:
        """Units that one full-time equivalent makes in the period."""
        return Fraction(self.units, self.full_time_equivalents)


class _Whole(_Document):
    hours_per_full_time_year: HoursPerYear
    measures: tuple[Measure, ...]
    references: tuple[Reference, ...]


@cache
def _whole() -> _Whole:
    return _Whole.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))


def hours_per_year() -> HoursPerYear:
    """The hours of a full-time year."""
    return _whole().hours_per_full_time_year


@cache
def measures() -> Mapping[str, Measure]:
    """What each service is measured by."""
    return MappingProxyType({each.service: each for each in _whole().measures})


def references(service: str) -> tuple[Reference, ...]:
    """The published figures of a service."""
    return tuple(each for each in _whole().references if service in each.services)
