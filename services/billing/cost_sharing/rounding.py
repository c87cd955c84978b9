"""Whole öre from exact shares, so that every sum holds in both directions.

The rule, as the parties are told it: each item is shared exactly and rounded down; an öre that
is left over goes to the one furthest behind in the line so far, ties in the order of the
parties. So each share of an item is its exact share rounded down or up, the shares of an item
sum to it, and each party's sum over the line's items is its exact sum rounded down or up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from math import lcm

Predicate = Callable[[int], bool]

Vector = tuple[tuple[int, ...], int]
"""Exact shares: numerators, one for each party, over a common denominator."""


def whole_shares(exact: Sequence[Vector]) -> list[list[int]]:
    """The shares of each item in whole öre.

    Args:
        exact: for each item its exact shares in öre; each item's sum is a whole number, and
            all have one share for each party. The order of items and parties is theirs to
            state; the same order gives the same answer.

    Returns:
        For each item one whole number for each party.
    """
    if not exact:
        return []
    denominators = {vector[1] for vector in exact}
    common = lcm(*denominators)
    factor = {denominator: common // denominator for denominator in denominators}
    parties = range(len(exact[0][0]))
    behind = [0] * len(parties)
    shares: list[list[int]] = []
    up: list[set[int]] = []
    loose: list[set[int]] = []
    for numerators, denominator in exact:
        pairs = [divmod(numerator, denominator) for numerator in numerators]
        row = [pair[0] for pair in pairs]
        scale = factor[denominator]
        uneven = [party for party in parties if pairs[party][1]]
        for party in uneven:
            behind[party] += pairs[party][1] * scale
        left_over = sum(pairs[party][1] for party in uneven) // denominator
        first = sorted(uneven, key=lambda party: (-behind[party], party))[:left_over]
        for party in first:
            row[party] += 1
            behind[party] -= common
        shares.append(row)
        up.append(set(first))
        loose.append(set(uneven))
    _even_out(shares, up, loose, behind, common)
    return shares


def _even_out(
    shares: list[list[int]],
    up: list[set[int]],
    loose: list[set[int]],
    behind: list[int],
    common: int,
) -> None:
    """Move öre within items until no party's line is a whole öre or more off.

    That it can be done is the integrality of the transportation problem; a shortest chain of
    moves from a party that is off to one with room is looked for each time.
    """
    while True:
        ahead = next((party for party, left in enumerate(behind) if left <= -common), None)
        if ahead is not None:
            chain = _chain(ahead, lambda party: behind[party] > 0, up, loose, giving=True)
        else:
            late = next((party for party, left in enumerate(behind) if left >= common), None)
            if late is None:
                return
            chain = _chain(late, lambda party: behind[party] < 0, up, loose, giving=False)
        for giver, taker, item in chain:
            shares[item][giver] -= 1
            shares[item][taker] += 1
            up[item].remove(giver)
            up[item].add(taker)
            behind[giver] += common
            behind[taker] -= common


def _chain(
    start: int,
    has_room: Predicate,
    up: list[set[int]],
    loose: list[set[int]],
    *,
    giving: bool,
) -> list[tuple[int, int, int]]:
    """Moves (giver, taker, item) from a party along items to one with room; the shortest."""
    came: dict[int, tuple[int, int]] = {start: (start, -1)}
    waiting = deque([start])
    while waiting:
        party = waiting.popleft()
        for item, rounded_up in enumerate(up):
            down = loose[item] - rounded_up
            if party not in (rounded_up if giving else down):
                continue
            for other in sorted(down if giving else rounded_up):
                if other in came:
                    continue
                came[other] = (party, item)
                if has_room(other):
                    return _moves(start, other, came, giving=giving)
                waiting.append(other)
    raise AssertionError("exact shares of whole items can always be rounded in both directions")


def _moves(
    start: int, end: int, came: dict[int, tuple[int, int]], *, giving: bool
) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    while end != start:
        before, item = came[end]
        found.append((before, end, item) if giving else (end, before, item))
        end = before
    return found
