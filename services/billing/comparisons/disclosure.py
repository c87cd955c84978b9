"""What can be worked out from several published statistics together. Pure.

A mean and the number of figures are their sum. Where two comparisons of the same year are about
nearly the same customers, one sum less the other is about those few alone. So a statistic is held
back when sums that are published, added and subtracted, would come to something about fewer
figures than statistics take; figures are taken for equal in all comparisons of one question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import combinations

Members = frozenset[str]
"""Of whom statistics are about."""

_Rows = list[list[Fraction]]

MOST_SMALL_PARTS = 20
"""More small parts than these are not looked through: then nothing more is shown."""


def may_show(
    candidates: Sequence[Members], published: Collection[Members], least: int
) -> list[bool]:
    """Which statistics may be shown beside what is published, and beside those before them.

    One of the same customers as before tells nothing new and is always shown.

    Args:
        candidates: of whom each statistic is, those that matter most first.
        published: of whom statistics are known already.
        least: how many figures statistics take.
    """
    known = list(published)
    told = []
    for each in candidates:
        together = [*known, each]
        allowed = _rank(_sums(together)) == _rank(_sums(known)) or not tells_of_few(together, least)
        told.append(allowed)
        if allowed:
            known = together
    return told


def tells_of_few(published: Sequence[Members], least: int) -> bool:
    """Whether sums over some sets, added and subtracted, are about fewer than ``least`` figures."""
    parts = sorted(_parts(published).items(), key=lambda part: (part[1] < least, part[0]))
    first_small = sum(size >= least for _, size in parts)
    rows = [[Fraction(number in of) for of, _ in parts] for number in range(len(published))]
    # Of all that can be reckoned, what no large part is in.
    few = [row[first_small:] for row in _reduced(rows) if not any(row[:first_small])]
    if not few:
        return False
    sizes = [size for _, size in parts[first_small:]]
    if len(sizes) > MOST_SMALL_PARTS:
        return True
    return any(
        _rank([[row[at] for at in range(len(sizes)) if at not in some] for row in few]) < len(few)
        for some in _unions(sizes, least)
    )


def _parts(published: Sequence[Members]) -> Counter[tuple[int, ...]]:
    """How many customers are in exactly the same sets, by the numbers of those sets."""
    members = frozenset[str]().union(*published)
    return Counter(
        tuple(number for number, of in enumerate(published) if each in of) for each in members
    )


def _unions(sizes: Sequence[int], least: int) -> Iterator[frozenset[int]]:
    """Places of parts that are fewer than so many customers together."""
    for number in range(1, least):
        for some in combinations(range(len(sizes)), number):
            if sum(sizes[at] for at in some) < least:
                yield frozenset(some)


def _sums(published: Sequence[Members]) -> _Rows:
    parts = list(_parts(published))
    return [[Fraction(number in of) for of in parts] for number in range(len(published))]


def _rank(rows: _Rows) -> int:
    return len(_reduced(rows))


def _reduced(rows: _Rows) -> _Rows:
    """Rows that span the same, each with its first number where the others have none."""
    left = [list(row) for row in rows]
    found: _Rows = []
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left = [_less(row, pivot, column) for row in left]
        found = [*(_less(row, pivot, column) for row in found), pivot]
    return found


def _less(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    times = row[column] / pivot[column]
    return [one - times * other for one, other in zip(row, pivot, strict=True)] if times else row
