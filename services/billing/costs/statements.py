"""The statement of a month: where every öre of its cost is.

Pure. It stands on the costs as they are registered now. What a distribution sent on is as
it was booked; what has come since, or was never distributed, is shown as unallocated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from services.billing.costs.distributing import UNALLOCATED, Distribution
from services.billing.costs.language import Pool, PoolCost, PoolKind

_COLUMN_OF_USE = {
    "fees": "to_fees_ore",
    "arrangement": "to_arrangements_ore",
    "carry": "carried_ore",
    UNALLOCATED: "unallocated_ore",
}


@dataclass(frozen=True)
class Account:
    """Cost and where it is, in öre; both sides are always the same.

    ``cost + brought_forward + received - handed_on
    = to_fees + to_arrangements + carried + unallocated``.

    ``since_ore`` is the part of ``unallocated_ore`` that came after the distribution.
    """

    cost_ore: int = 0
    brought_forward_ore: int = 0
    received_ore: int = 0
    handed_on_ore: int = 0
    to_fees_ore: int = 0
    to_arrangements_ore: int = 0
    carried_ore: int = 0
    unallocated_ore: int = 0
    since_ore: int = 0

    @property
    def difference_ore(self) -> int:
        """What is lost or there twice; nought."""
        came = self.cost_ore + self.brought_forward_ore + self.received_ore - self.handed_on_ore
        gone = self.to_fees_ore + self.to_arrangements_ore + self.carried_ore
        return came - gone - self.unallocated_ore


@dataclass(frozen=True)
class Statement:
    """A month's accounts by pool, by kind of origin, and in all."""

    pools: Mapping[str, Account]
    kinds: Mapping[PoolKind, Account]
    total: Account


def statement(
    now: Sequence[PoolCost], booked: Distribution | None, pools: Mapping[str, Pool]
) -> Statement:
    """What became of a month's cost.

    Args:
        now: costs and what was brought forward, as they are.
        booked: the month's distribution that stands, if any.
        pools: all pools by key.
    """
    by_pool: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_kind: dict[PoolKind, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    whole: dict[str, int] = defaultdict(int)

    def add(pool: str, origin: str, column: str, ore: int) -> None:
        by_pool[pool][column] += ore
        by_kind[pools[origin].kind][column] += ore
        whole[column] += ore

    for cost in now:
        column = "brought_forward_ore" if cost.is_brought_forward else "cost_ore"
        add(cost.pool, cost.origin, column, cost.amount_ore)
    if booked is not None:
        for used in booked.used:
            add(used.pool, used.origin, _COLUMN_OF_USE[used.use], used.amount_ore)
        for handed in booked.handed:
            # Within a kind and in all, what one hands on another receives.
            by_pool[handed.pool]["handed_on_ore"] += handed.amount_ore
            by_pool[handed.to]["received_ore"] += handed.amount_ore
    known = booked.given.costs if booked is not None else ()
    for (pool, origin), ore in _difference(now, known).items():
        add(pool, origin, "unallocated_ore", ore)
        if booked is not None:
            add(pool, origin, "since_ore", ore)
    return Statement(
        {pool: _account(columns) for pool, columns in sorted(by_pool.items())},
        {kind: _account(columns) for kind, columns in sorted(by_kind.items())},
        _account(whole),
    )


def _difference(
    now: Iterable[PoolCost], known: Iterable[PoolCost]
) -> Mapping[tuple[str, str], int]:
    off: dict[tuple[str, str], int] = defaultdict(int)
    for cost in now:
        off[cost.pool, cost.origin] += cost.amount_ore
    for cost in known:
        off[cost.pool, cost.origin] -= cost.amount_ore
    return {place: ore for place, ore in off.items() if ore}


def _account(columns: Mapping[str, int]) -> Account:
    return Account(**{field.name: columns.get(field.name, 0) for field in fields(Account)})
