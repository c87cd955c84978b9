"""True-up: what was charged against what the volumes cost (DOMAIN.md section 7).

Charged is the sum of the instalments due for a month, actual the signed unit prices times
the quantities. Everything is reckoned month by month:

- fixed items cost their share of the month, cut by days as the instalment is;
- a unit whose volume is reported for the month costs reported quantity x signed prices; when
  prices change within the month, each counts by the days it held, for a report tells no days;
- where the prices are in bands of the year's volume, the reported months of the calendar year
  are reckoned together, and a month costs what it adds to them (``banded``);
- a unit without any report for the month costs what the instalment expected of it. A
  missing report is not a nought: a nought is reported as 0.

So nobody who reports nothing gets a difference, and a month's result depends on its
reports alone, not on when they came or how the months were grouped. A true-up books, for
every month through its last one, the result as known now less what earlier true-ups
booked. Their sum is therefore what one computation over the whole time would give, and
volumes that arrive after their month was trued up fall into the next true-up by
themselves, as late volumes. So does what becomes known late of the terms: a month that
turns out not to be charged at all is booked back to nothing; and so does what was not material
before (``carry``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, charged_months, instalment
from services.billing.true_up.causes import NONE, Causes
from services.billing.true_up.month_cost import (
    NO_PRICES,
    NOT_IN_OPERATION,
    ActualPrices,
    MonthCost,
    Reported,
    actual_cost,
    in_month,
    reported_of,
)
from services.chassis.money import format_sek

__all__ = [
    "Booked",
    "Carried",
    "PricesOf",
    "Reported",
    "SettledMonth",
    "Settlement",
    "Totals",
    "actual_cost",
    "at_signed_prices",
    "carry",
    "contact_required",
    "reported_of",
    "settle",
]

MOST_ORE = 10**15
"""No service's month costs more: ten thousand billion SEK. Beyond it a volume or a price is wrong,
and it would not fit the ledger's columns."""

PricesOf = Callable[[str, Month], ActualPrices]
"""The actual prices of a service in a month, by unit; none where signed prices settle it."""


def at_signed_prices(_service: str, _month: Month) -> ActualPrices:
    """No actual prices: every month is settled at what was signed."""
    return NO_PRICES


@dataclass(frozen=True)
class Booked:
    """What earlier true-ups booked in all for one service and month."""

    charged_ore: int
    actual_ore: int
    causes: Causes = NONE


@dataclass(frozen=True)
class SettledMonth:
    """What a true-up books for one service and month.

    ``late`` marks a month that an earlier true-up already covered; its amounts are then
    the change that late volumes, or terms known late, make. ``causes`` sum to the difference.
    """

    service: str
    service_area: str
    month: Month
    charged_ore: int
    actual_ore: int
    late: bool
    steps: tuple[str, ...]
    causes: Causes = NONE

    @property
    def difference_ore(self) -> int:
        """Above 0 the customer pays more, below 0 it gets money back."""
        return self.actual_ore - self.charged_ore

    @property
    def is_too_large(self) -> bool:
        """Whether an amount of it is beyond what can be right."""
        causes = self.causes
        parts = (causes.volume_ore, causes.cost_ore, causes.tariff_ore, causes.membership_ore)
        return any(abs(ore) > MOST_ORE for ore in (self.charged_ore, self.actual_ore, *parts))


@dataclass(frozen=True)
class Totals:
    """Charged against actual, summed over some months; ``causes`` sum to the difference."""

    charged_ore: int
    actual_ore: int
    causes: Causes = NONE

    @property
    def difference_ore(self) -> int:
        """Above 0 the customer pays more, below 0 it gets money back."""
        return self.actual_ore - self.charged_ore


@dataclass(frozen=True)
class Carried:
    """A service area that is left to the next true-up: its difference is not material.

    ``materiality_ore`` is what would have made it so. ``too_large``: it is left for another
    reason, that a month of it costs more than can be right.
    """

    service_area: str
    difference_ore: int
    materiality_ore: int
    too_large: bool = False


