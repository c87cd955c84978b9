"""How a pool's cost of a month came about and where it went: a tree, in English and Swedish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from services.billing.cost_sharing.amounts import part, sek
from services.billing.cost_sharing.results import LineResult, SharedItem
from services.billing.cost_sharing.telling_keys import Names, Node, tell
from services.billing.costs.distributing import Distribution, Used
from services.billing.costs.language import Pool

_USES = {
    "fees": ("is covered by fees", "täcks av avgifter"),
    "arrangement": ("goes to the arrangement", "går till överenskommelsen"),
    "carry": ("is carried to", "förs till"),
    "unallocated": ("is unallocated", "är ofördelat"),
}


def explain(found: Distribution, pool: str) -> Node:
    """All that a pool has of the month, what it rests on, and where it goes.

    Its own and what was brought forward, then what each step handed it (the key with its
    drivers, the costs shared, öre rounded), then what it handed on, or the uses of it.
    """
    return _Teller(found, pool).tree()


class _Teller:
    def __init__(self, found: Distribution, pool: str) -> None:
        self._found = found
        self._pool = pool
        self._pools: dict[str, Pool] = {each.key: each for each in found.given.pools}
        self._names = Names(
            {key: each.name for key, each in self._pools.items()},
            {key: each.name_sv for key, each in self._pools.items()},
        )

    def tree(self) -> Node:
        """The whole explanation."""
        came = [*self._own(), *self._received()]
        whole = sum(each.amount_ore or 0 for each in came)
        period = self._found.given.period
        return Node(
            "pool",
            f"{self._en(self._pool)} has {sek(whole, 'en')} of {period}.",
            f"{self._sv(self._pool)} har {sek(whole, 'sv')} för {period}.",
            whole,
            (*came, *self._handed_on(), *self._used()),
        )

    def _en(self, key: str) -> str:
        return self._names.en(key)

    def _sv(self, key: str) -> str:
        return self._names.sv(key)

    def _own(self) -> Iterator[Node]:
        for cost in self._found.given.costs:
            if cost.pool != self._pool:
                continue
            ore = cost.amount_ore
            if cost.is_brought_forward:
                yield Node(
                    "brought_forward",
                    f"{sek(ore, 'en')} of {self._en(cost.origin)} was carried here by earlier"
                    " months.",
                    f"{sek(ore, 'sv')} av {self._sv(cost.origin)} har förts hit från tidigare"
                    " månader.",
                    ore,
                    (),
                    cost.origin,
                )
            else:
                entries = "1 entry" if cost.entries == 1 else f"{cost.entries} entries"
                poster = "1 post" if cost.entries == 1 else f"{cost.entries} poster"
                yield Node(
                    "own_cost",
                    f"Its own cost is {sek(ore, 'en')}, the sum of {entries}.",
                    f"Den egna kostnaden är {sek(ore, 'sv')}, summan av {poster}.",
                    ore,
                    (),
                    cost.origin,
                )

    def _received(self) -> Iterator[Node]:
        for giver in self._found.sharings:
            line = self._found.line_of(giver)
            ore = line.charged.get(self._pool, 0)
            items = [item for item in line.items if item.exact(self._pool)]
            if not items:
                continue
            keys = [
                tell(key.step, self._pool, key.standing, self._names)
                for key in line.keys
                if key.ratio(self._pool)
            ]
            yield Node(
                "received",
                f"{self._en(giver)} hands on {sek(line.cost_ore, 'en')}, of it"
                f" {sek(ore, 'en')} here.",
                f"{self._sv(giver)} fördelar {sek(line.cost_ore, 'sv')}, varav {sek(ore, 'sv')}"
                " hit.",
                ore,
                (*keys, *(self._item(line, item) for item in items)),
                giver,
            )

    def _item(self, line: LineResult, item: SharedItem) -> Node:
        ratio = line.keys[0].ratio(self._pool)
        exact, ore = item.exact(self._pool), item.shares.get(self._pool, 0)
        rounded = ("", "") if exact == ore else (", rounded to ", ", avrundat till ")
        english = f"{rounded[0]}{sek(ore, 'en')}" if rounded[0] else ""
        swedish = f"{rounded[1]}{sek(ore, 'sv')}" if rounded[1] else ""
        return Node(
            "cost",
            f"Cost of {self._en(item.name)}: {sek(item.amount_ore, 'en')} × {part(ratio, 'en')} ="
            f" {sek(exact, 'en')}{english}.",
            f"Kostnad för {self._sv(item.name)}: {sek(item.amount_ore, 'sv')} ×"
            f" {part(ratio, 'sv')} = {sek(exact, 'sv')}{swedish}.",
            ore,
            (),
            item.name,
        )

    def _handed_on(self) -> Iterator[Node]:
        sums: dict[str, int] = defaultdict(int)
        for handed in self._found.handed:
            if handed.pool == self._pool:
                sums[handed.to] += handed.amount_ore
        for to, ore in sorted(sums.items()):
            yield Node(
                "handed_on",
                f"{sek(ore, 'en')} goes on to {self._en(to)}.",
                f"{sek(ore, 'sv')} går vidare till {self._sv(to)}.",
                -ore,
                (),
                to,
            )

    def _used(self) -> Iterator[Node]:
        for used in self._found.used:
            if used.pool == self._pool:
                english, swedish = _USES[used.use]
                where, dit = self._where(used)
                yield Node(
                    used.use,
                    f"{sek(used.amount_ore, 'en')} of {self._en(used.origin)} {english}{where}.",
                    f"{sek(used.amount_ore, 'sv')} av {self._sv(used.origin)} {swedish}{dit}.",
                    -used.amount_ore,
                    (),
                    used.origin,
                )

    def _where(self, used: Used) -> tuple[str, str]:
        if used.arrangement is not None:
            return (f" {used.arrangement}, line {used.line}", f" {used.arrangement}, {used.line}")
        if used.to_pool is not None:
            return (
                f" {self._en(used.to_pool)} in {used.to_period}",
                f" {self._sv(used.to_pool)} i {used.to_period}",
            )
        return "", ""
