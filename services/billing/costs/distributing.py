"""Overheads handed on, and where every öre of a month's cost goes. Exact until whole öre.

Each pool's cost keeps the name of the pool it arose in (its *origin*), however often it is
handed on, so that start-up, passed-on and inherited cost stay apart from the ordinary.

Rounding is that of cost sharing: each origin's cost is shared exactly and rounded down, and an
öre left over goes to the pool furthest behind in the step so far, ties in the order of the
pools' keys. Uses are rounded likewise, ties in the order in which the parts are written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush
from math import lcm

from services.billing.cost_sharing.facts import Basis, CostItem, Party, SharingInput
from services.billing.cost_sharing.language import Actual, Driver, Line, Version
from services.billing.cost_sharing.numerals import portion
from services.billing.cost_sharing.results import LineResult, Sharing
from services.billing.cost_sharing.rounding import whole_shares
from services.billing.cost_sharing.sharing import share_costs
from services.billing.costs.language import (
    Carried,
    DistributionInput,
    OverheadStep,
    Pool,
    PoolUse,
    ToArrangement,
    ToFees,
)
from services.billing.costs.problems import COST_POOL_CYCLE
from services.billing.months import Month
from services.chassis.money import allocate
from services.chassis.problems import Problem

_ALWAYS = date(1900, 1, 1)
UNALLOCATED = "unallocated"


@dataclass(frozen=True)
class Handed:
    """What a step handed on: the cost of one origin from a pool to another."""

    pool: str
    origin: str
    to: str
    amount_ore: int


@dataclass(frozen=True)
class Used:
    """Where cost of an origin went that ended in a pool.

    ``use`` is ``fees``, ``arrangement``, ``carry`` or ``unallocated``; ``to_pool`` and
    ``to_period`` are where carried cost comes back.
    """

    pool: str
    origin: str
    use: str
    amount_ore: int
    arrangement: str | None = None
    line: str | None = None
    to_pool: str | None = None
    to_period: str | None = None


@dataclass(frozen=True)
class Distribution:
    """A month's cost from pools to its ends; ``sharings`` are the steps in their order."""

    given: DistributionInput
    handed: tuple[Handed, ...]
    used: tuple[Used, ...]
    sharings: Mapping[str, Sharing]

    def line_of(self, pool: str) -> LineResult:
        """How an overhead pool's cost was shared."""
        return self.sharings[pool].lines[0]


def in_order(steps: Sequence[OverheadStep]) -> tuple[OverheadStep, ...]:
    """Steps so that each pool has got all it is handed before it hands on; ties by key.

    Raises:
        Problem: ``cost_pool_cycle``, with the pools of a cycle in ``cycle``.
    """
    waiting = {step.pool: step for step in steps}
    givers = Counter(to for step in steps for to in set(step.to))
    ready = sorted(pool for pool in waiting if not givers[pool])
    ordered: list[OverheadStep] = []
    while ready:
        step = waiting.pop(heappop(ready))
        ordered.append(step)
        for to in set(step.to):
            givers[to] -= 1
            if not givers[to] and to in waiting:
                heappush(ready, to)
    if waiting:
        raise _cycle(waiting)
    return tuple(ordered)


def _cycle(waiting: Mapping[str, OverheadStep]) -> Problem:
    """The cycle that is met by going back from receivers to givers, all of them waiting."""
    givers = {to: pool for pool, step in sorted(waiting.items(), reverse=True) for to in step.to}
    pool = min(waiting)
    seen: list[str] = []
    while pool not in seen:
        seen.append(pool)
        pool = givers[pool]
    cycle = [*reversed(seen[seen.index(pool) :])]
    start = cycle.index(min(cycle))
    cycle = [*cycle[start:], *cycle[:start], cycle[start]]
    return Problem(
        COST_POOL_CYCLE,
        f"Overheads would go round: {' to '.join(cycle)}. Nothing was registered; take one of"
        " the steps out, or let it give to other pools.",
        cycle=cycle,
    )


