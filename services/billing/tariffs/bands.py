"""Bands of volume: what a year's quantity costs, and what is due of it through a part of a year.

Pure. Bands are given by their limits, as in ``services.contracts.bands``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from services.contracts.bands import parts
from services.contracts.values import Banding


def cost(
    banding: Banding,
    limits: Sequence[int],
    prices_ore: Sequence[Fraction | int],
    quantity: Fraction | int,
) -> Fraction:
    """What a year's quantity costs, exactly.

    With graduated bands and prices of 0 or more, a larger quantity never costs less. By the
    whole volume it can, where a price falls from one band to the next.

    Args:
        banding: how the bands give a price.
        limits: the last unit of each band but the last one, rising.
        prices_ore: öre for one unit, a price for each band.
        quantity: of the year, 0 or more.
    """
    shared = parts(banding, limits, quantity)
    return sum((part * price for part, price in zip(shared, prices_ore, strict=True)), Fraction(0))


def due(
    banding: Banding,
    limits: Sequence[int],
    prices_ore: Sequence[Fraction | int],
    quantity: Fraction | int,
    part_of_year: Fraction,
) -> Fraction:
    """What is due of a year's cost when a part of the year has gone by.

    The year is reckoned as if it went on as it began, and the part has its part of that. Whoever
    uses what it expected has therefore a difference at no true-up of the year, whichever bands
    the year goes through, and a whole year costs just what its quantity costs.

    Args:
        banding: how the bands give a price.
        limits: the last unit of each band but the last one, rising.
        prices_ore: öre for one unit, a price for each band.
        quantity: used within the part, 0 or more.
        part_of_year: above 0 and at most 1.
    """
    return part_of_year * cost(banding, limits, prices_ore, quantity / part_of_year)
