"""The rules of the indicators (DOMAIN.md section 7); exact, and without I/O.

``data/indicators.yaml`` says in words how each one is reckoned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from services.billing.months import Month
from services.billing.productivity.domain import change_percent
from services.billing.tariffs.comparing import ItemEffect, SignedUse, effects
from services.billing.tariffs.domain import Tariff
from services.contracts.succession import Register
from services.contracts.values import MeasureKind


class IndicatorKey(StrEnum):
    """The indicators, in Statskontoret's order."""

    AGENCIES_CONNECTED = "agencies_connected"
    PREPAREDNESS_AGENCIES_CONNECTED = "preparedness_agencies_connected"
    UNITS = "units"
    COST_PER_UNIT = "cost_per_unit"
    FEE_CHANGE = "fee_change"
    AVAILABILITY = "availability"
    SATISFACTION = "satisfaction"


@dataclass(frozen=True)
class Share:
    """So many of so many; nought of nought is no share."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Fraction | None:
        """The share in percent; an index from 0 to 100 is one too."""
        return Fraction(100 * self.numerator, self.denominator) if self.denominator else None


def has_ceased(register: Register, org_number: str, day: date) -> bool:
    """Whether an agency has merged into another or closed by a day."""
    if register.passing_of(org_number, day) is not None:
        return True
    last = register.last_day_of(org_number)
    return last is not None and last < day


def agencies_on(
    register: Register, registered_on: Mapping[str, date], connected: Collection[str], day: date
) -> frozenset[str]:
    """The agencies there are on a day: registered by then, or connected whatever the register.

    Args:
        register: what happened to agencies.
        registered_on: the day each was first registered.
        connected: those with a service in operation on the day.
        day: the day.
    """
    known = {number for number, since in registered_on.items() if since <= day}
    return frozenset(
        number for number in known.union(connected) if not has_ceased(register, number, day)
    )


@dataclass(frozen=True)
class FeeChange:
    """What a service's signed volumes cost in a year by the tariffs of both years, in öre.

    ``is_priced``: both tariffs price the service. ``unknown`` are items whose quantity nobody
    knows; they are in neither sum.
    """

    old_ore: int
    new_ore: int
    is_priced: bool
    unknown: tuple[str, ...]

    @property
    def percent(self) -> Fraction | None:
        """The change in percent; None where it cannot be told."""
        if not self.is_priced:
            return None
        return change_percent(Fraction(self.new_ore), Fraction(self.old_ore))


def fee_changes(old: Tariff, new: Tariff, uses: Sequence[SignedUse]) -> dict[str, FeeChange]:
    """The change of the fee of each service that is signed, for the same volumes."""
    items = [item for effect in effects(old, new, uses) for item in effect.items]
    found: dict[str, FeeChange] = {}
    for service in sorted({use.service for use in uses}):
        of_service = [item for item in items if item.service == service]
        known = [item for item in of_service if _is_known(item, old, new)]
        found[service] = FeeChange(
            old_ore=sum(item.old_ore or 0 for item in known),
            new_ore=sum(item.new_ore or 0 for item in known),
            is_priced=bool(old.items_of(service)) and bool(new.items_of(service)),
            unknown=tuple(
                sorted({item.key for item in of_service if not _is_known(item, old, new)})
            ),
        )
    return found


def _is_known(item: ItemEffect, old: Tariff, new: Tariff) -> bool:
    """Whether it is known how much is used of an item, by each tariff that has it."""
    sides = ((old, item.old_ore), (new, item.new_ore))
    return item.quantity is not None and all(
        ore is not None or tariff.find(item.key) is None for tariff, ore in sides
    )


@dataclass(frozen=True)
class LevelOutcome:
    """How a level of a service came out in a closed month; without counts of old closings."""

    service: str
    month: Month
    kind: MeasureKind | None
    good: int | None
    total: int | None


@dataclass(frozen=True)
class Measured:
    """What the levels of one kind came to: of all services, or of one.

    ``months`` are those with a result that counts. ``uncounted`` results have a kind but not
    what they are the share of.
    """

    share: Share
    months: frozenset[Month]
    uncounted: int


def measured(outcomes: Iterable[LevelOutcome], kind: MeasureKind) -> Measured:
    """What the levels of a kind come to together; each unit counted weighs the same."""
    good = total = uncounted = 0
    months: set[Month] = set()
    for each in outcomes:
        if each.kind is not kind:
            continue
        if each.good is None or each.total is None:
            uncounted += 1
        elif each.total:
            good += each.good
            total += each.total
            months.add(each.month)
    return Measured(Share(good, total), frozenset(months), uncounted)
