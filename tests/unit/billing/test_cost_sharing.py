"""The engine of cost sharing against what it promises, and against an obvious slow one."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.cost_sharing.correcting import owed
from services.billing.cost_sharing.explaining import Node, explain
from services.billing.cost_sharing.export import as_csv
from services.billing.cost_sharing.facts import Party, Reading, SharingInput
from services.billing.cost_sharing.key_language import FixedSums, Limit, Limited, SumOf
from services.billing.cost_sharing.limits import clamp
from services.billing.cost_sharing.numerals import months, part_of_sum
from services.billing.cost_sharing.results import Sharing
from services.billing.cost_sharing.rounding import whole_shares
from services.billing.cost_sharing.sharing import share_costs
from services.chassis.problems import Problem
from tests.unit.billing.sharing_strategies import (
    FIRST,
    LAST,
    STAYING,
    by_stock,
    equal,
    inputs,
    version,
)
from tests.unit.billing.slow_sharing import slow_shares

FEW = settings(max_examples=30, deadline=None)


def _shared(wanted: SharingInput) -> Sharing | None:
    """A sharing, or none where a made-up key finds nobody or nothing to share by."""
    try:
        return share_costs(wanted)
    except Problem:
        return None


@settings(max_examples=12, deadline=None)
@given(inputs(equal, by_stock))
def test_it_agrees_with_day_by_day(wanted: SharingInput) -> None:
    sharing = _shared(wanted)
    if sharing is None:
        return
    for item in wanted.items:
        slow = slow_shares(wanted, item)
        parts = [each for each in sharing.lines[0].items if each.item_id == item.id]
        for party in sharing.parties:
            exact = sum((part.exact(party) for part in parts), Fraction(0))
            assert exact == slow.get(party, 0)


# ---------------------------------------------------------------------- what it promises


@FEW
@given(inputs(), st.randoms())
def test_nothing_is_lost_and_order_does_not_matter(
    wanted: SharingInput, shuffled: random.Random
) -> None:
    sharing = _shared(wanted)
    other = wanted.model_copy(
        update={
            name: tuple(shuffled.sample(getattr(wanted, name), len(getattr(wanted, name))))
            for name in ("items", "parties", "readings", "versions")
        }
    )
    again = _shared(other)
    if sharing is None or again is None:
        assert sharing is again
        return
    assert owed(sharing) == owed(again)
    [line] = sharing.lines
    whole = sum(part_of_sum(item.amount_ore, item.cover, FIRST, LAST) for item in wanted.items)
    assert line.charged_ore == line.cost_ore == whole
    for item in line.items:
        assert sum(item.shares.values()) == item.amount_ore
        for party in sharing.parties:
            assert abs(item.exact(party) - item.shares.get(party, 0)) < 1
    for party in sharing.parties:
        exact = sum((item.exact(party) for item in line.items), Fraction(0))
        assert abs(exact - line.charged.get(party, 0)) < 1


@FEW
@given(inputs(), st.dates(FIRST + timedelta(days=1), LAST))
def test_splitting_a_period_loses_nothing(wanted: SharingInput, day: date) -> None:
    before = _shared(wanted.model_copy(update={"last_day": day - timedelta(days=1)}))
    after = _shared(wanted.model_copy(update={"first_day": day}))
    whole = _shared(wanted)
    if before and after and whole:
        parts = sum(each.lines[0].charged_ore for each in (before, after))
        assert parts == whole.lines[0].charged_ore


@FEW
@given(inputs(), st.dates(FIRST, LAST))
def test_another_party_changes_no_sum(wanted: SharingInput, day: date) -> None:
    more = (*wanted.parties, Party(key="new", name="new", groups=("north",), joins_on=day))
    without, among = _shared(wanted), _shared(wanted.model_copy(update={"parties": more}))
    if without and among:
        assert without.lines[0].charged_ore == among.lines[0].charged_ore
        assert {line.cost_ore for line in without.lines} == {line.cost_ore for line in among.lines}


@FEW
@given(inputs(by_stock), st.integers(2, 50))
def test_who_has_more_of_a_driver_never_bears_less(wanted: SharingInput, more: int) -> None:
    key = by_stock
    line = wanted.versions[0].lines[0]
    charge = line.charge.model_copy(update={"by": key})
    alone = wanted.versions[0].model_copy(
        update={"lines": (line.model_copy(update={"charge": charge}),)}
    )
    item = wanted.items[0].model_copy(update={"amount_ore": abs(wanted.items[0].amount_ore)})
    wanted = wanted.model_copy(update={"versions": (alone,), "items": (item,)})
    raised = Reading(id="more", driver="staff", party="a", first_day=FIRST, quantity=str(more * 17))
    less, rises = (
        share_costs(wanted.model_copy(update={"readings": readings}))
        for readings in (wanted.readings, (*wanted.readings, raised))
    )
    if less.lines[0].items:
        [one], [two] = less.lines[0].items, rises.lines[0].items
        later = any(r.party == "a" and r.first_day > FIRST for r in wanted.readings)
        assert later or two.exact("a") >= one.exact("a")
        assert abs(two.shares.get("a", 0) - two.exact("a")) < 1


@FEW
@given(inputs())
def test_explanations_and_exports_come_to_what_is_due(wanted: SharingInput) -> None:
    sharing = _shared(wanted)
    if sharing is None:
        return
    for party in sharing.parties:
        tree = explain(sharing, party)
        assert tree.amount_ore == sharing.due(party)
        _adds_up(tree)
        rows = as_csv(sharing, "id", party, correction=False).splitlines()[1:]
        assert len(rows) == sum(
            1 for item in sharing.lines[0].items if item.shares.get(party) or item.exact(party)
        )


def _adds_up(node: Node) -> None:
    told = [child.amount_ore for child in node.children if child.amount_ore is not None]
    if told and node.amount_ore is not None:
        assert sum(told) == node.amount_ore
    for child in node.children:
        _adds_up(child)


@FEW
@given(inputs(equal), st.integers(0, 5_000), st.integers(0, 400), st.integers(4_000, 20_000))
def test_fixed_sums_and_limits_hold_to_the_ore(
    wanted: SharingInput, fixed: int, floor: int, cap: int
) -> None:
    """A sum of a year is paid to the öre over however many items; so are floors and caps."""
    key = FixedSums(
        kind="fixed_sums",
        sums=(SumOf(of="a", amount_ore=fixed),),
        rest=Limited(kind="limited", by=equal, limits=(Limit(floor_ore=floor, cap_ore=cap),)),
    )
    items = tuple(
        item.model_copy(
            update={
                "amount_ore": abs(item.amount_ore) % 9_000,
                "first_day": FIRST,
                "last_day": LAST,
            }
        )
        for item in wanted.items
    )
    parties = tuple(party for party in wanted.parties if party.key in STAYING)
    update = {"versions": (version(key),), "items": items, "parties": parties}
    sharing = _shared(wanted.model_copy(update=update))
    whole = sum(item.amount_ore for item in items)
    possible = fixed + 2 * floor <= whole <= fixed + 2 * cap
    if not whole or sharing is None:
        assert not whole or not possible
        return
    assert possible or whole == fixed
    charged = sharing.lines[0].charged
    assert charged.get("a", 0) == fixed
    for party in ("b", "c"):
        assert whole == fixed or floor <= charged.get(party, 0) <= cap


# ----------------------------------------------------------------------------- its parts


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whole_shares_are_right_in_both_directions(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 5))
    rows = data.draw(
        st.lists(
            st.tuples(
                st.integers(-50, 500),
                st.lists(st.integers(0, 6), min_size=width, max_size=width).filter(any),
            ),
            max_size=9,
        )
    )
    exact = [(tuple(ore * weight for weight in weights), sum(weights)) for ore, weights in rows]
    shares = whole_shares(exact)
    for (ore, _), (numerators, whole), row in zip(rows, exact, shares, strict=True):
        assert sum(row) == ore
        assert all(n // whole <= s <= -(-n // whole) for n, s in zip(numerators, row, strict=True))
    for party in range(width):
        of_line = sum((Fraction(n[party], whole) for n, whole in exact), Fraction(0))
        assert abs(sum(row[party] for row in shares) - of_line) < 1


@st.composite
def _limits(draw: st.DrawFn) -> tuple[dict[str, Fraction], ...]:
    """Shares, the least for each, and the most for some."""
    names = [str(number) for number in range(draw(st.integers(1, 5)))]
    shares = {name: Fraction(draw(st.integers(0, 100))) for name in names}
    floors = {name: Fraction(draw(st.integers(0, 60))) for name in names}
    capped = draw(st.sets(st.sampled_from(names)))
    return shares, floors, {name: Fraction(draw(st.integers(0, 120))) for name in sorted(capped)}


@settings(max_examples=100, deadline=None)
@given(_limits())
def test_limits_hold_and_move_no_more_than_they_must(
    made_up: tuple[dict[str, Fraction], ...],
) -> None:
    shares, floors, caps = made_up
    whole = sum(shares.values())
    # Whoever bears nothing by the key bears the floor and no more.
    most = {
        name: caps.get(name, whole + 1) if share else floors[name] for name, share in shares.items()
    }
    possible = all(floors[name] <= cap for name, cap in caps.items())
    possible &= sum(floors.values()) <= whole <= sum(most.values())
    try:
        after = clamp(shares, floors, dict(caps), FIRST, LAST)
    except Problem:
        assert not possible
        return
    assert possible
    assert sum(after.values()) == whole
    factors = set()
    for name, share in after.items():
        assert floors[name] <= share <= caps.get(name, whole)
        if floors[name] < share and share != caps.get(name):
            factors.add(share / shares[name])
    assert len(factors) <= 1


@given(
    st.integers(-(10**6), 10**9),
    st.lists(st.dates(date(2019, 1, 1), date(2026, 12, 31)), min_size=2, max_size=6, unique=True),
)
def test_a_sum_cut_anywhere_comes_to_itself(amount: int, cuts: list[date]) -> None:
    begins, *inner, ends = sorted(cuts)
    edges = [begins, *inner, ends + timedelta(days=1)]
    parts = [
        part_of_sum(amount, (begins, ends), first, after - timedelta(days=1))
        for first, after in pairwise(edges)
    ]
    assert sum(parts) == amount


def test_time_runs_by_months() -> None:
    assert months(date(2024, 1, 1), date(2024, 12, 31)) == 12
    assert months(date(2024, 2, 1), date(2024, 2, 29)) == 1
    assert months(date(2024, 2, 15), date(2024, 3, 10)) == Fraction(15, 29) + Fraction(10, 31)
    assert months(date(2024, 2, 2), date(2024, 2, 1)) == 0
