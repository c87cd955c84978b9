"""True-up: what was charged against what the volumes cost (DOMAIN.md section 7).

Charged is the sum of the instalments due for a month, actual the signed unit prices times
the quantities. Everything is reckoned month by month:

- fixed items cost their share of the month, cut by days as the instalment is;
- a unit whose volume is reported for the month costs reported quantity x signed prices; when
  prices change within the month, each counts by the days it held, for a report tells no days;
- a unit without any report for the month costs what the instalment expected of it. A
  missing report is not a nought: a nought is reported as 0.

So nobody who reports nothing gets a difference, and a month's result depends on its
reports alone, not on when they came or how the months were grouped. A true-up books, for
every month through its last one, the result as known now less what earlier true-ups
booked. Their sum is therefore what one computation over the whole time would give, and
volumes that arrive after their month was trued up fall into the next true-up by
themselves, as late volumes. So does what becomes known late of the terms: a month that
turns out not to be charged at all is booked back to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    SignedItem,
    Stretch,
    by_days,
    charged_months,
    days_in_operation,
    instalment,
    parts_of,
    yearly,
)
from services.billing.units import FIXED, MONTH
from services.billing.wording import quantity
from services.chassis.money import allocate, format_sek, round_half_up

Reported = Mapping[tuple[str, str, Month], int]
"""Reported quantities by service, unit and month; what is absent was not reported."""


@dataclass(frozen=True)
class Booked:
    """What earlier true-ups booked in all for one service and month."""

    charged_ore: int
    actual_ore: int


@dataclass(frozen=True)
class SettledMonth:
    """What a true-up books for one service and month.

    ``late`` marks a month that an earlier true-up already covered; its amounts are then
    the change that late volumes, or terms known late, make.
    """

    service: str
    service_area: str
    month: Month
    charged_ore: int
    actual_ore: int
    late: bool
    steps: tuple[str, ...]

    @property
    def difference_ore(self) -> int:
        """Above 0 the customer pays more, below 0 it gets money back."""
        return self.actual_ore - self.charged_ore


@dataclass(frozen=True)
class Totals:
    """Charged against actual, summed over some months."""

    charged_ore: int
    actual_ore: int

    @property
    def difference_ore(self) -> int:
        """Above 0 the customer pays more, below 0 it gets money back."""
        return self.actual_ore - self.charged_ore


@dataclass(frozen=True)
class Settlement:
    """A whole true-up: its months in order of service and time."""

    through: Month
    months: tuple[SettledMonth, ...]

    @property
    def totals(self) -> Totals:
        """Over everything."""
        return _totals(self.months)

    @property
    def first_month(self) -> Month:
        """The earliest month that is booked anew; for late volumes alone the last one."""
        return min((row.month for row in self.months if not row.late), default=self.through)

    def by_service(self) -> dict[str, Totals]:
        """Per service, in the subscription's order."""
        return {
            service: _totals([row for row in self.months if row.service == service])
            for service in dict.fromkeys(row.service for row in self.months)
        }

    def by_area(self) -> dict[str, Totals]:
        """Per service area, in the subscription's order."""
        return {
            area: _totals([row for row in self.months if row.service_area == area])
            for area in dict.fromkeys(row.service_area for row in self.months)
        }


def _totals(rows: Sequence[SettledMonth]) -> Totals:
    return Totals(sum(row.charged_ore for row in rows), sum(row.actual_ore for row in rows))


@dataclass(frozen=True)
class MonthCost:
    """What one service cost in one month, with every step of the calculation."""

    actual_ore: int
    steps: tuple[str, ...]


NOT_IN_OPERATION = MonthCost(0, ("not in operation in the month after all",))
"""What a month costs that turned out not to be charged."""


