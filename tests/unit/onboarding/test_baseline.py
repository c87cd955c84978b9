"""The baseline's cost in its parts, and what joining saves or costs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.letter_of_intent.baseline import (
    Baseline,
    Costs,
    CostVerdict,
    DirectCost,
    Overhead,
    OverheadMethod,
    Volumes,
    compare_costs,
    volume_faults,
)

AMOUNTS = st.integers(min_value=0, max_value=10**12)
HUNDREDTHS = st.integers(min_value=0, max_value=100_000).map(lambda value: Decimal(value) / 100)
DIRECT = st.lists(AMOUNTS, min_size=1, max_size=5).map(
    lambda amounts: tuple(DirectCost(f"Post {n}", amount) for n, amount in enumerate(amounts))
)


def baseline(yearly_cost_sek: int, costs: Costs | None = None, fte: str = "1") -> Baseline:
    return Baseline(yearly_cost_sek, Decimal(fte), {}, (), (), costs)


def whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


@given(DIRECT, HUNDREDTHS)
def test_overhead_as_a_share_is_rounded_to_the_krona(
    direct: tuple[DirectCost, ...], percent: Decimal
) -> None:
    costs = Costs(direct, Overhead(OverheadMethod.SHARE_OF_DIRECT_COST, percent=percent))
    in_sum = sum(cost.yearly_sek for cost in direct)
    assert costs.overhead_sek(Decimal(1)) == whole(in_sum * percent / 100)


@given(DIRECT, HUNDREDTHS, AMOUNTS)
def test_overhead_by_the_head_counts_parts_of_a_person(
    direct: tuple[DirectCost, ...], people: Decimal, each: int
) -> None:
    by_head = Overhead(OverheadMethod.PER_FULL_TIME_EQUIVALENT, sek_per_full_time_equivalent=each)
    costs = Costs(direct, by_head)
    assert costs.overhead_sek(people) == whole(people * each)
    assert costs.total_sek(people) == costs.direct_sek + costs.overhead_sek(people)


@pytest.mark.parametrize("method", OverheadMethod)
def test_an_overhead_needs_the_value_of_its_method(method: OverheadMethod) -> None:
    with pytest.raises(ValueError, match=method.value):
        Costs((DirectCost("Personal", 1),), Overhead(method)).overhead_sek(Decimal(1))


@given(DIRECT, AMOUNTS, st.integers(min_value=-2, max_value=2))
def test_the_yearly_cost_is_that_of_its_parts(
    direct: tuple[DirectCost, ...], overhead: int, off: int
) -> None:
    costs = Costs(direct, Overhead(OverheadMethod.STATED, yearly_sek=overhead))
    total = sum(cost.yearly_sek for cost in direct) + overhead
    assert baseline(total + off, costs).adds_up is (off == 0)
    assert baseline(total).adds_up


@given(AMOUNTS, st.integers(min_value=0, max_value=10**14))
def test_what_joining_saves_or_costs_is_exact(cost_sek: int, fee_ore: int) -> None:
    compared = compare_costs(baseline(cost_sek), fee_ore)
    assert compared.difference_ore + fee_ore == cost_sek * 100
    expected = (CostVerdict.EQUAL, CostVerdict.SAVING, CostVerdict.EXTRA_COST)
    assert (
        compared.verdict is expected[(compared.difference_ore > 0) - (compared.difference_ore < 0)]
    )
    if cost_sek == 0:
        assert compared.percent is None
    else:
        share = Decimal(compared.difference_ore) / cost_sek
        assert compared.percent is not None
        assert abs(compared.percent - share) <= Decimal("0.05000001")
    assert compared.direct_difference_ore is None


def test_overhead_is_what_makes_an_extra_cost_a_saving() -> None:
    costs = Costs(
        (DirectCost("Personal", 800), DirectCost("System", 200)),
        Overhead(OverheadMethod.SHARE_OF_DIRECT_COST, percent=Decimal(25)),
    )
    compared = compare_costs(baseline(1_250, costs), 110_000)
    assert (compared.verdict, compared.difference_ore) == (CostVerdict.SAVING, 15_000)
    assert (compared.direct_ore, compared.direct_difference_ore) == (100_000, -10_000)
    assert compared.percent == Decimal("12.0")


def test_volumes_name_every_fault_at_once() -> None:
    faults = volume_faults(
        {"payroll": {"invoice": 1}, "catering": {}},
        {"payroll": ("payslip",), "travel": ("travel-claim",)},
        {"payroll": ("employee-month",)},
    )
    assert faults == (
        "payroll needs its yearly quantity in the unit payslip.",
        "travel needs its yearly quantity in the unit travel-claim.",
        "payroll is not counted in the unit invoice.",
        "catering is not a service of this case.",
    )


def test_optional_units_and_a_volume_of_nought_are_fine() -> None:
    volumes: Volumes = {"payroll": {"payslip": 0, "employee-month": 12}}
    assert volume_faults(volumes, {"payroll": ("payslip",)}, {"payroll": ("employee-month",)}) == ()
