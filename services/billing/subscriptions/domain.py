"""What an agreement makes a customer pay, month by month (DOMAIN.md section 7).

The yearly fee of a service is charged by 1/12 a month. The twelve instalments of a
calendar year sum to the yearly fee exactly: öre that do not divide by twelve fall on the
year's first months. In the month of go-live, and in the month the agreement ends, the
instalment is charged by the days in operation, rounded half up to whole öre.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from services.billing.months import Month
from services.chassis.money import allocate, round_half_up

_TWELVE_EQUAL = (1,) * 12


class SubscriptionStatus(StrEnum):
    """Where a subscription is in its life; reckoned from its dates, never stored."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True)
class SignedItem:
    """A fee item as it was signed: price of one unit and the year's expected quantity."""

    key: str
    name: str
    unit: str
    unit_price_ore: int
    yearly_quantity: int

    @property
    def yearly_ore(self) -> int:
        """What the expected quantity costs in a year."""
        return self.unit_price_ore * self.yearly_quantity


@dataclass(frozen=True)
class ServiceTerms:
    """One service of a subscription: what was signed, and the days it is charged for.

    ``live_on`` is the first day in operation, absent until go-live; ``ends_on`` the last
    day of the agreement.
    """

    service: str
    service_area: str
    name: str
    items: tuple[SignedItem, ...]
    live_on: date | None
    ends_on: date

    @property
    def yearly_ore(self) -> int:
        """The yearly fee: the sum of the signed items."""
        return sum(item.yearly_ore for item in self.items)

    @property
    def units(self) -> frozenset[str]:
        """The units that the signed items are priced by."""
        return frozenset(item.unit for item in self.items)


def twelfth(yearly_ore: int, month: Month) -> int:
    """The month's share of a yearly amount; a calendar year's twelve sum to it exactly."""
    return allocate(yearly_ore, _TWELVE_EQUAL)[month.month - 1]


def days_in_operation(terms: ServiceTerms, month: Month) -> int:
    """How many of a month's days the service is charged for: 0 to the month's length."""
    if terms.live_on is None:
        return 0
    first = max(terms.live_on, month.first_day)
    last = min(terms.ends_on, month.last_day)
    return max(0, (last - first).days + 1)


def by_days(monthly_ore: int, terms: ServiceTerms, month: Month) -> int:
    """A monthly amount cut to the days in operation, rounded half up to whole öre."""
    return round_half_up(Fraction(monthly_ore * days_in_operation(terms, month), month.days))


def instalment(terms: ServiceTerms, month: Month) -> int:
    """What a service is charged for a month, in öre; 0 when it was not in operation."""
    return by_days(twelfth(terms.yearly_ore, month), terms, month)


def charged_months(terms: ServiceTerms, through: Month) -> Iterator[Month]:
    """The months a service is charged for, from go-live through a month at most."""
    if terms.live_on is None:
        return iter(())
    return Month.of(terms.live_on).up_to(min(through, Month.of(terms.ends_on)))


def status_of(terms: tuple[ServiceTerms, ...], today: date) -> SubscriptionStatus:
    """Pending until the first service is live, ended after the agreement's last day."""
    if all(service.ends_on < today for service in terms):
        return SubscriptionStatus.ENDED
    if any(service.live_on is not None and service.live_on <= today for service in terms):
        return SubscriptionStatus.ACTIVE
    return SubscriptionStatus.PENDING


def plan_of_year(terms: ServiceTerms, year: int) -> dict[Month, int]:
    """The service's instalments of one calendar year, January first."""
    return {month: instalment(terms, month) for month in Month(year, 1).up_to(Month(year, 12))}
