"""What customers can be compared by, read from ``data/key_figures.yaml``."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.contracts.values import Slug

_FILE = Path(__file__).parents[1] / "data" / "key_figures.yaml"


class Measure(StrEnum):
    """What billing can count of a customer and a calendar year.

    Fees are those of the ledger for the months of the year, true-ups included, in öre. Employee
    months are the headcount known at the year's end, for each month with a fee. Volumes are what
    counts of what was reported. A month of a service is measured when it was closed with results,
    and met when every level was. A volume is corrected late when what counts is a correction that
    came after a true-up of its month.
    """

    FEES = "fees"
    EMPLOYEE_MONTHS = "employee_months"
    VOLUME = "volume"
    MONTHS_MET = "months_met"
    MONTHS_MEASURED = "months_measured"
    VOLUMES_CORRECTED_LATE = "volumes_corrected_late"
    VOLUMES_REPORTED = "volumes_reported"


class Asked(StrEnum):
    """Whether something must, may or cannot be named."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NO = "no"

    def allows(self, value: str | None) -> bool:
        """Whether what was named, or that nothing was, is right."""
        return self is Asked.OPTIONAL or (value is not None) == (self is Asked.REQUIRED)


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeyFigure(_Document):
    """A key figure: a measure over another; ``unit`` says in words what it is counted in."""

    key: Slug
    name: str
    name_sv: str
    unit: str
    unit_sv: str
    numerator: Measure
    denominator: Measure
    service: Asked
    unit_of_volume: Asked
    costs: bool

    @model_validator(mode="after")
    def _costs_money(self) -> Self:
        if self.costs and self.numerator is not Measure.FEES:
            raise ValueError("only money can be saved")
        return self


class SizeClass(_Document):
    """The agencies from so many employees up to the next class."""

    key: Slug
    name: str
    name_sv: str
    at_least: Annotated[int, Field(ge=0)]


class _Whole(_Document):
    least_figures: Annotated[int, Field(ge=3)]
    days_to_look_again: Annotated[int, Field(ge=1, le=366)]
    figures: Annotated[tuple[KeyFigure, ...], Field(min_length=1)]
    size_classes: Annotated[tuple[SizeClass, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _bounds_rise(self) -> Self:
        if any(one.at_least >= other.at_least for one, other in pairwise(self.size_classes)):
            raise ValueError("the bounds of the size classes rise")
        return self


@cache
def _whole() -> _Whole:
    return _Whole.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))


@cache
def key_figures() -> dict[str, KeyFigure]:
    """The key figures by their keys."""
    return {each.key: each for each in _whole().figures}


def size_classes() -> tuple[SizeClass, ...]:
    """The size classes that hold where none are given."""
    return _whole().size_classes


def days_to_look_again() -> int:
    """So many days at the least there are to review a figure that was computed anew."""
    return _whole().days_to_look_again


def least_figures() -> int:
    """Fewer figures than these show no statistics."""
    return _whole().least_figures
