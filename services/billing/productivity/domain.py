"""Productivity with start-up and without it (DOMAIN.md section 1, lesson 5; 000:2270).

A centre that takes on customers has people at work on what makes no unit yet. Shown apart,
that does not make it look unproductive. All numbers are exact; a month of which something is
not known is named and counts for nothing, on either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from services.billing.months import Month

MONTHS_OF_A_YEAR = 12


class Missing(StrEnum):
    """What is not known of a month in which the service was in operation."""

    UNITS = "units"
    FULL_TIME_EQUIVALENTS = "full_time_equivalents"


@dataclass(frozen=True)
class MonthOfService:
    """What is known of a service in a month that has ended.

    ``units`` and ``hundredths`` (of full-time equivalents) are None where nothing was reported.
    ``start_up_minutes`` are those registered for cases, corrections taken in. ``live`` is how
    many subscriptions were in operation on some day, ``silent`` how many of them have reported
    no unit.
    """

    month: Month
    units: int | None
    hundredths: int | None
    start_up_minutes: int
    live: int
    silent: int

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What would have to be known; nothing in a month without operation."""
        if not self.live:
            return ()
        found = ((Missing.UNITS, self.units), (Missing.FULL_TIME_EQUIVALENTS, self.hundredths))
        return tuple(what for what, value in found if value is None)

    @property
    def counts(self) -> bool:
        """Whether both sides of the ratio are known."""
        return self.units is not None and self.hundredths is not None


@dataclass(frozen=True)
class Productivity:
    """What some months come to; the full-time equivalents are sums over those months.

    ``start_up`` is the part of ``full_time`` that was spent on start-up. A rate is None where
    nobody is left to have made the units.
    """

    units: int
    full_time: Fraction
    start_up: Fraction

    @property
    def per_month(self) -> Fraction | None:
        """Units that a full-time equivalent makes in a month, start-up counted in."""
        return _rate(self.units, self.full_time)

    @property
    def per_month_without_start_up(self) -> Fraction | None:
        """Units that a full-time equivalent makes in a month of ordinary operation."""
        return _rate(self.units, self.full_time - self.start_up)


def _rate(units: int, full_time: Fraction) -> Fraction | None:
    return units / full_time if full_time > 0 else None


def per_year(per_month: Fraction | None) -> Fraction | None:
    """The rate of a month as that of a year."""
    return None if per_month is None else MONTHS_OF_A_YEAR * per_month


def of_months(months: Sequence[MonthOfService], minutes_per_month: Fraction) -> Productivity | None:
    """The productivity of the months that count; None where none does.

    Args:
        months: of one service, each once.
        minutes_per_month: what one full-time equivalent works in a month, above nought.
    """
    known = [each for each in months if each.counts]
    if not known:
        return None
    return Productivity(
        units=sum(each.units or 0 for each in known),
        full_time=sum((Fraction(each.hundredths or 0, 100) for each in known), start=Fraction(0)),
        start_up=sum(each.start_up_minutes for each in known) / minutes_per_month,
    )


def change_percent(new: Fraction | None, old: Fraction | None) -> Fraction | None:
    """By how many percent something changed; None without both, or from nought."""
    if new is None or old is None or old <= 0:
        return None
    return 100 * (new / old - 1)
