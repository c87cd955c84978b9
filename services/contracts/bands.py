"""How a year's volume falls into the bands of its price; billing and agreements both need it.

Bands are given by their limits: the last unit of each but the last one, rising. The last band is
without end, so every quantity is in the bands as a whole, whatever it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from services.contracts.values import Banding


def parts(banding: Banding, limits: Sequence[int], quantity: Fraction | int) -> list[Fraction]:
    """How much of a quantity each band has; together just the quantity.

    Args:
        banding: graduated shares the quantity out, by the whole volume one band has it all.
        limits: the last unit of each band but the last one, rising and above 0.
        quantity: 0 or more; a fraction where a year's quantity is estimated.
    """
    whole = Fraction(quantity)
    edges = [Fraction(0), *map(Fraction, limits)]
    if banding is Banding.GRADUATED:
        ends = [*edges[1:], max(whole, edges[-1])]
        return [
            max(Fraction(0), min(whole, end) - begin)
            for begin, end in zip(edges, ends, strict=True)
        ]
    reached = sum(1 for limit in limits if whole > limit)
    return [whole if index == reached else Fraction(0) for index in range(len(edges))]
