"""Start-up cost: what a case costs before its fees come in, apart from operations.

A growing centre spends on each new customer before it is paid. Shown apart, that does not
make it look unproductive (DOMAIN.md section 1, lesson 5; 000:2270).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from services.chassis.money import round_half_up
from services.contracts.values import StartUpCostKind


@dataclass(frozen=True)
class Rate:
    """What an hour costs from a day on, in öre."""

    valid_from: date
    hourly_rate_ore: int


@dataclass(frozen=True)
class CostRole:
    """A role of the centre's own people and what its hours cost."""

    key: str
    name: str
    name_sv: str
    rates: tuple[Rate, ...]

    def rate_on(self, day: date) -> int | None:
        """What an hour costs on a day, in öre; None before the first rate."""
        valid = [rate for rate in self.rates if rate.valid_from <= day]
        return max(valid, key=lambda rate: rate.valid_from).hourly_rate_ore if valid else None


@dataclass(frozen=True)
class StartUpCost:
    """One entry. A correction has the opposite minutes and amount and names its original.

    Attributes:
        minutes: time spent; nought for a purchase.
        amount_ore: for time, the minutes at the role's hourly rate on the day.
    """

    id: str
    case_id: str
    service: str
    service_area: str
    kind: StartUpCostKind
    incurred_on: date
    role: str | None
    minutes: int
    hourly_rate_ore: int | None
    amount_ore: int
    text: str
    corrects: str | None
    registered_by: str
    registered_at: datetime


@dataclass(frozen=True)
class CostTotal:
    """What a service of a case has cost before operation, corrections taken off."""

    service: str
    service_area: str
    minutes: int
    time_ore: int
    purchases_ore: int

    @property
    def total_ore(self) -> int:
        """Time and purchases together."""
        return self.time_ore + self.purchases_ore


def cost_of_time(minutes: int, hourly_rate_ore: int) -> int:
    """Minutes at an hourly rate, in öre, rounded half up once."""
    return round_half_up(Fraction(minutes * hourly_rate_ore, 60))


def reversal(
    entry: StartUpCost, identifier: str, reason: str, by: str, at: datetime
) -> StartUpCost:
    """The entry that takes another one back, in full and on the same day."""
    return replace(
        entry,
        id=identifier,
        minutes=-entry.minutes,
        amount_ore=-entry.amount_ore,
        text=reason,
        corrects=entry.id,
        registered_by=by,
        registered_at=at,
    )


def totals(entries: Iterable[StartUpCost]) -> tuple[CostTotal, ...]:
    """What each service has cost, by service."""
    found: dict[str, CostTotal] = {}
    for entry in entries:
        so_far = found.get(entry.service) or CostTotal(entry.service, entry.service_area, 0, 0, 0)
        if entry.kind is StartUpCostKind.TIME:
            found[entry.service] = replace(
                so_far,
                minutes=so_far.minutes + entry.minutes,
                time_ore=so_far.time_ore + entry.amount_ore,
            )
        else:
            found[entry.service] = replace(
                so_far, purchases_ore=so_far.purchases_ore + entry.amount_ore
            )
    return tuple(found[service] for service in sorted(found))