def actual_cost(terms: ServiceTerms, month: Month, reported: Mapping[str, int]) -> MonthCost:
    """What a month's use of a service costs.

    Args:
        terms: the service as signed.
        month: one of its charged months.
        reported: quantity per unit; a unit that is absent was not reported. A fixed item
            takes no report.
    """
    parts = parts_of(terms, month)
    fixed = by_days([(yearly(_fixed_items(each)), days) for each, days in parts], month)
    has_fixed = any(_fixed_items(each) for each, _ in parts)
    steps = [_fixed_step(fixed, terms, month)] if has_fixed else []
    # The rest of the instalment is what the year's expectation gives the other units.
    expected = _expected_by_unit(parts, instalment(terms, month) - fixed)
    total = fixed
    for unit, expected_ore in expected.items():
        number = reported.get(unit)
        if number is None:
            total += expected_ore
            steps.append(
                f"no volume in {unit}s reported for {month}:"
                f" the expected {format_sek(expected_ore)} count"
            )
        else:
            cost = round_half_up(number * _price(parts, unit))
            total += cost
            steps.append(f"{_priced(parts, unit, number)} = {format_sek(cost)}")
    return MonthCost(total, tuple(steps))


Parts = Sequence[tuple[Stretch, int]]
"""The stretches of a month, each with its days in it."""


def _of_unit(stretch: Stretch, unit: str) -> list[SignedItem]:
    return [item for item in stretch.items if item.unit == unit]


def _fixed_items(stretch: Stretch) -> list[SignedItem]:
    return [item for item in stretch.items if item.unit in FIXED]


def _unit_price(stretch: Stretch, unit: str) -> int:
    """What one of a unit costs while a stretch lasts; items of one unit add up."""
    return sum(item.unit_price_ore for item in _of_unit(stretch, unit))


def _price(parts: Parts, unit: str) -> Fraction:
    """The month's price of one of a unit: the prices, each weighed by the days it held."""
    weighed = sum(_unit_price(each, unit) * days for each, days in parts)
    return Fraction(weighed, sum(days for _, days in parts))


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


def settle(
    services: Sequence[ServiceTerms],
    reported: Reported,
    booked: Mapping[tuple[str, Month], Booked],
    through: Month,
) -> Settlement:
    """What a true-up through a month would book now.

    Args:
        services: the subscription's services.
        reported: every volume known now; later months are left out of account.
        booked: what earlier true-ups booked per service and month, in sum.
        through: the last month to settle; it must have ended.
    """
    rows: list[SettledMonth] = []
    for terms in services:
        rows.extend(_settle_service(terms, reported, booked, through))
    return Settlement(through, tuple(rows))


def _settle_service(
    terms: ServiceTerms,
    reported: Reported,
    booked: Mapping[tuple[str, Month], Booked],
    through: Month,
) -> Iterator[SettledMonth]:
    live = set(charged_months(terms, through))
    known = {month for service, month in booked if service == terms.service and month <= through}
    for month in sorted(live | known):
        in_month = {
            unit: reported[terms.service, unit, month]
            for unit in terms.units
            if (terms.service, unit, month) in reported
        }
        cost = actual_cost(terms, month, in_month) if month in live else NOT_IN_OPERATION
        before = booked.get((terms.service, month))
        charged = instalment(terms, month)
        if before is None:
            yield _row(terms, month, Totals(charged, cost.actual_ore), cost.steps, late=False)
            continue
        change = Totals(charged - before.charged_ore, cost.actual_ore - before.actual_ore)
        if change != Totals(0, 0):
            why = "late volumes" if change.charged_ore == 0 else "the terms became known late"
            steps = (f"{why}: settled before at {format_sek(before.actual_ore)}", *cost.steps)
            yield _row(terms, month, change, steps, late=True)


def _row(
    terms: ServiceTerms, month: Month, totals: Totals, steps: tuple[str, ...], *, late: bool
) -> SettledMonth:
    return SettledMonth(
        service=terms.service,
        service_area=terms.service_area,
        month=month,
        charged_ore=totals.charged_ore,
        actual_ore=totals.actual_ore,
        late=late,
        steps=steps,
    )


def contact_required(difference_ore: int, threshold_ore: int) -> bool:
    """Whether a difference in a service area is so large that the customer is called."""
    return abs(difference_ore) > threshold_ore
