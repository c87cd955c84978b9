"""How complex a case is: points by driver, and the class they put it in.

What differs between customers and decides how long joining takes: employees, forms of
employment, local agreements, systems to be left, gaps, volume (DOMAIN.md section 3).
The weights are data (``data/time_plan.yaml``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from services.contracts.values import Slug, Value


class Complexity(StrEnum):
    """A class of complexity; templates give durations and hours for each."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    VERY_LARGE = "very_large"


CLASSES = tuple(Complexity)

Points = Annotated[Decimal, Field(ge=0, le=1000)]


class Band(Value):
    """The points of a measure from a size on."""

    start: Annotated[int, Field(ge=0, alias="from")]
    points: Points


class Driver(Value):
    """How a measure gives points: by the highest band it reaches, or for each one."""

    key: Slug
    name: str
    bands: tuple[Band, ...] = ()
    each: Points | None = None
    free: Annotated[int, Field(ge=0)] = 0
    most: Points | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Driver:
        if bool(self.bands) == (self.each is not None):
            raise ValueError(f"{self.key}: give bands or each, one of them")
        if any(low.start >= high.start for low, high in pairwise(self.bands)):
            raise ValueError(f"{self.key}: bands rise")
        return self

    def points(self, measure: int) -> Decimal:
        """The points of a measure, which is not negative."""
        if self.each is None:
            reached = [band.points for band in self.bands if band.start <= measure]
            return reached[-1] if reached else Decimal(0)
        points = self.each * max(0, measure - self.free)
        return points if self.most is None else min(points, self.most)


class ComplexityClass(Value):
    """A class begins at some points and is typical at others."""

    key: Complexity
    start: Annotated[Decimal, Field(ge=0, alias="from")]
    typical: Annotated[Decimal, Field(ge=0)]


class ComplexityRules(Value):
    """Drivers and classes as the data file has them."""

    drivers: tuple[Driver, ...]
    classes: tuple[ComplexityClass, ...]

    @model_validator(mode="after")
    def _classes_rise(self) -> ComplexityRules:
        if tuple(entry.key for entry in self.classes) != CLASSES:
            raise ValueError("classes: give every class once, the smallest first")
        if any(a.typical >= b.typical or a.start >= b.start for a, b in pairwise(self.classes)):
            raise ValueError("classes: points rise")
        return self


@dataclass(frozen=True)
class Contribution:
    """What a driver adds, and from what."""

    driver: str
    name: str
    measure: int
    points: Decimal


@dataclass(frozen=True)
class Score:
    """How complex a case is, with its calculation: the points are the contributions' sum."""

    points: Decimal
    complexity: Complexity
    contributions: tuple[Contribution, ...]


def score(rules: ComplexityRules, measures: Mapping[str, int]) -> Score:
    """The points of a case.

    Args:
        rules: weights and classes.
        measures: how much of each driver the case has; what is not known counts nought.
    """
    parts = tuple(
        Contribution(
            driver.key,
            driver.name,
            measures.get(driver.key, 0),
            driver.points(measures.get(driver.key, 0)),
        )
        for driver in rules.drivers
    )
    points = sum((part.points for part in parts), Decimal(0))
    reached = [entry.key for entry in rules.classes if entry.start <= points]
    return Score(points, reached[-1] if reached else rules.classes[0].key, parts)


def between_classes(rules: ComplexityRules, points: Decimal, values: tuple[int, ...]) -> Decimal:
    """A template's four numbers read at some points: a straight line between the classes.

    Below the first class's typical points and above the last one's, the end's value holds.
    """
    typical = [entry.typical for entry in rules.classes]
    if points <= typical[0]:
        return Decimal(values[0])
    for index, (low, high) in enumerate(pairwise(typical)):
        if points <= high:
            share = (points - low) / (high - low)
            return values[index] + share * (values[index + 1] - values[index])
    return Decimal(values[-1])