def distribute(given: DistributionInput) -> Distribution:
    """Hand overheads on, and say where every öre ends.

    The sum of ``used`` is the sum of the costs given, by pool, by origin and in all.

    Raises:
        Problem: ``cost_pool_cycle``, and as ``cost_sharing.sharing.share_costs`` says:
            ``driver_without_data``, ``sums_not_whole``, ``limits_cannot_hold``,
            ``index_value_missing``.
    """
    held: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cost in given.costs:
        held[cost.pool][cost.origin] += cost.amount_ore
    pools = {pool.key: pool for pool in given.pools}
    handed: list[Handed] = []
    sharings: dict[str, Sharing] = {}
    for step in in_order(given.plan.steps):
        costs = {origin: ore for origin, ore in sorted(held[step.pool].items()) if ore}
        if not costs:
            continue
        sharing = share_costs(_sharing_of(given, step, pools, costs))
        sharings[step.pool] = sharing
        del held[step.pool]
        for item in sharing.lines[0].items:
            for to, ore in sorted(item.shares.items()):
                handed.append(Handed(step.pool, item.name, to, ore))
                held[to][item.name] += ore
    uses = {use.pool: use for use in given.plan.uses}
    used: list[Used] = []
    for pool, costs in sorted(held.items()):
        left = {origin: ore for origin, ore in sorted(costs.items()) if ore}
        use = uses.get(pool)
        if use is None:
            used += [Used(pool, origin, UNALLOCATED, ore) for origin, ore in left.items()]
        else:
            used += _use(use, left, Month.parse(given.period))
    return Distribution(given, tuple(handed), tuple(used), sharings)


def version_of(step: OverheadStep, drivers: Sequence[Driver], name: str = "-") -> Version:
    """A step as a version of an arrangement: one line, its pools the parties."""
    return Version.model_validate(
        {
            "effective_from": _ALWAYS,
            "drivers": drivers,
            "lines": [
                Line(
                    key=step.pool,
                    name=name,
                    name_sv=name,
                    charge=Actual.model_validate({"kind": "actual", "by": step.by.model_dump()}),
                )
            ],
        }
    )


def _sharing_of(
    given: DistributionInput,
    step: OverheadStep,
    pools: Mapping[str, Pool],
    costs: Mapping[str, int],
) -> SharingInput:
    month = Month.parse(given.period)
    names = pools[step.pool]
    return SharingInput(
        arrangement=step.pool,
        name=names.name,
        name_sv=names.name_sv,
        first_day=month.first_day,
        last_day=month.last_day,
        actual_through=month.last_day if given.basis is Basis.ACTUAL else None,
        versions=(version_of(step, given.plan.drivers, names.name),),
        parties=tuple(
            Party(key=pool, name=pools[pool].name, joins_on=_ALWAYS)
            for pool in sorted(set(step.to))
        ),
        # Not validated: an item is bounded where it is registered, and this is a sum of them.
        items=tuple(
            CostItem.model_construct(
                id=origin,
                line=step.pool,
                name=origin,
                first_day=month.first_day,
                last_day=month.last_day,
                amount_ore=ore,
                basis=given.basis,
            )
            for origin, ore in costs.items()
        ),
        readings=tuple(each for each in given.readings if each.party in step.to),
        index_values=given.index_values,
    )


def _use(use: PoolUse, costs: Mapping[str, int], month: Month) -> list[Used]:
    portions = [portion(part.portion) for part in use.parts]
    whole = lcm(*(each.denominator for each in portions))
    numerators = [each.numerator * (whole // each.denominator) for each in portions]
    rows = whole_shares(
        [(tuple(ore * each for each in numerators), whole) for ore in costs.values()]
    )
    found: list[Used] = []
    for origin, row in zip(costs, rows, strict=True):
        for part, ore in zip(use.parts, row, strict=True):
            match part.to:
                case ToFees():
                    found.append(Used(use.pool, origin, "fees", ore))
                case ToArrangement(arrangement=arrangement, line=line):
                    found.append(Used(use.pool, origin, "arrangement", ore, arrangement, line))
                case Carried(over_months=months, to_pool=to_pool):
                    found += [
                        Used(
                            use.pool,
                            origin,
                            "carry",
                            part_of,
                            to_pool=to_pool or use.pool,
                            to_period=str(month.plus(number)),
                        )
                        for number, part_of in enumerate(allocate(ore, [1] * months), start=1)
                    ]
    return [each for each in found if each.amount_ore]
