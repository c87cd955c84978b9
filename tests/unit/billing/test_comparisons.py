"""Comparisons against sums and orders that anybody can follow."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.comparisons.disclosure import may_show, tells_of_few
from services.billing.comparisons.domain import (
    plain,
    result_of,
    savings_to_mean,
    shown_groups,
    statistics_of,
    value_of,
)
from services.billing.comparisons.key_figures import Asked, key_figures, least_figures
from services.billing.comparisons.peer_groups import (
    ByHeadcount,
    Named,
    NamedGroupIn,
    SizeClassIn,
    group_of,
    kept,
    require_members,
)
from services.billing.comparisons.problems import PEER_GROUPS_INVALID
from services.billing.comparisons.repository import kept_result, read_result
from services.chassis.problems import Problem


@dataclass(frozen=True)
class Figure:
    numerator: int
    denominator: int
    group: str | None = None


FIGURES = st.lists(
    st.builds(
        Figure,
        st.integers(-(10**9), 10**12),
        st.integers(1, 10**6),
        st.sampled_from([None, "a", "b", "c"]),
    ),
    min_size=1,
    max_size=30,
)


def _slowly(values: list[Fraction], quarter: int) -> Fraction:
    """A quartile as an entry of a longer list: three more between any two neighbours."""
    ordered = sorted(values)
    longer = [ordered[0]]
    for one, other in pairwise(ordered):
        longer += [one + (other - one) * step / 4 for step in (1, 2, 3, 4)]
    return longer[(len(ordered) - 1) * quarter]


@given(FIGURES)
@settings(max_examples=60)
def test_statistics_are_what_they_say(figures: list[Figure]) -> None:
    values = [value_of(each) for each in figures]
    found = statistics_of(values)
    quartiles = [found.lower_quartile, found.median, found.upper_quartile]
    assert quartiles == [_slowly(values, quarter) for quarter in (1, 2, 3)]
    if len(values) > 1:
        assert quartiles == statistics.quantiles(values, n=4, method="inclusive")
    assert (found.least, found.greatest) == (min(values), max(values))
    assert found.mean * len(values) == sum(values)
    for value in values:
        quarter = found.quartile_of(value)
        assert quarter == sum(value > bound for bound in [found.least - 1, *quartiles])


@given(FIGURES)
@settings(max_examples=60)
def test_coming_down_to_the_mean_saves_the_exact_sum(figures: list[Figure]) -> None:
    named = {str(number): each for number, each in enumerate(figures)}
    mean = statistics_of([value_of(each) for each in figures]).mean
    found = savings_to_mean(named, mean)
    exact = {
        key: each.numerator - mean * each.denominator
        for key, each in named.items()
        if each.numerator > mean * each.denominator
    }
    assert found.keys() == exact.keys()
    assert abs(sum(found.values()) - sum(exact.values(), Fraction(0))) <= Fraction(1, 2)
    assert all(abs(found[key] - exact[key]) < 1 for key in exact)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), max_size=6),
    st.integers(0, 9),
    st.integers(2, 6),
)
@settings(max_examples=60)
def test_no_few_figures_can_be_worked_out(sizes: dict[str, int], alone: int, least: int) -> None:
    whole = sum(sizes.values()) + alone
    shown = shown_groups(sizes, whole, least)
    left = whole - sum(sizes[key] for key in shown)
    assert all(sizes[key] >= least for key in shown)
    assert not shown or left == 0 or left >= least
    if whole >= least and all(size >= least or size == 0 for size in sizes.values()) and not alone:
        assert shown == {key for key, size in sizes.items() if size}


@given(FIGURES)
@settings(max_examples=30)
def test_what_is_kept_of_a_result_is_all_of_it(figures: list[Figure]) -> None:
    named = {str(number): each for number, each in enumerate(figures)}
    found = result_of(named, ["a", "b", "c"], 3, costs=True)
    assert read_result(kept_result(found)) == found
    assert (found.whole is None) == (len(figures) < 3) == (found.savings is None)


def test_the_workplaces_of_2014() -> None:
    """Least 2 000, median 7 300, mean 8 000, most 56 000 kronor (000:1308)."""
    kronor = [2_000, *[2_600] * 7, 7_300, *[7_500] * 7, 56_000]
    found = statistics_of([Fraction(each) for each in kronor])
    told = (found.least, found.median, found.mean, found.greatest)
    assert told == tuple(Fraction(each) for each in (2_000, 7_300, 8_000, 56_000))
    workplaces = {str(n): Figure(each * 100 * 6_250, 6_250) for n, each in enumerate(kronor)}
    above = savings_to_mean(workplaces, found.mean * 100)
    # 6,250 workplaces at 48,000 kronor too much each are 300 million kronor.
    assert above == {"16": 30_000_000_000}


@given(st.fractions(min_value=-(10**6), max_value=10**6))
@settings(max_examples=40)
def test_values_are_written_exactly_enough(value: Fraction) -> None:
    written = plain(value)
    assert abs(Fraction(Decimal(written)) - value) <= Fraction(1, 2 * 10**6)
    assert not written.endswith(".")
    assert "." not in written or not written.endswith("0")


def test_peer_groups_by_headcount_and_by_name() -> None:
    classes = kept(ByHeadcount(kind="by_headcount"))
    found = [group_of(classes, "202100-6255", heads) for heads in (0, 99, 100, 1_999, 2_000)]
    assert found == ["up-to-99", "up-to-99", "from-100", "from-500", "from-2000"]
    group = NamedGroupIn(key="u", name="U", name_sv="U", members=("202100-6255",))
    named = Named(kind="named", groups=(group,))
    assert group_of(kept(named), "202100-6255", 5) == "u"
    assert group_of(kept(named), "202100-5612", 5) is None
    big, small = (
        SizeClassIn(key=key, name=key, name_sv=key, at_least=least)
        for key, least in (("big", 100), ("small", 10))
    )
    twice = Named(kind="named", groups=(group, group.model_copy(update={"key": "v"})))
    same = ByHeadcount(
        kind="by_headcount", classes=(small, small.model_copy(update={"at_least": 20}))
    )
    for wrong in (ByHeadcount(kind="by_headcount", classes=(big, small)), twice, same):
        with pytest.raises(Problem) as refused:
            kept(wrong)
        assert refused.value.type is PEER_GROUPS_INVALID
    with pytest.raises(Problem):
        require_members(named, ["202100-5612"])


def test_key_figures_say_what_they_need() -> None:
    assert least_figures() == 5
    per_unit = key_figures()["fee-per-unit"]
    assert per_unit.service is per_unit.unit_of_volume is Asked.REQUIRED
    allowed = {asked: (asked.allows("payroll"), asked.allows(None)) for asked in Asked}
    assert allowed == {
        Asked.REQUIRED: (True, False),
        Asked.OPTIONAL: (True, True),
        Asked.NO: (False, True),
    }


def people(count: int, first: int = 0) -> frozenset[str]:
    return frozenset(f"agency-{number}" for number in range(first, first + count))


@pytest.mark.parametrize(
    ("published", "asked", "shown"),
    [
        ([], people(5), True),
        ([people(10)], people(10), True),  # a replacement of the same customers
        ([people(10)], people(9), False),  # the tenth alone
        ([people(9)], people(10), False),
        ([people(10)], people(5), True),
        ([people(10)], people(6), False),  # the four others
        ([people(10)], people(10, 1), False),  # what the one has more than the other
        ([people(10)], people(10, 3), True),  # three against three others
        ([people(6), people(6, 6)], people(13), False),  # both groups away: the thirteenth
        ([people(6), people(6, 6)], people(12), True),
        ([people(20), people(10)], people(10, 5), True),
        ([people(20), people(10)], people(19, 1), False),
        ([people(10), people(9)], people(30, 50), False),  # too much is known before
    ],
)
def test_several_comparisons_together_tell_nothing_of_few(
    published: list[frozenset[str]], asked: frozenset[str], shown: bool
) -> None:
    assert may_show([asked], published, 5) == [shown]


@settings(max_examples=60)
@given(st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=3), min_size=1, max_size=4))
def test_nothing_of_few_can_be_reckoned_by_small_multiples(sets: list[frozenset[str]]) -> None:
    """The slow way: every sum of the sets taken up to twice, either way."""
    found = False
    for times in product(range(-2, 3), repeat=len(sets)):
        by_set = list(zip(times, sets, strict=True))
        sums = [sum(n for n, of in by_set if each in of) for each in "abcdefgh"]
        found |= 0 < sum(bool(number) for number in sums) < 3
    assert tells_of_few(sets, 3) or not found


def test_a_published_comparison_holds_back_what_would_tell_of_few() -> None:
    figures = {key: Figure(number + 1, 1, "a") for number, key in enumerate(sorted(people(11)))}
    alone = result_of(figures, ["a"], 5, costs=True)
    assert None not in (alone.whole, alone.groups["a"], alone.savings)
    beside = result_of(figures, ["a"], 5, costs=True, published=[people(10)])
    assert (beside.whole, beside.groups["a"], beside.savings) == (None, None, None)
