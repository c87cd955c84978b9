"""True-up: what was charged against what the volumes cost (DOMAIN.md section 7).

Charged is the sum of the instalments due for a month, actual the signed unit prices times
the quantities. Everything is reckoned month by month:

- fixed monthly items cost their share of the month, cut by days as the instalment is;
- a unit whose volume is reported for the month costs reported quantity x signed prices;
- a unit without any report for the month costs what the instalment expected of it. A
  missing report is not a nought: a nought is reported as 0.

So nobody who reports nothing gets a difference, and a month's result depends on its
reports alone, not on when they came or how the months were grouped. A true-up books, for
every month through its last one, the result as known now less what earlier true-ups
booked. Their sum is therefore what one computation over the whole time would give, and
volumes that arrive after their month was trued up fall into the next true-up by
themselves, as late volumes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    SignedItem,
    by_days,
    charged_months,
    days_in_operation,
    instalment,
    twelfth,
)
from services.billing.units import MONTH
from services.billing.wording import quantity
from services.chassis.money import allocate, format_sek

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
    the change that late volumes make.
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


def actual_cost(terms: ServiceTerms, month: Month, reported: Mapping[str, int]) -> MonthCost:
    """What a month's use of a service costs.

    Args:
        terms: the service as signed.
        month: one of its charged months.
        reported: quantity per unit; a unit that is absent was not reported. A fixed item
            takes no report.
    """
    fixed_items = [item for item in terms.items if item.unit == MONTH]
    fixed = by_days(twelfth(_yearly(fixed_items), month), terms, month)
    steps = [_fixed_step(fixed, terms, month)] if fixed_items else []
    # The rest of the instalment is what the year's expectation gives the other units.
    expected = _expected_by_unit(terms, instalment(terms, month) - fixed)
    total = fixed
    for unit, expected_ore in expected.items():
        price = sum(item.unit_price_ore for item in terms.items if item.unit == unit)
        number = reported.get(unit)
        if number is None:
            total += expected_ore
            steps.append(
                f"no volume in {unit}s reported for {month}:"
                f" the expected {format_sek(expected_ore)} count"
            )
        else:
            total += number * price
            steps.append(
                f"{quantity(number, unit)} x {format_sek(price)} = {format_sek(number * price)}"
            )
    return MonthCost(total, tuple(steps))


def _yearly(items: Sequence[SignedItem]) -> int:
    return sum(item.yearly_ore for item in items)


def _fixed_step(fixed: int, terms: ServiceTerms, month: Month) -> str:
    days = days_in_operation(terms, month)
    part = "" if days == month.days else f" for {days} of {month.days} days"
    return f"fixed monthly fees{part}: {format_sek(fixed)}"


def _expected_by_unit(terms: ServiceTerms, amount_ore: int) -> dict[str, int]:
    units = list(dict.fromkeys(item.unit for item in terms.items if item.unit != MONTH))
    weights = [_yearly([item for item in terms.items if item.unit == unit]) for unit in units]
    if not any(weights):
        return dict.fromkeys(units, 0)
    return dict(zip(units, allocate(amount_ore, weights), strict=True))


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
    for month in charged_months(terms, through):
        in_month = {
            unit: reported[terms.service, unit, month]
            for unit in terms.units
            if (terms.service, unit, month) in reported
        }
        cost = actual_cost(terms, month, in_month)
        before = booked.get((terms.service, month))
        charged = instalment(terms, month)
        if before is None:
            yield _row(terms, month, Totals(charged, cost.actual_ore), cost.steps, late=False)
            continue
        change = Totals(charged - before.charged_ore, cost.actual_ore - before.actual_ore)
        if change != Totals(0, 0):
            steps = (
                f"late volumes: settled before at {format_sek(before.actual_ore)}",
                *cost.steps,
            )
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
