"""The customer's baseline: what its own way costs and holds before it joins.

What has to be known of it is asked for by those who have done it before: all costs, with
overhead, premises and investments in systems, and how far systems and routines have come
(004:526). An estimate that leaves the overhead out makes joining look dear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.chassis.money import round_half_up

Volumes = Mapping[str, Mapping[str, int]]
"""Yearly quantities by service and tariff unit."""


class SystemStatus(StrEnum):
    """How far a system that is to be left has come in its life."""

    MAINTAINED = "maintained"
    IN_DEVELOPMENT = "in_development"
    TO_BE_REPLACED = "to_be_replaced"
    OUT_OF_SUPPORT = "out_of_support"


class RoutineStatus(StrEnum):
    """How far a routine is standardised; the less it is, the longer joining takes (004:506)."""

    STANDARDISED = "standardised"
    DOCUMENTED = "documented"
    IN_DEVELOPMENT = "in_development"
    UNDOCUMENTED = "undocumented"


@dataclass(frozen=True)
class CurrentSystem:
    """A system that is to be left, until when its contract binds, and its status."""

    name: str
    contract_ends_on: date | None = None
    status: SystemStatus | None = None
    note: str | None = None


@dataclass(frozen=True)
class CurrentAgreement:
    """A contract or local agreement that binds the customer."""

    name: str
    ends_on: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Routine:
    """A routine of the customer's and how far it has come."""

    name: str
    status: RoutineStatus
    note: str | None = None


@dataclass(frozen=True)
class DirectCost:
    """A cost that the work itself causes: staff, premises, systems; whole kronor a year."""

    name: str
    yearly_sek: int


class OverheadMethod(StrEnum):
    """How a share of the agency's common costs is put on the work."""

    SHARE_OF_DIRECT_COST = "share_of_direct_cost"
    PER_FULL_TIME_EQUIVALENT = "per_full_time_equivalent"
    STATED = "stated"


@dataclass(frozen=True)
class Overhead:
    """How the overhead is computed; the value that belongs to its method is set.

    Attributes:
        percent: of the direct cost, with at most two decimals.
        sek_per_full_time_equivalent: whole kronor a year.
        yearly_sek: what the agency's own calculation came to, in whole kronor.
        explanation: what is in it, or where the calculation is.
    """

    method: OverheadMethod
    percent: Decimal | None = None
    sek_per_full_time_equivalent: int | None = None
    yearly_sek: int | None = None
    explanation: str | None = None


@dataclass(frozen=True)
class Costs:
    """A year's cost, the direct one apart from the overhead."""

    direct: tuple[DirectCost, ...]
    overhead: Overhead

    @property
    def direct_sek(self) -> int:
        """The direct cost in whole kronor."""
        return sum(cost.yearly_sek for cost in self.direct)

    def overhead_sek(self, full_time_equivalents: Decimal) -> int:
        """The overhead in whole kronor, by its method; half a krona goes up.

        Raises:
            ValueError: the value that belongs to the method is not set.
        """
        overhead = self.overhead
        match overhead.method:
            case OverheadMethod.SHARE_OF_DIRECT_COST if overhead.percent is not None:
                return round_half_up(Fraction(overhead.percent) / 100 * self.direct_sek)
            case OverheadMethod.PER_FULL_TIME_EQUIVALENT if (
                overhead.sek_per_full_time_equivalent is not None
            ):
                each = overhead.sek_per_full_time_equivalent
                return round_half_up(Fraction(full_time_equivalents) * each)
            case OverheadMethod.STATED if overhead.yearly_sek is not None:
                return overhead.yearly_sek
        raise ValueError(f"an overhead by {overhead.method.value} needs its value")

    def total_sek(self, full_time_equivalents: Decimal) -> int:
        """The whole cost in kronor."""
        return self.direct_sek + self.overhead_sek(full_time_equivalents)


@dataclass(frozen=True)
class Baseline:
    """What the customer's own way costs and holds before joining.

    Attributes:
        yearly_cost_sek: whole kronor a year with overhead, as a baseline is an estimate.
        full_time_equivalents: staff who do the work today, to the hundredth.
        volumes: yearly quantities of every service of the case.
        systems: systems that are to be left.
        agreements: contracts that bind the customer.
        costs: the yearly cost in its parts; None where only the whole is known.
        routines: how far the customer's routines have come.
    """

    yearly_cost_sek: int
    full_time_equivalents: Decimal
    volumes: Volumes
    systems: tuple[CurrentSystem, ...]
    agreements: tuple[CurrentAgreement, ...]
    costs: Costs | None = None
    routines: tuple[Routine, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether the yearly cost is that of its parts; so without parts."""
        if self.costs is None:
            return True
        return self.yearly_cost_sek == self.costs.total_sek(self.full_time_equivalents)


class CostVerdict(StrEnum):
    """What the fee means against today's cost."""

    SAVING = "saving"
    EXTRA_COST = "extra_cost"
    EQUAL = "equal"


@dataclass(frozen=True)
class CostComparison:
    """The fee of a year against the baseline's cost, in öre; differences are cost less fee.

    ``direct_difference_ore`` leaves the overhead out: what stays of it at the customer is
    the customer's to bring down (DOMAIN.md section 7: savings are theirs to realise).
    ``percent`` is the difference in percent of the cost, to a tenth; None for a cost of
    nought.
    """

    baseline_ore: int
    fee_ore: int
    difference_ore: int
    verdict: CostVerdict
    percent: Decimal | None
    direct_ore: int | None
    direct_difference_ore: int | None


def compare_costs(baseline: Baseline, fee_ore: int) -> CostComparison:
    """What joining saves or costs in a year, before the start-up cost."""
    cost_ore = baseline.yearly_cost_sek * 100
    difference = cost_ore - fee_ore
    direct = baseline.costs.direct_sek * 100 if baseline.costs else None
    if difference > 0:
        verdict = CostVerdict.SAVING
    else:
        verdict = CostVerdict.EXTRA_COST if difference < 0 else CostVerdict.EQUAL
    tenths = round_half_up(Fraction(1000 * difference, cost_ore)) if cost_ore else None
    return CostComparison(
        baseline_ore=cost_ore,
        fee_ore=fee_ore,
        difference_ore=difference,
        verdict=verdict,
        percent=None if tenths is None else Decimal(tenths).scaleb(-1),
        direct_ore=direct,
        direct_difference_ore=None if direct is None else direct - fee_ore,
    )


def volume_faults(
    volumes: Volumes,
    required: Mapping[str, Sequence[str]],
    optional: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """What keeps volumes from fitting the services of a case, a sentence each.

    Args:
        volumes: as the party gave them.
        required: per service of the case, the units that have to be given.
        optional: per service, the units that may be given.
    """
    faults = [
        f"{service} needs its yearly quantity in the unit {unit}."
        for service, units in required.items()
        for unit in units
        if unit not in volumes.get(service, {})
    ]
    for service, quantities in volumes.items():
        if service not in required:
            faults.append(f"{service} is not a service of this case.")
            continue
        known = {*required[service], *optional.get(service, ())}
        faults += [
            f"{service} is not counted in the unit {unit}."
            for unit in quantities
            if unit not in known
        ]
    return tuple(faults)
