"""Actual prices out of actual cost: what units would have to cost for fees to cover it. Pure.

The standard fee is set from a calculated cost price, and at the end of the year what was invoiced
is the actual cost (DOMAIN.md section 7, the model of two agencies). A service that is charged by
one unit has its cost over its units as price. One that is charged by several keeps their
proportion: each signed price is changed by the same factor, with which the month's use comes to
the cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, SignedItem, parts_of
from services.billing.units import FIXED
from services.chassis.money import round_half_up

Reports = Sequence[tuple[ServiceTerms, Mapping[str, int]]]
"""A service at each of its customers, with what was reported of it by unit for the month."""

_DECIMALS = 4
_HIGHEST_ORE = 10**12
"""An actual price has at most twelve digits and four decimals."""


@dataclass(frozen=True)
class UnitUse:
    """How many of a unit a month had, and what they cost at the signed prices, in öre."""

    quantity: Fraction = Fraction(0)
    signed_ore: Fraction = Fraction(0)

    def __add__(self, other: UnitUse) -> UnitUse:
        return UnitUse(self.quantity + other.quantity, self.signed_ore + other.signed_ore)


@dataclass(frozen=True)
class ServiceProposal:
    """What is proposed for a service in a month.

    ``prices`` are öre by unit with four decimals; none where nothing was used, or where the cost
    is below nought. ``silent`` customers were live and have not reported every unit that they
    pay by: what they are charged is no part of the use. ``left_ore`` is what the prices leave
    uncovered of the cost, by rounding or because there are none.
    """

    cost_ore: int
    uses: Mapping[str, UnitUse]
    prices: Mapping[str, Decimal]
    silent: int

    @property
    def left_ore(self) -> int:
        """What the month's use at these prices leaves of the cost."""
        covered = sum(
            (self.uses[unit].quantity * Fraction(price) for unit, price in self.prices.items()),
            Fraction(0),
        )
        return round_half_up(self.cost_ore - covered)


def propose(cost_ore: int, reports: Reports, month: Month) -> ServiceProposal:
    """The prices with which a month's use of a service comes to its cost.

    Args:
        cost_ore: the month's cost that fees are to cover.
        reports: the service at those in operation in the month.
        month: the month.
    """
    uses: dict[str, UnitUse] = defaultdict(UnitUse)
    silent = 0
    for terms, reported in reports:
        units = _units(terms, month)
        silent += not units <= reported.keys() | FIXED.keys()
        for unit in units:
            if unit in FIXED or unit in reported:
                uses[unit] += _use(terms, unit, month, reported.get(unit, 0))
    exact = _prices(cost_ore, {unit: use for unit, use in uses.items() if use.quantity > 0})
    prices = {
        unit: Decimal(round_half_up(price * 10**_DECIMALS)).scaleb(-_DECIMALS)
        for unit, price in sorted(exact.items())
        if price < _HIGHEST_ORE
    }
    return ServiceProposal(cost_ore, dict(sorted(uses.items())), prices, silent)


def _prices(cost_ore: int, uses: Mapping[str, UnitUse]) -> dict[str, Fraction]:
    signed = sum(use.signed_ore for use in uses.values())
    if cost_ore < 0 or not uses or (len(uses) > 1 and not signed):
        return {}
    if len(uses) == 1:
        return {unit: cost_ore / use.quantity for unit, use in uses.items()}
    return {unit: use.signed_ore / use.quantity * cost_ore / signed for unit, use in uses.items()}


def _units(terms: ServiceTerms, month: Month) -> set[str]:
    return {item.unit for stretch, _ in parts_of(terms, month) for item in stretch.items}


def _use(terms: ServiceTerms, unit: str, month: Month, number: int) -> UnitUse:
    """A unit's use at one customer; a fixed one counts by days, as it is charged."""
    parts = [(price_of(stretch.items, unit), days) for stretch, days in parts_of(terms, month)]
    if unit in FIXED:
        a_day = Fraction(FIXED[unit], 12 * month.days)
        paying = [(price, days) for price, days in parts if price is not None]
        return UnitUse(
            a_day * sum(days for _, days in paying),
            a_day * sum((price * days for price, days in paying), Fraction(0)),
        )
    weighed = sum(((price or Fraction(0)) * days for price, days in parts), Fraction(0))
    return UnitUse(Fraction(number), number * weighed / sum(days for _, days in parts))


def price_of(items: Iterable[SignedItem], unit: str) -> Fraction | None:
    """What one of a unit costs as signed; None where nothing is charged by it.

    Items of one unit add up. One in bands counts with the average of what was expected, or with
    the price of its first band where nothing was.
    """
    flat = [item for item in items if item.unit == unit]
    if not flat:
        return None
    banded: dict[str, list[SignedItem]] = defaultdict(list)
    for item in flat:
        if item.band is not None:
            banded[item.band.item].append(item)
    whole = Fraction(sum(item.unit_price_ore for item in flat if item.band is None))
    for bands in banded.values():
        expected = sum(item.yearly_quantity for item in bands)
        whole += (
            Fraction(sum(item.yearly_ore for item in bands), expected)
            if expected
            else bands[0].unit_price_ore
        )
    return whole


def by_customer(
    terms: Iterable[tuple[str, ServiceTerms]],
    reported: Mapping[tuple[str, str, Month], Mapping[str | None, int]],
    month: Month,
) -> dict[str, Reports]:
    """The services in operation in a month, each with its customers and what they reported.

    Args:
        terms: every service of every subscription, with the subscription's identifier.
        reported: what counts by service, unit and month, of each subscription.
        month: the month.
    """
    found: dict[str, list[tuple[ServiceTerms, Mapping[str, int]]]] = defaultdict(list)
    for subscription_id, each in terms:
        if parts_of(each, month):
            numbers = {
                unit: of_unit[subscription_id]
                for (service, unit, when), of_unit in reported.items()
                if (service, when) == (each.service, month) and subscription_id in of_unit
            }
            found[each.service].append((each, numbers))
    return dict(found)
