"""Sharing the costs of a period: the engine. Exact throughout; whole öre at the very end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import lcm

from services.billing.cost_sharing.amounts import part, sek
from services.billing.cost_sharing.facts import CostItem, SharingInput
from services.billing.cost_sharing.joining import late_payments
from services.billing.cost_sharing.key_language import Key
from services.billing.cost_sharing.keys import is_proportional, share
from services.billing.cost_sharing.language import Agreed, Appropriation, Line, Prices
from services.billing.cost_sharing.numerals import months, part_of_sum, year_of
from services.billing.cost_sharing.pricing import priced
from services.billing.cost_sharing.problems import LIMITS_CANNOT_HOLD, UNKNOWN_REFERENCE
from services.billing.cost_sharing.results import (
    KeyAtWork,
    LineResult,
    Piece,
    PricedPart,
    SharedItem,
    Sharing,
)
from services.billing.cost_sharing.rounding import Vector, whole_shares
from services.billing.cost_sharing.settling import settle, work_done
from services.billing.cost_sharing.standing import Indices, Readings, Standing
from services.billing.cost_sharing.stretches import (
    Window,
    asks_who_ordered,
    cut,
    standings,
    windows,
    years_between,
)
from services.chassis.money import round_half_up
from services.chassis.problems import Problem

Ordered = frozenset[str] | None


@dataclass(frozen=True)
class _Due:
    """What of an item, or of an agreed sum, falls on some days; whole öre."""

    item_id: str | None
    name: str
    name_sv: str
    first: date
    last: date
    amount_ore: int
    ordered_by: Ordered


def share_costs(given: SharingInput) -> Sharing:
    """Share the costs of a period.

    Raises:
        Problem: no version holds on a day, an item is for a line that the version does not
            have, a surplus is to be settled without costs, or as ``keys.share`` and
            ``pricing.priced`` say. The same input always gives the same answer, in whatever
            order its facts stand.
    """
    periods = windows(given)
    readings, indices = Readings(given), Indices(given)
    in_period = _in_period(given, periods)
    lines: dict[str, Line] = {}
    for version, _, _ in periods:
        # The last version says how a line is settled and invoiced.
        lines |= {line.key: line for line in version.lines}
    results = tuple(
        _line(line, periods, in_period, given, readings, indices) for line in lines.values()
    )
    transfers = [each for result in results for each in work_done(result, given)]
    return Sharing(given, results, (*late_payments(given, readings, indices), *transfers))


def _in_period(
    given: SharingInput, periods: tuple[Window, ...]
) -> dict[tuple[str, date], list[_Due]]:
    """The cost items that fall on the period, by line and first day of a version's window."""
    found: dict[tuple[str, date], list[_Due]] = defaultdict(list)
    for item in sorted(given.items, key=lambda each: (each.first_day, each.id)):
        counts_from, counts_to = given.stretch(item.basis)
        for version, begins, ends in periods:
            first = max(begins, item.first_day, counts_from)
            last = min(ends, item.last_day, counts_to)
            if first > last:
                continue
            if version.line(item.line) is None:
                raise Problem(
                    UNKNOWN_REFERENCE,
                    f"The cost item {item.id} is for the line {item.line}, which the version that"
                    f" holds from {version.effective_from} does not have. Register a version with"
                    " the line, or take the item back.",
                    unknown=[item.line],
                    item=item.id,
                )
            found[item.line, begins].append(_due(item, first, last))
    return found


def _due(item: CostItem, first: date, last: date) -> _Due:
    return _Due(
        item_id=item.id,
        name=item.name,
        name_sv=item.name_sv or item.name,
        first=first,
        last=last,
        amount_ore=part_of_sum(item.amount_ore, item.cover, first, last),
        ordered_by=frozenset(item.ordered_by) or None,
    )


def _line(
    line: Line,
    periods: tuple[Window, ...],
    in_period: dict[tuple[str, date], list[_Due]],
    given: SharingInput,
    readings: Readings,
    indices: Indices,
) -> LineResult:
    shared: list[SharedItem] = []
    keys: list[KeyAtWork] = []
    parts: list[PricedPart] = []
    followed_only: set[int] = set()
    cost = 0
    for of in periods:
        version, begins, _ = of
        here = version.line(line.key)
        if here is None:
            continue
        costs = in_period.get((line.key, begins), [])
        cost += sum(each.amount_ore for each in costs)
        if isinstance(here.charge, Prices):
            parts.extend(priced(here.charge, of, given, readings, indices))
            continue
        if isinstance(here.charge, Agreed):
            dues = list(_agreed(here, here.charge, of, indices))
        else:
            dues = costs
        stretches = standings(here, of, given, readings, indices)
        items = _pieces(here.charge.by, dues, stretches, keys)
        if isinstance(here.charge, Appropriation):
            followed_only.update(range(len(shared), len(shared) + len(items)))
        shared.extend(items)
    everybody = tuple(sorted(party.key for party in given.parties))
    shared = _rounded(shared, everybody)
    charged: dict[str, int] = defaultdict(int)
    followed: dict[str, int] = defaultdict(int)
    for number, item in enumerate(shared):
        target = followed if number in followed_only else charged
        for party, ore in item.shares.items():
            target[party] += ore
    for each in parts:
        charged[each.party] += each.amount_ore
    return settle(
        LineResult(
            line=line,
            cost_ore=cost,
            items=tuple(shared),
            keys=tuple(keys),
            priced=tuple(parts),
            charged=dict(charged),
            followed=dict(followed),
            returned={},
            by_appropriation_ore=sum(followed.values()),
            brought_forward_ore=given.brought_forward.get(line.key, 0),
            carried_ore=0,
            unallocated_ore=0,
        ),
        given,
    )


