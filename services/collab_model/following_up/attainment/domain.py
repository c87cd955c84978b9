"""How near a level is to turning red this month, and why it is thought so.

Pure. Nothing here is a forecast by a model: it counts how many more failures the month can
bear, out of as many cases as the level usually has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.collab_model.following_up.data import Thresholds
from services.collab_model.following_up.status import (
    Status,
    misses_in_a_row,
    misses_until_red,
    red_below,
    status_of,
)
from services.contracts.values import MeasureKind


@dataclass(frozen=True)
class Key:
    """A level of a service under an agreement."""

    agreement_id: str
    service: str
    level: str


@dataclass(frozen=True)
class ClosedMonth:
    """How a level came out in a closed month."""

    period: str
    good: int
    total: int
    met: bool


@dataclass(frozen=True)
class Level:
    """A level, what it promises, and its last closed months, oldest first."""

    key: Key
    org_number: str
    name: str
    name_sv: str
    kind: MeasureKind
    required_share_percent: Decimal
    months: tuple[ClosedMonth, ...]


@dataclass(frozen=True)
class SoFar:
    """What is known of the present month: how many failed, and how many cases were counted."""

    failed: int = 0
    total: int = 0


@dataclass(frozen=True)
class Outlook:
    """How near a level is to red.

    ``misses_left`` more failures out of ``expected_total`` cases turn it red; usually
    ``usual_failures`` come in what is left of a month. ``last_status`` is that of the month
    closed last.
    """

    level: Level
    so_far: SoFar
    expected_total: int
    misses_left: int
    usual_failures: Decimal
    missed_before: int
    last_status: Status

    @property
    def is_likely(self) -> bool:
        """Whether as many failures as usual would turn it red."""
        return self.usual_failures >= self.misses_left

    @property
    def pressure(self) -> Decimal:
        """How many times over the usual failures would turn it red; boundless when it is."""
        return self.usual_failures / self.misses_left if self.misses_left else Decimal("Infinity")


def outlook_of(
    level: Level, so_far: SoFar, month_left: Fraction, thresholds: Thresholds
) -> Outlook | None:
    """How near a level is to red; None where it has too little behind it to say.

    A level that has been missed in as many months as turn it red save one is red as soon as
    it is missed at all.

    Args:
        level: the level and its last months.
        so_far: what is known of the present month.
        month_left: how much of the month is left, from 0 to 1.
        thresholds: what is red.
    """
    counted = [each for each in level.months if each.total]
    usual = sum(each.total for each in counted) // len(counted) if counted else 0
    expected = max(usual, so_far.total, so_far.failed)
    if not counted or expected == 0:
        return None
    missed_before = misses_in_a_row([each.met for each in level.months])
    below = red_below(level.kind, level.required_share_percent, thresholds)
    if missed_before + 1 >= thresholds.red_after_misses_in_a_row:
        below = Fraction(level.required_share_percent)
    failures = Fraction(sum(each.total - each.good for each in counted), len(counted))
    rest = failures * month_left
    return Outlook(
        level=level,
        so_far=so_far,
        expected_total=expected,
        misses_left=misses_until_red(expected - so_far.failed, expected, below),
        usual_failures=Decimal(round(10 * rest)) / 10,
        missed_before=missed_before,
        last_status=_status(level, thresholds),
    )


def _status(level: Level, thresholds: Thresholds) -> Status:
    last = level.months[-1]
    return status_of(
        level.kind,
        level.required_share_percent,
        Fraction(100 * last.good, last.total) if last.total else None,
        met=last.met,
        missed_before=misses_in_a_row([each.met for each in level.months[:-1]]),
        thresholds=thresholds,
    )


def watched(outlooks: Sequence[Outlook], thresholds: Thresholds) -> list[Outlook]:
    """Those that are near red, the nearest first.

    That is the one whose usual failures come closest to as many as turn it red: of two levels
    that bear one more, that of a service where one fails now and then.
    """
    near = [
        each for each in outlooks if each.is_likely or each.misses_left <= thresholds.watched_misses
    ]
    return sorted(
        near,
        key=lambda each: (
            -each.pressure,
            each.misses_left,
            each.level.org_number,
            each.level.key.service,
            each.level.key.level,
        ),
    )
