"""What a month's use of a service costs, and why that is not what was charged for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    SignedItem,
    Stretch,
    by_days,
    days_in_operation,
    instalment,
    parts_of,
    yearly,
)
from services.billing.true_up.banded import Banded, Scale, cost_of, scales_of
from services.billing.true_up.causes import NONE, Causes
from services.billing.units import FIXED, MONTH
from services.billing.wording import quantity
from services.chassis.money import allocate, format_sek, round_half_up

Reported = Mapping[tuple[str, str, Month], int]
"""Reported quantities by service, unit and month; what is absent was not reported."""

ActualPrices = Mapping[str, Fraction]
"""What one of a unit cost in a month, in öre; units without one cost what was signed."""

NO_PRICES: ActualPrices = MappingProxyType({})

Parts = Sequence[tuple[Stretch, int]]
"""The stretches of a month, each with its days in it."""


@dataclass(frozen=True)
class MonthCost:
    """What one service cost in one month, with every step of the calculation.

    ``causes`` say why it is not what was charged; they sum to that difference.
    """

    actual_ore: int
    steps: tuple[str, ...]
    causes: Causes = NONE


NOT_IN_OPERATION = MonthCost(0, ("not in operation in the month after all",))
"""What a month costs that turned out not to be charged."""


@dataclass(frozen=True)
class _UnitCost:
    """What the use of one unit cost, and the steps of it."""

    cost_ore: int
    steps: tuple[str, ...]
    causes: Causes = NONE


def actual_cost(
    terms: ServiceTerms,
    month: Month,
    reported: Mapping[str, int],
    year_so_far: Mapping[tuple[str, Month], int] = MappingProxyType({}),
    prices: ActualPrices = NO_PRICES,
) -> MonthCost:
    """What a month's use of a service costs.

    Args:
        terms: the service as signed.
        month: one of its charged months.
        reported: quantity per unit; a unit that is absent was not reported. A fixed item
            takes no report.
        year_so_far: what was reported of the service by unit and month; only the year's earlier
            months count, and only for items in bands.
        prices: the actual prices of the month, where it is settled at those.
    """
    parts = parts_of(terms, month)
    fixed = by_days([(yearly(_fixed_items(each)), days) for each, days in parts], month)
    has_fixed = any(_fixed_items(each) for each, _ in parts)
    found = [_UnitCost(fixed, (_fixed_step(fixed, terms, month),))] if has_fixed else []
    found.extend(_fixed_at_actual(parts, month, prices))
    # The rest of the instalment is what the year's expectation gives the other units.
    expected = _expected_by_unit(parts, instalment(terms, month) - fixed)
    for unit, expected_ore in expected.items():
        number = reported.get(unit)
        if number is None:
            step = (
                f"no volume in {unit}s reported for {month}:"
                f" the expected {format_sek(expected_ore)} count"
            )
            found.append(_UnitCost(expected_ore, (step,)))
            continue
        used = _used(terms, unit, month, number, year_so_far)
        found.append(_by_causes(terms, month, used, expected_ore, prices.get(unit)))
    return MonthCost(
        sum(each.cost_ore for each in found),
        tuple(step for each in found for step in each.steps),
        sum((each.causes for each in found), NONE),
    )


@dataclass(frozen=True)
class _Used:
    """A reported volume of a unit, and what it costs at signed prices."""

    unit: str
    number: int
    parts: Parts
    flat_ore: int
    in_bands: tuple[Banded, ...]

    @property
    def signed_ore(self) -> int:
        """What it costs at signed prices."""
        return self.flat_ore + sum(each.cost_ore for each in self.in_bands)

    @property
    def as_expected_ore(self) -> int:
        """What it would cost if each unit cost what was expected of one."""
        if not self.in_bands:
            return self.signed_ore
        return self.flat_ore + round_half_up(self.number * _banded_price(self.parts, self.unit))

    @property
    def steps(self) -> Iterator[str]:
        """How the signed cost is reckoned."""
        for each in self.in_bands:
            so_far = f"{each.quantity} {self.unit}s in {each.part_of_year} of the year"
            yield (
                f"{each.scale.item}, {quantity(self.number, self.unit)} in bands of the year's"
                f" volume ({so_far}) = {format_sek(each.cost_ore)}"
            )
        if not self.in_bands or _price(self.parts, self.unit):
            priced = _priced(self.parts, self.unit, self.number)
            yield f"{priced} = {format_sek(self.flat_ore)}"


def _used(
    terms: ServiceTerms,
    unit: str,
    month: Month,
    number: int,
    year_so_far: Mapping[tuple[str, Month], int],
) -> _Used:
    parts = parts_of(terms, month)
    in_bands: tuple[Banded, ...] = ()
    if any(item.band for each in terms.stretches for item in each.items):
        used = {when: known for (what, when), known in year_so_far.items() if what == unit}
        in_bands = cost_of(terms, unit, month, {**used, month: number})
    return _Used(unit, number, parts, round_half_up(number * _price(parts, unit)), in_bands)


def _by_causes(
    terms: ServiceTerms, month: Month, used: _Used, expected_ore: int, price: Fraction | None
) -> _UnitCost:
    by_quantity = used.as_expected_ore - expected_ore
    partly = days_in_operation(terms, month) < month.days
    signed = Causes(
        volume_ore=0 if partly else by_quantity,
        membership_ore=by_quantity if partly else 0,
        tariff_ore=used.signed_ore - used.as_expected_ore,
    )
    if price is None:
        return _UnitCost(used.signed_ore, tuple(used.steps), signed)
    actual = round_half_up(used.number * price)
    step = (
        f"{quantity(used.number, used.unit)} x the actual {_exact(price)}"
        f" = {format_sek(actual)}, in place of {format_sek(used.signed_ore)}"
    )
    by_cost = Causes(cost_ore=actual - used.signed_ore)
    return _UnitCost(actual, (*used.steps, step), signed + by_cost)


def _fixed_at_actual(parts: Parts, month: Month, prices: ActualPrices) -> Iterator[_UnitCost]:
    """What fixed units cost more or less at their actual prices, cut by days as the fee is."""
    for unit, in_a_year in FIXED.items():
        of_unit = [(_of_unit(each, unit), days) for each, days in parts]
        price = prices.get(unit)
        if price is None or not any(items for items, _ in of_unit):
            continue
        signed = by_days([(yearly(items), days) for items, days in of_unit], month)
        days = sum(days for items, days in of_unit if items)
        actual = round_half_up(price * in_a_year / 12 * Fraction(days, month.days))
        step = (
            f"fixed at the actual {_exact(price)} a {unit}: {format_sek(actual)},"
            f" in place of {format_sek(signed)}"
        )
        yield _UnitCost(actual - signed, (step,), Causes(cost_ore=actual - signed))


def _exact(price: Fraction) -> str:
    """An actual price in kronor; it has up to four decimals of an öre."""
    whole, rest = divmod(round_half_up(price * 10_000), 1_000_000)
    return f"{whole:,}.{f'{rest:06d}'.rstrip('0').ljust(2, '0')} SEK"


def _of_unit(stretch: Stretch, unit: str) -> list[SignedItem]:
    """The items of a unit that have one price whatever the year's volume."""
    return [item for item in stretch.items if item.unit == unit and item.band is None]


