"""What a party that joins late pays to those who were there before it (003@188803).

It is a settlement between parties, and neither a price nor a fee: what one pays the others
get, and no cost of the period changes. Whoever paid so has borne it, and whoever got it has not,
when the next one joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from services.billing.cost_sharing.facts import Party, SharingInput
from services.billing.cost_sharing.keys import share
from services.billing.cost_sharing.language import (
    LateJoining,
    LatePayment,
    PaidTo,
    key_of,
    window,
)
from services.billing.cost_sharing.numerals import months, part_of_sum
from services.billing.cost_sharing.problems import NOBODY_TO_SHARE
from services.billing.cost_sharing.results import Transfer, TransferKind
from services.billing.cost_sharing.standing import Indices, Readings, Standing
from services.billing.cost_sharing.stretches import asks_who_ordered, standings
from services.chassis.money import allocate, round_half_up
from services.chassis.problems import Problem

ONE_DAY = timedelta(days=1)
_PAID_IS_BORNE = 2
"""The edition of the rules since when payments of late parties count as what they bore."""


def late_payments(given: SharingInput, readings: Readings, indices: Indices) -> Iterator[Transfer]:
    """What those who join in the period pay, in order of day and party.

    Whoever is there when the arrangement begins is not late.
    """
    begins = min(version.effective_from for version in given.versions)
    late = [party for party in given.parties if begins < party.joins_on <= given.last_day]
    if not any(_joins_in(party, given) for party in late):
        return
    made: list[Transfer] = []
    paid_is_borne = given.edition >= _PAID_IS_BORNE
    for joiner in sorted(late, key=lambda each: (each.joins_on, each.key)):
        if not _joins_in(joiner, given) and not paid_is_borne:
            continue
        for rule, standing in _rules_for(joiner, given, readings, indices):
            try:
                payments = list(_payments(rule, joiner, standing, given, made))
            except Problem as problem:
                if _joins_in(joiner, given) or problem.type is not NOBODY_TO_SHARE:
                    raise
                # There was nobody whom an earlier joiner could have paid, so it did not.
                continue
            made += payments if paid_is_borne else ()
            if _joins_in(joiner, given):
                yield from payments


def _joins_in(party: Party, given: SharingInput) -> bool:
    return given.first_day <= party.joins_on <= given.last_day


def _rules_for(
    joiner: Party, given: SharingInput, readings: Readings, indices: Indices
) -> Iterator[tuple[LateJoining, Standing]]:
    """What held about late parties on the day that one joined, and how things stood."""
    for version in given.versions:
        begins, ends = window(version, given.versions)
        if begins <= joiner.joins_on <= ends:
            ordered = sorted(given.parties, key=lambda each: each.key)
            present = tuple(each for each in ordered if each.takes_part_on(joiner.joins_on))
            day = joiner.joins_on
            standing = Standing(version, day, day, present, readings, indices)
            yield from ((rule, standing) for rule in version.late_joining)


def _payments(
    rule: LateJoining,
    joiner: Party,
    standing: Standing,
    given: SharingInput,
    made: Sequence[Transfer],
) -> Iterator[Transfer]:
    earlier = [each.key for each in standing.parties if each.joins_on < joiner.joins_on]
    borne = _borne(rule, joiner.joins_on - ONE_DAY, standing, given)
    for payment in made:
        if payment.day < joiner.joins_on and set(payment.lines) <= set(rule.lines):
            borne[payment.payer] += payment.amount_ore
            borne[payment.receiver] -= payment.amount_ore
    whole, basis = _owed(rule, joiner, standing, given)
    if not whole:
        return
    weights = {
        party: Fraction(1) if rule.to is PaidTo.EQUALLY else max(borne[party], Fraction(0))
        for party in earlier
    }
    if not any(weights.values()):
        raise Problem(
            NOBODY_TO_SHARE,
            f"{joiner.key} joins on {joiner.joins_on} and owes the earlier parties for"
            f" {', '.join(rule.lines)}, and none of them is there or has borne any of it. Register"
            " what they bore, or let them divide it equally.",
            party=joiner.key,
        )
    parts = allocate(whole, list(weights.values()))
    for (party, weight), amount in zip(weights.items(), parts, strict=True):
        if amount:
            yield Transfer(
                kind=TransferKind.LATE_JOINING,
                payer=joiner.key,
                receiver=party,
                amount_ore=amount,
                lines=rule.lines,
                day=joiner.joins_on,
                whole_ore=whole,
                weight=weight / sum(weights.values(), Fraction(0)),
                basis=basis,
            )


def _owed(
    rule: LateJoining, joiner: Party, standing: Standing, given: SharingInput
) -> tuple[int, Fraction | None]:
    if rule.payment is LatePayment.AGREED or rule.by is None:
        return rule.amount_ore or 0, None
    left = sum(
        (
            _left(cost, joiner.joins_on, rule.months or 1)
            for cost in _earlier_costs(rule.lines, joiner.joins_on - ONE_DAY, given)
        ),
        Fraction(0),
    )
    if left <= 0:
        return 0, left
    step = share(rule.by, left, standing.keys, standing)
    return round_half_up(step.shares[joiner.key]), left


def _left(cost: _Cost, day: date, over: int) -> Fraction:
    """What is left of a cost on a day, written off evenly from its last day over months."""
    gone = months(cost.last + ONE_DAY, day - ONE_DAY)
    return cost.amount_ore * max(Fraction(0), 1 - gone / over)


@dataclass(frozen=True)
class _Cost:
    """What of a cost item falls on days before somebody joined; whole öre."""

    amount_ore: int
    first: date
    last: date
    ordered_by: frozenset[str] | None


def _earlier_costs(lines: Iterable[str], until: date, given: SharingInput) -> list[_Cost]:
    """Some lines' costs as far as they fall on days until then."""
    found: list[_Cost] = []
    for item in sorted(given.items, key=lambda each: (each.first_day, each.id)):
        counts_from, counts_to = given.stretch(item.basis)
        first, last = max(item.first_day, counts_from), min(item.last_day, counts_to, until)
        if item.line in lines and first <= last:
            amount = part_of_sum(item.amount_ore, item.cover, first, last)
            found.append(_Cost(amount, first, last, frozenset(item.ordered_by) or None))
    return found