def _agreed(line: Line, charge: Agreed, of: Window, indices: Indices) -> Iterator[_Due]:
    """The agreed sum of each calendar year, as far as it falls on the version's days."""
    _, begins, ends = of
    for first, last in cut(begins, ends, years_between(begins, ends)):
        ratio = indices.ratio(charge.indexed, first.year)
        sum_of_year = round_half_up(charge.amount_ore * ratio)
        raised = ("", "")
        if charge.indexed is not None:
            index = f"{charge.indexed.index.upper()} {first.year}/{charge.indexed.base_year}"
            raised = (
                f" ({sek(charge.amount_ore, 'en')} × {index}, {part(ratio, 'en')})",
                f" ({sek(charge.amount_ore, 'sv')} × {index}, {part(ratio, 'sv')})",
            )
        yield _Due(
            item_id=None,
            name=f"{line.name}, agreed for {first.year}{raised[0]}",
            name_sv=f"{line.name_sv}, överenskommet för {first.year}{raised[1]}",
            first=first,
            last=last,
            amount_ore=part_of_sum(sum_of_year, year_of(first), first, last),
            ordered_by=None,
        )


def _pieces(
    key: Key, dues: Sequence[_Due], stretches: Sequence[Standing], keys: list[KeyAtWork]
) -> list[SharedItem]:
    """Each item cut where the key changes, and the key at work on all of it together."""
    asks = asks_who_ordered(key)
    amounts: dict[tuple[int, Ordered], Fraction] = defaultdict(Fraction)
    cuts: list[list[tuple[int, Fraction]]] = []
    for due in dues:
        whole = months(due.first, due.last)
        pieces: list[tuple[int, Fraction]] = []
        for number, stretch in enumerate(stretches):
            first, last = max(due.first, stretch.first), min(due.last, stretch.last)
            if first > last:
                continue
            amount = Fraction(due.amount_ore)
            if (first, last) != (due.first, due.last):
                amount *= months(first, last) / whole
            pieces.append((number, amount))
            amounts[number, due.ordered_by if asks else None] += amount
        cuts.append(pieces)
    at_work: dict[tuple[int, Ordered], KeyAtWork] = {}
    for (number, ordered), amount in amounts.items():
        standing = replace(stretches[number], ordered_by=ordered)
        step = share(key, _amount_for(key, amount, standing), standing.keys, standing)
        at_work[number, ordered] = KeyAtWork(len(keys) + 1, standing, step)
        keys.append(at_work[number, ordered])
    return [
        SharedItem(
            item_id=due.item_id,
            name=due.name,
            name_sv=due.name_sv,
            first=due.first,
            last=due.last,
            amount_ore=due.amount_ore,
            pieces=tuple(
                Piece(at_work[number, due.ordered_by if asks else None], amount)
                for number, amount in pieces
            ),
            shares={},
        )
        for due, pieces in zip(dues, cuts, strict=True)
    ]


def _amount_for(key: Key, amount: Fraction, standing: Standing) -> Fraction:
    """What a key is asked to share: the sum of its items, or one krona where that says as much.

    Items can sum to nought or less when some of them take back others.
    """
    if amount > 0:
        return amount
    if is_proportional(key):
        return Fraction(100)
    raise Problem(
        LIMITS_CANNOT_HOLD,
        f"From {standing.first} to {standing.last} the cost items come to nought or less, and"
        " fixed sums, floors or caps say nothing of that. Register the costs of the period first.",
        cost_ore=str(amount),
    )


def _rounded(items: Sequence[SharedItem], everybody: tuple[str, ...]) -> list[SharedItem]:
    ratios: dict[int, Vector] = {}

    def ratio(key: KeyAtWork) -> Vector:
        if id(key) not in ratios:
            exact = [key.ratio(party) for party in everybody]
            whole = lcm(*(each.denominator for each in exact))
            numerators = tuple(each.numerator * (whole // each.denominator) for each in exact)
            ratios[id(key)] = (numerators, whole)
        return ratios[id(key)]

    def vector(item: SharedItem) -> Vector:
        parts = [(piece.amount, *ratio(piece.key)) for piece in item.pieces]
        common = lcm(*(amount.denominator * whole for amount, _, whole in parts))
        factors = [
            amount.numerator * (common // (amount.denominator * whole))
            for amount, _, whole in parts
        ]
        if len(parts) == 1:
            return tuple(factors[0] * each for each in parts[0][1]), common
        sums = (
            sum(factor * each for factor, each in zip(factors, of_party, strict=True))
            for of_party in zip(*(numerators for _, numerators, _ in parts), strict=True)
        )
        return tuple(sums), common

    rows = whole_shares([vector(item) for item in items])
    return [
        replace(item, shares={party: ore for party, ore in zip(everybody, row, strict=True) if ore})
        for item, row in zip(items, rows, strict=True)
    ]