@dataclass(frozen=True)
class Settlement:
    """A whole true-up: its months in order of service and time.

    ``carried`` are service areas whose months are left to the next one.
    """

    through: Month
    months: tuple[SettledMonth, ...]
    carried: tuple[Carried, ...] = ()

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
    return Totals(
        sum(row.charged_ore for row in rows),
        sum(row.actual_ore for row in rows),
        sum((row.causes for row in rows), NONE),
    )


def settle(
    services: Sequence[ServiceTerms],
    reported: Reported,
    booked: Mapping[tuple[str, Month], Booked],
    through: Month,
    prices_of: PricesOf = at_signed_prices,
) -> Settlement:
    """What a true-up through a month would book now.

    Args:
        services: the subscription's services.
        reported: every volume known now; later months are left out of account.
        booked: what earlier true-ups booked per service and month, in sum.
        through: the last month to settle; it must have ended.
        prices_of: the actual prices of the months that are settled at those.
    """
    rows: list[SettledMonth] = []
    for terms in services:
        rows.extend(_settle_service(terms, reported, booked, through, prices_of))
    return Settlement(through, tuple(rows))


def _settle_service(
    terms: ServiceTerms,
    reported: Reported,
    booked: Mapping[tuple[str, Month], Booked],
    through: Month,
    prices_of: PricesOf,
) -> Iterator[SettledMonth]:
    live = set(charged_months(terms, through))
    known = {month for service, month in booked if service == terms.service and month <= through}
    so_far = reported_of(terms, reported)
    for month in sorted(live | known):
        cost = NOT_IN_OPERATION
        if month in live:
            prices = prices_of(terms.service, month)
            cost = actual_cost(terms, month, in_month(so_far, month), so_far, prices)
        before = booked.get((terms.service, month))
        row = _row(terms, month, cost)
        if before is None:
            yield row
            continue
        change = replace(
            row,
            charged_ore=row.charged_ore - before.charged_ore,
            actual_ore=row.actual_ore - before.actual_ore,
            causes=row.causes - before.causes,
            late=True,
        )
        if (change.charged_ore, change.actual_ore, change.causes) != (0, 0, NONE):
            why = (
                "late volumes, corrections or prices"
                if change.charged_ore == 0
                else "the terms became known late"
            )
            step = f"{why}: settled before at {format_sek(before.actual_ore)}"
            yield replace(change, steps=(step, *cost.steps))


def _row(terms: ServiceTerms, month: Month, cost: MonthCost) -> SettledMonth:
    return SettledMonth(
        service=terms.service,
        service_area=terms.service_area,
        month=month,
        charged_ore=instalment(terms, month),
        actual_ore=cost.actual_ore,
        late=False,
        steps=cost.steps,
        causes=cost.causes,
    )


def carry(settlement: Settlement, materiality_ore: int) -> Settlement:
    """The settlement without the service areas whose difference is not material.

    Their months stay unbooked, so that the next true-up finds them with all that has come
    since; nothing is rounded away. An area without any difference has nothing to carry. So it is
    with an area of which a month costs more than can be right, until what is wrong is corrected:
    nothing of it can be booked, and the others are not to wait for it.

    Args:
        settlement: what there is to settle.
        materiality_ore: differences below it, in either direction, are carried; with 0 none is.
    """
    too_large = {row.service_area for row in settlement.months if row.is_too_large}
    carried = tuple(
        Carried(area, totals.difference_ore, materiality_ore, too_large=area in too_large)
        for area, totals in settlement.by_area().items()
        if area in too_large or 0 < abs(totals.difference_ore) < materiality_ore
    )
    areas = {each.service_area for each in carried}
    months = tuple(row for row in settlement.months if row.service_area not in areas)
    return replace(settlement, months=months, carried=carried)


def contact_required(difference_ore: int, threshold_ore: int) -> bool:
    """Whether a difference in a service area is so large that the customer is called."""
    return abs(difference_ore) > threshold_ore
