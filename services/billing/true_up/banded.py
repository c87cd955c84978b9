"""What a month costs of items in bands of a calendar year's volume.

Pure. The reported months of a year are reckoned together, as if the year went on at their pace
(``tariffs.bands.due``), and a month costs what they come to with it less what they came to
before it. So whoever uses what it expected has no difference at any true-up, and a year that is
reported in full costs just what its volume costs. A month without a report costs what the
instalment expected of it and is left out here, as it is everywhere.

Where prices change within the year, each price list's days are reckoned for themselves; a
month's volume is shared between them by days, for a report tells no days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, Stretch, parts_of
from services.billing.tariffs import bands
from services.chassis.money import round_half_up
from services.contracts.values import Banding

_MONTHS = 12


@dataclass(frozen=True)
class Scale:
    """The bands of one item and their prices, as they were signed."""

    item: str
    banding: Banding
    limits: tuple[int, ...]
    prices_ore: tuple[int, ...]


@dataclass(frozen=True)
class Banded:
    """What a month's volume costs in bands: öre, the year's volume with it, and the scale."""

    scale: Scale
    cost_ore: int
    quantity: Fraction
    part_of_year: Fraction


def scales_of(stretch: Stretch, unit: str) -> tuple[Scale, ...]:
    """The items of a unit that are priced in bands while a stretch lasts."""
    by_item: dict[tuple[str, Banding], list[tuple[int, int | None, int]]] = {}
    for item in stretch.items:
        if item.unit == unit and item.band is not None:
            band = item.band
            rows = by_item.setdefault((band.item, band.banding), [])
            rows.append((band.above, band.through, item.unit_price_ore))
    found = []
    for (key, banding), rows in by_item.items():
        rows.sort(key=lambda row: row[0])
        limits = tuple(above for above, _, _ in rows[1:])
        found.append(Scale(key, banding, limits, tuple(price for _, _, price in rows)))
    return tuple(found)


def cost_of(
    terms: ServiceTerms, unit: str, month: Month, used: Mapping[Month, int]
) -> tuple[Banded, ...]:
    """What a month's volume costs, scale by scale; none where no item of the unit has bands.

    Args:
        terms: the service as signed.
        unit: what the volume is counted in.
        month: the month, which was reported.
        used: the year's reported volumes by month; later months than the month do not count.
    """
    before = _so_far(terms, unit, month, {each: n for each, n in used.items() if each < month})
    nothing = Fraction(0), Fraction(0)
    return tuple(
        Banded(scale, _due(scale, *total) - _due(scale, *before.get(scale, nothing)), *total)
        for scale, total in _so_far(terms, unit, month, used).items()
        if total != before.get(scale, nothing)
    )


def _so_far(
    terms: ServiceTerms, unit: str, month: Month, used: Mapping[Month, int]
) -> dict[Scale, tuple[Fraction, Fraction]]:
    """The year's volume through a month and the part of the year that has it, by scale."""
    found: dict[Scale, tuple[Fraction, Fraction]] = {}
    for scale, quantity, part in _pieces(terms, unit, month, used):
        known, elapsed = found.get(scale, (Fraction(0), Fraction(0)))
        found[scale] = known + quantity, elapsed + part
    return found


def _pieces(
    terms: ServiceTerms, unit: str, month: Month, used: Mapping[Month, int]
) -> Iterator[tuple[Scale, Fraction, Fraction]]:
    for each in Month(month.year, 1).up_to(month):
        if each not in used:
            continue
        parts = parts_of(terms, each)
        whole = sum(days for _, days in parts)
        for stretch, days in parts:
            for scale in scales_of(stretch, unit):
                yield (
                    scale,
                    Fraction(used[each] * days, whole),
                    Fraction(days, _MONTHS * each.days),
                )


def _due(scale: Scale, quantity: Fraction, part_of_year: Fraction) -> int:
    if not part_of_year:
        return 0
    return round_half_up(
        bands.due(scale.banding, scale.limits, scale.prices_ore, quantity, part_of_year)
    )
