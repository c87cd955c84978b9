"""What is green, amber and red, and where it is heading (DOMAIN.md section 6; 000:2389, 2435).

Pure; the thresholds are data.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.collab_model.following_up.data import Thresholds
from services.contracts.values import MeasureKind


class Status(StrEnum):
    """The colour of an outcome or of a risk; grey: nothing was measured."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


class Trend(StrEnum):
    """Where an outcome is heading against the one before."""

    BETTER = "better"
    STEADY = "steady"
    WORSE = "worse"
    UNKNOWN = "unknown"


def red_below(kind: MeasureKind, required: Decimal, thresholds: Thresholds) -> Fraction:
    """The share in percent below which an outcome is red."""
    return max(Fraction(0), Fraction(required) - Fraction(thresholds.amber_points[kind]))


def status_of(
    kind: MeasureKind,
    required: Decimal,
    share: Fraction | None,
    *,
    met: bool,
    missed_before: int,
    thresholds: Thresholds,
) -> Status:
    """The colour of an outcome.

    Args:
        kind: what was measured.
        required: the share in percent that was promised.
        share: the share in percent that was reached; None where nothing was measured.
        met: whether the promise was kept.
        missed_before: in how many months in a row before it was missed.
        thresholds: what is near enough.
    """
    if met:
        return Status.GREY if share is None else Status.GREEN
    if share is None or missed_before + 1 >= thresholds.red_after_misses_in_a_row:
        return Status.RED
    return Status.RED if share < red_below(kind, required, thresholds) else Status.AMBER


def worst(statuses: Sequence[Status]) -> Status:
    """The colour of a whole: its worst part's; grey when nothing in it was measured."""
    order = (Status.RED, Status.AMBER, Status.GREEN)
    return next((each for each in order if each in statuses), Status.GREY)


def trend_of(
    before: Fraction | Decimal | None, after: Fraction | Decimal | None, thresholds: Thresholds
) -> Trend:
    """Where an outcome is heading; unknown where one of the two was not measured."""
    if before is None or after is None:
        return Trend.UNKNOWN
    change = Fraction(after) - Fraction(before)
    if abs(change) <= Fraction(thresholds.steady_points):
        return Trend.STEADY
    return Trend.BETTER if change > 0 else Trend.WORSE


def risk_status(probability: int, consequence: int, thresholds: Thresholds) -> Status:
    """The colour of a risk, by its probability times its consequence, each from 1 to 5."""
    weight = probability * consequence
    if weight >= thresholds.risk_red_from:
        return Status.RED
    return Status.AMBER if weight >= thresholds.risk_amber_from else Status.GREEN


def misses_in_a_row(met: Sequence[bool]) -> int:
    """How many of the latest were missed in a row; the sequence is oldest first."""
    count = 0
    for each in reversed(met):
        if each:
            break
        count += 1
    return count


def misses_until_red(good: int, total: int, below: Fraction) -> int:
    """How many more failures among a number of cases turn a level red; 0 when it is red.

    Args:
        good: how many of the cases can still be good.
        total: how many cases there are, or are expected; above 0.
        below: the share in percent below which the level is red.
    """
    # good - n >= below / 100 * total is what stays out of the red.
    spare = Fraction(good) - below * total / 100
    return max(0, int(spare // 1) + 1) if spare >= 0 else 0