def _fixed_items(stretch: Stretch) -> list[SignedItem]:
    return [item for item in stretch.items if item.unit in FIXED]


def _unit_price(stretch: Stretch, unit: str) -> int:
    """What one of a unit costs while a stretch lasts; items of one unit add up."""
    return sum(item.unit_price_ore for item in _of_unit(stretch, unit))


def _price(parts: Parts, unit: str) -> Fraction:
    """The month's price of one of a unit: the prices, each weighed by the days it held."""
    weighed = sum(_unit_price(each, unit) * days for each, days in parts)
    return Fraction(weighed, sum(days for _, days in parts))


def _banded_price(parts: Parts, unit: str) -> Fraction:
    """What was expected of one of a unit in bands, weighed as ``_price`` is."""
    weighed = sum(
        (
            _expected_price(each, scale) * days
            for each, days in parts
            for scale in scales_of(each, unit)
        ),
        Fraction(0),
    )
    return weighed / sum(days for _, days in parts)


def _expected_price(stretch: Stretch, scale: Scale) -> Fraction:
    """The average price of what was expected in bands; of nothing, that of the first band."""
    items = [
        item
        for item in stretch.items
        if item.band is not None
        and (item.band.item, item.band.banding) == (scale.item, scale.banding)
    ]
    expected = sum(item.yearly_quantity for item in items)
    if not expected:
        return Fraction(scale.prices_ore[0])
    return Fraction(sum(item.yearly_ore for item in items), expected)


def _priced(parts: Parts, unit: str, number: int) -> str:
    prices = {_unit_price(each, unit) for each, _ in parts}
    if len(prices) == 1:
        return f"{quantity(number, unit)} x {format_sek(prices.pop())}"
    by_day = " and ".join(
        f"{format_sek(_unit_price(each, unit))} for {days} days" for each, days in parts
    )
    return f"{quantity(number, unit)} x the price by days ({by_day})"


def _fixed_step(fixed: int, terms: ServiceTerms, month: Month) -> str:
    days = days_in_operation(terms, month)
    part = "" if days == month.days else f" for {days} of {month.days} days"
    items = [item for each in terms.stretches for item in _fixed_items(each)]
    monthly = "monthly " if all(item.unit == MONTH for item in items) else ""
    return f"fixed {monthly}fees{part}: {format_sek(fixed)}"


def _expected_by_unit(parts: Parts, amount_ore: int) -> dict[str, int]:
    items = [(item, days) for each, days in parts for item in each.items if item.unit not in FIXED]
    weights: dict[str, int] = {}
    for item, days in items:
        weights[item.unit] = weights.get(item.unit, 0) + item.yearly_ore * days
    if not any(weights.values()):
        return dict.fromkeys(weights, 0)
    return dict(zip(weights, allocate(amount_ore, list(weights.values())), strict=True))


def reported_of(terms: ServiceTerms, reported: Reported) -> dict[tuple[str, Month], int]:
    """A service's reported volumes by unit and month."""
    return {
        (unit, month): number
        for (service, unit, month), number in reported.items()
        if service == terms.service
    }


def in_month(so_far: Mapping[tuple[str, Month], int], month: Month) -> dict[str, int]:
    """What was reported of a service for a month, by unit."""
    return {unit: number for (unit, when), number in so_far.items() if when == month}
