"""What an agreement makes a customer pay, month by month (DOMAIN.md section 7).

The yearly fee of a service is charged by 1/12 a month. The twelve instalments of a
calendar year sum to the yearly fee exactly: öre that do not divide by twelve fall on the
year's first months. A month in which a service is in operation on some days only is charged
by those days; a month in which its terms change, by the days that each terms held. Either
way it is one sum, rounded half up to whole öre once, so a change to the same terms changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from services.billing.months import Month
from services.chassis.money import allocate, round_half_up
from services.contracts.values import OwnPrice, VolumeBand

_TWELVE_EQUAL = (1,) * 12


class SubscriptionStatus(StrEnum):
    """Where a subscription is in its life; reckoned from its dates, never stored."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True)
class SignedItem:
    """A fee item as it was signed: price of one unit and the year's expected quantity.

    ``own_price`` tells which version of the centre's own price it is, where no tariff's.
    ``band`` is the part of a year's volume that the price is for, where it is in bands.
    ``prices_by_year_ore`` are the prices by the service's year at the customer, if they differ.
    """

    key: str
    name: str
    unit: str
    unit_price_ore: int
    yearly_quantity: int
    own_price: OwnPrice | None = None
    band: VolumeBand | None = None
    prices_by_year_ore: tuple[int, ...] = ()

    @property
    def yearly_ore(self) -> int:
        """What the expected quantity costs in a year."""
        return self.unit_price_ore * self.yearly_quantity

    def in_year(self, year: int) -> SignedItem:
        """The item with its price of a year of the service at the customer, from 1."""
        prices = self.prices_by_year_ore
        if not prices:
            return self
        return replace(self, unit_price_ore=prices[min(year, len(prices)) - 1])


@dataclass(frozen=True)
class Stretch:
    """Days in operation on the same fee items; the first and the last day are charged."""

    first: date
    last: date
    items: tuple[SignedItem, ...]

    @property
    def yearly_ore(self) -> int:
        """The yearly fee that held: the sum of the items."""
        return yearly(self.items)

    def days_in(self, month: Month) -> int:
        """How many of a month's days belong to the stretch."""
        first, last = max(self.first, month.first_day), min(self.last, month.last_day)
        return max(0, (last - first).days + 1)


@dataclass(frozen=True)
class ServiceTerms:
    """One service of a subscription: what is signed, and the days it is charged for.

    ``items`` are those of the newest version that has the service. ``stretches`` follow each
    other and do not overlap; there is none before go-live. ``ends_on`` is the last day on
    which the service can be in operation as far as is known; None when no version that has
    it ever holds.
    """

    service: str
    service_area: str
    name: str
    items: tuple[SignedItem, ...]
    stretches: tuple[Stretch, ...]
    ends_on: date | None

    @property
    def yearly_ore(self) -> int:
        """The yearly fee as signed last."""
        return yearly(self.items)

    @property
    def live_on(self) -> date | None:
        """The first day in operation; None before go-live."""
        return self.stretches[0].first if self.stretches else None

    @property
    def units(self) -> frozenset[str]:
        """The units that signed items of any time are priced by."""
        priced = (*self.items, *(item for each in self.stretches for item in each.items))
        return frozenset(item.unit for item in priced)


def yearly(items: Sequence[SignedItem]) -> int:
    """What the expected quantities of some items cost in a year."""
    return sum(item.yearly_ore for item in items)


def twelfth(yearly_ore: int, month: Month) -> int:
    """The month's share of a yearly amount; a calendar year's twelve sum to it exactly."""
    return _twelfths(yearly_ore)[month.month - 1]


@lru_cache(maxsize=4096)
def _twelfths(yearly_ore: int) -> tuple[int, ...]:
    return allocate(yearly_ore, _TWELVE_EQUAL)


def parts_of(terms: ServiceTerms, month: Month) -> tuple[tuple[Stretch, int], ...]:
    """The stretches that a month has days of, each with how many."""
    found = ((each, each.days_in(month)) for each in terms.stretches)
    return tuple((each, days) for each, days in found if days)


def days_in_operation(terms: ServiceTerms, month: Month) -> int:
    """How many of a month's days the service is charged for: 0 to the month's length."""
    return sum(days for _, days in parts_of(terms, month))


def by_days(parts: Sequence[tuple[int, int]], month: Month) -> int:
    """A month's amount, given yearly amounts and the days that each held.

    Each yearly amount counts with its twelfth, cut by days; their sum is rounded half up to
    whole öre once.

    Args:
        parts: pairs of a yearly amount in öre and its days in the month.
        month: the month; the days of all parts are at most its length.
    """
    weighed = sum(twelfth(yearly_ore, month) * days for yearly_ore, days in parts)
    return round_half_up(Fraction(weighed, month.days))


def instalment(terms: ServiceTerms, month: Month) -> int:
    """What a service is charged for a month, in öre; 0 when it was not in operation."""
    return by_days([(part.yearly_ore, days) for part, days in parts_of(terms, month)], month)


def charged_months(terms: ServiceTerms, through: Month) -> Iterator[Month]:
    """The months with a day in operation, through a month at most, in order."""
    last: Month | None = None
    for stretch in terms.stretches:
        first = Month.of(stretch.first)
        if first == last:
            first = first.next
        for month in first.up_to(min(through, Month.of(stretch.last))):
            last = month
            yield month


def status_of(terms: tuple[ServiceTerms, ...], today: date) -> SubscriptionStatus:
    """Pending until the first service is live, ended after the last day of all of them."""
    if all(service.ends_on is None or service.ends_on < today for service in terms):
        return SubscriptionStatus.ENDED
    if any(service.live_on is not None and service.live_on <= today for service in terms):
        return SubscriptionStatus.ACTIVE
    return SubscriptionStatus.PENDING


def plan_of_year(terms: ServiceTerms, year: int) -> dict[Month, int]:
    """The service's instalments of one calendar year, January first."""
    return {month: instalment(terms, month) for month in Month(year, 1).up_to(Month(year, 12))}
