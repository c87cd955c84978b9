"""Whom a key shares among, parties or groups, and that it names those and nobody else.

A key that named a group where parties share (or a party between groups) would pass over it in
silence: a cap would not hold, a fixed sum would not be paid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.billing.cost_sharing import key_language as written
from services.billing.cost_sharing.problems import KEYS_DO_NOT_GO_TOGETHER, UNKNOWN_REFERENCE
from services.chassis.problems import Problem


def check(where: str, key: written.Key | None, parties: Collection[str]) -> None:
    """Refuse a key that names whom it does not share among.

    Args:
        where: the line that it is of, for the refusal.
        key: the key of a line; None where there is none.
        parties: the keys of the arrangement's parties.

    Raises:
        Problem: ``unknown_reference``, or ``keys_do_not_go_together`` where a key between
            groups asks for what only parties have.
    """
    if key is not None:
        _check(where, key, parties, parties)


def _check(where: str, key: written.Key, among: Collection[str], parties: Collection[str]) -> None:
    between = among is not parties
    strangers = sorted(_named(key, between=between) - set(among))
    if strangers:
        if between:
            raise _stranger(where, key, "groups", strangers, "one of these groups")
        raise _stranger(where, key, "parties", strangers, "a party, or share by_group first")
    if between and isinstance(key, written.ByGroup | written.OnlyThoseWhoOrdered):
        raise Problem(
            KEYS_DO_NOT_GO_TOGETHER,
            f"In {where} a key between groups is {key.kind}, which only parties can be shared by."
            " Choose another key between the groups.",
            line=where,
        )
    if isinstance(key, written.ByGroup):
        outside = sorted({each.group for each in key.exceptions} - set(key.groups))
        if outside:
            raise _stranger(where, key, "groups", outside, "one of these groups")
        _check(where, key.between, key.groups, parties)
    for inner in _inside(key):
        _check(where, inner, among, parties)


def _inside(key: written.Key) -> Sequence[written.Key]:
    """The keys in a key that share among the same; within groups that is among parties."""
    match key:
        case written.FixedSums():
            return () if key.rest is None else (key.rest,)
        case written.FormerBudget():
            return (key.then,)
        case written.Among() | written.OnlyThoseWhoOrdered() | written.Limited():
            return (key.by,)
        case written.Mix():
            return [part.by for part in key.parts]
        case written.ByGroup():
            return [key.within, *(each.by for each in key.exceptions)]
        case _:
            return ()


def _stranger(where: str, key: written.Key, among: str, names: list[str], instead: str) -> Problem:
    return Problem(
        UNKNOWN_REFERENCE,
        f"The key {key.kind} of {where} shares among {among} and names {', '.join(names)}, which"
        f" it would pass over. Name {instead}.",
        line=where,
        unknown=names,
    )


def _named(key: written.Key, *, between: bool) -> set[str]:
    """Whom a key itself gives something of its own."""
    match key:
        case written.Portions():
            return {each.of for each in key.portions}
        case written.FixedSums():
            return {each.of for each in key.sums}
        case written.FormerBudget():
            return {each.of for each in key.budgets}
        case written.Limited():
            return {each.of for each in key.limits if each.of is not None}
        case written.Among() if between:
            return set(key.members)
        case _:
            return set()
