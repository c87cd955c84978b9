"""Cost per unit: what ended in a service's pools, by kind of origin, over what it made.

The ordinary cost is what counts. Passed-on, start-up and inherited cost are apart (DOMAIN.md
section 7). Exact; a month of which cost or units are not known is named and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from services.billing.costs.language import PoolKind
from services.billing.months import Month
from services.chassis.money import round_half_up

APART = frozenset({PoolKind.PASSED_ON, PoolKind.START_UP, PoolKind.INHERITED})
"""The kinds that are no ordinary cost."""


class MissingCost(StrEnum):
    """What is not known of a month in which the service was in operation."""

    DISTRIBUTION = "distribution"
    COST = "cost"
    UNITS = "units"


@dataclass(frozen=True)
class CostOfMonth:
    """What is known of a service's cost in a month that has ended.

    ``kinds`` is the actual cost by kind of origin that ended in its pools, in öre; None without
    a distribution. ``is_outdated``: costs of the month have changed since it was distributed.
    ``is_live``: the service was in operation on some day.
    """

    month: Month
    units: int | None
    kinds: Mapping[PoolKind, int] | None
    is_outdated: bool
    is_live: bool
    silent: int = 0

    @property
    def ordinary_ore(self) -> int | None:
        """The cost of ordinary operation; None where none ended in the pools."""
        found = [ore for kind, ore in (self.kinds or {}).items() if kind not in APART]
        return sum(found) if found else None

    @property
    def missing(self) -> tuple[MissingCost, ...]:
        """What would have to be known; nothing in a month without operation."""
        if not self.is_live:
            return ()
        found: list[MissingCost] = []
        if self.kinds is None:
            found.append(MissingCost.DISTRIBUTION)
        elif self.ordinary_ore is None:
            found.append(MissingCost.COST)
        if self.units is None:
            found.append(MissingCost.UNITS)
        return tuple(found)

    @property
    def counts(self) -> bool:
        """Whether both sides of the ratio are known."""
        return self.units is not None and self.ordinary_ore is not None


@dataclass(frozen=True)
class UnitCost:
    """What some months come to: cost by kind in öre, and units."""

    kinds: Mapping[PoolKind, int]
    units: int

    @property
    def ordinary_ore(self) -> int:
        """The cost of ordinary operation."""
        return sum(ore for kind, ore in self.kinds.items() if kind not in APART)

    @property
    def exact_ore(self) -> Fraction | None:
        """Ordinary cost per unit; None where nothing was made."""
        return Fraction(self.ordinary_ore, self.units) if self.units else None

    @property
    def rounded_ore(self) -> int | None:
        """The same in whole öre, a half away from nought."""
        exact = self.exact_ore
        return None if exact is None else round_half_up(exact)


def of_costs(months: Sequence[CostOfMonth]) -> UnitCost | None:
    """The cost per unit of the months that count; None where none does."""
    known = [each for each in months if each.counts]
    if not known:
        return None
    kinds: dict[PoolKind, int] = {}
    for each in known:
        for kind, ore in (each.kinds or {}).items():
            kinds[kind] = kinds.get(kind, 0) + ore
    return UnitCost(kinds, sum(each.units or 0 for each in known))
