"""Floors and caps: shares as near to the key's as they allow."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from services.billing.cost_sharing.amounts import sek
from services.billing.cost_sharing.problems import LIMITS_CANNOT_HOLD
from services.chassis.problems import Problem


def clamp(
    shares: Mapping[str, Fraction],
    floors: Mapping[str, Fraction],
    caps: Mapping[str, Fraction | None],
    first: date,
    last: date,
) -> dict[str, Fraction]:
    """Each its floor, its cap, or its share times one factor that is the same for all others.

    There is just one such way for the shares to sum to the same whole: the sum rises with the
    factor, so the factor is looked for between the points at which somebody leaves a floor or
    reaches a cap.

    Args:
        shares: what the key gives, none below nought.
        floors: the least for some.
        caps: the most for some.
        first: the first day of the stretch, for the refusal.
        last: its last day.

    Raises:
        Problem: ``limits_cannot_hold``: the floors come to more than the whole, or the caps to
            less, or a floor lies above its cap.
    """
    whole = sum(shares.values(), Fraction(0))

    def at(factor: Fraction) -> dict[str, Fraction]:
        found: dict[str, Fraction] = {}
        for name, share in shares.items():
            value = max(factor * share, floors.get(name, Fraction(0)))
            cap = caps.get(name)
            found[name] = value if cap is None else min(value, cap)
        return found

    points = {Fraction(0)}
    for name, share in shares.items():
        if share > 0:
            limits = (floors.get(name), caps.get(name))
            points.update(limit / share for limit in limits if limit is not None)
    ordered = sorted(points)

    def sum_at(factor: Fraction) -> Fraction:
        return sum(at(factor).values(), Fraction(0))

    least, most = sum_at(ordered[0]), sum_at(ordered[-1])
    free_above = any(share > 0 and caps.get(name) is None for name, share in shares.items())
    crossed = any(
        cap is not None and floors.get(name, Fraction(0)) > cap for name, cap in caps.items()
    )
    if crossed or whole < least or (whole > most and not free_above):
        raise Problem(
            LIMITS_CANNOT_HOLD,
            f"From {first} to {last} the floors and caps allow"
            f" {sek(least, 'en')} to {'any sum' if free_above else sek(most, 'en')}, and the"
            f" cost is {sek(whole, 'en')}. Change the limits, or the cost.",
            cost_ore=str(whole),
            floors_ore=str(least),
            caps_ore=None if free_above else str(most),
        )
    # The first point at which the sum is not below the whole; the factor lies just before it.
    index = bisect_left(ordered, whole, key=sum_at)
    if index < len(ordered):
        above = sum_at(ordered[index])
        if above == whole:
            return at(ordered[index])
        below = sum_at(ordered[index - 1])
        part = (whole - below) / (above - below)
        return at(ordered[index - 1] + part * (ordered[index] - ordered[index - 1]))
    slope = sum(
        (share for name, share in shares.items() if share > 0 and caps.get(name) is None),
        Fraction(0),
    )
    return at(ordered[-1] + (whole - most) / slope)