def _borne(
    rule: LateJoining, until: date, standing: Standing, given: SharingInput
) -> defaultdict[str, Fraction]:
    """What each has borne of the lines' cost until then, by the keys that held."""
    borne: defaultdict[str, Fraction] = defaultdict(Fraction)
    if rule.to is PaidTo.EQUALLY:
        return borne
    for version in given.versions:
        begins, ends = window(version, given.versions)
        if begins > until:
            continue
        of = (version, begins, min(ends, until))
        for line in version.lines:
            key = key_of(line)
            if line.key not in rule.lines or key is None:
                continue
            costs = _earlier_costs([line.key], until, given)
            for stretch in standings(line, of, given, standing.readings, standing.indices):
                for ordered, amount in _by_order(costs, stretch, asks_who_ordered(key)).items():
                    if amount > 0:
                        here = replace(stretch, ordered_by=ordered)
                        step = share(key, amount, here.keys, here)
                        for party, part in step.shares.items():
                            borne[party] += part
    return borne


def _by_order(
    costs: Iterable[_Cost], stretch: Standing, asks: bool
) -> dict[frozenset[str] | None, Fraction]:
    """What of some costs falls on a stretch, by who ordered it where the key asks that."""
    found: dict[frozenset[str] | None, Fraction] = defaultdict(Fraction)
    for cost in costs:
        here = months(max(cost.first, stretch.first), min(cost.last, stretch.last))
        found[cost.ordered_by if asks else None] += (
            cost.amount_ore * here / months(cost.first, cost.last)
        )
    return found
