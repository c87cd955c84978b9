"""Exact numbers as the language of keys writes them, and time measured in months.

No float: portions and decimals are text that becomes a ``Fraction``.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from services.chassis.money import round_half_up

Portion = Annotated[
    str,
    Field(
        pattern=r"^([0-9]{1,9}/[1-9][0-9]{0,8}|[0-9]{1,3}(\.[0-9]{1,9})?%)$",
        examples=["1/3", "33.5%"],
        description="A part of a whole, as a fraction or a percentage.",
    ),
]
"""A part of a whole, exactly: ``1/3`` or ``33.5%``."""

DecimalText = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$",
        examples=["0.48"],
        description="A number of nought or more, with a decimal point.",
    ),
]
"""A number of nought or more, as text so that it stays exact."""

SignedDecimalText = Annotated[
    str,
    Field(
        pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$",
        examples=["1204"],
        description="A number, with a decimal point.",
    ),
]
"""A number with a sign; a rule refuses the negative ones with a code of its own."""


def portion(text: str) -> Fraction:
    """The part that a ``Portion`` writes."""
    if text.endswith("%"):
        return Fraction(text[:-1]) / 100
    return Fraction(text)


def position(day: date) -> Fraction:
    """Where a day begins on a line on which each month is 1 long, whatever its days.

    A year is twelve, so a yearly sum is due by 1/12 a month, and a part of a month by its days.
    """
    days = monthrange(day.year, day.month)[1]
    return day.year * 12 + (day.month - 1) + Fraction(day.day - 1, days)


def months(first: date, last: date) -> Fraction:
    """How many months lie between two days, both included; nought when they are turned round."""
    if last < first:
        return Fraction(0)
    return position(last + timedelta(days=1)) - position(first)


def part_of_sum(amount_ore: int, cover: tuple[date, date], first: date, last: date) -> int:
    """What of a sum for one stretch of time falls on days within it, in whole öre.

    It is the rounded sum up to the last day less the rounded sum up to the day before the
    first. So however a stretch is cut, its parts come to exactly the sum.

    Args:
        amount_ore: the sum for the whole stretch, any sign.
        cover: the stretch's first and last day.
        first: the first day asked for; days outside the stretch count for nothing.
        last: the last day asked for.
    """
    begins, ends = cover
    first, last = max(first, begins), min(last, ends)
    if last < first:
        return 0
    whole = months(begins, ends)

    def until(day: date) -> int:
        return round_half_up(amount_ore * months(begins, day) / whole)

    return until(last) - until(first - timedelta(days=1))


def year_of(day: date) -> tuple[date, date]:
    """The first and last day of a day's calendar year."""
    return date(day.year, 1, 1), date(day.year, 12, 31)
