"""Phase 1's rules: time plan, volumes, and which fee is in force."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.letter_of_intent.domain import (
    Baseline,
    FeeIndicationStatus,
    TimePlan,
    Volumes,
    fee_in_force,
    is_short,
    volume_faults,
)
from services.onboarding.letter_of_intent.service import time_plan_rules
from tests.unit.onboarding.cases import fee_indication

START = date(2025, 1, 10)


def baseline(volumes: Volumes) -> Baseline:
    return Baseline(1, Decimal(1), volumes, (), ())


@given(st.integers(min_value=1, max_value=500))
def test_a_plan_is_short_below_twenty_whole_weeks(days: int) -> None:
    plan = TimePlan(START, START + timedelta(days=days))
    weeks = 0
    day = START
    while day + timedelta(days=7) <= plan.go_live_on:
        day += timedelta(days=7)
        weeks += 1
    assert is_short(plan, time_plan_rules().minimum_weeks) is (weeks < 20)


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
    volumes = {"payroll": {"payslip": 0, "employee-month": 12}}
    assert volume_faults(volumes, {"payroll": ("payslip",)}, {"payroll": ("employee-month",)}) == ()


def test_the_newest_indicated_fee_is_in_force() -> None:
    known = baseline({"payroll": {"payslip": 1_200}})
    indications = [fee_indication("2"), fee_indication("3"), fee_indication("1")]
    found = fee_in_force(indications, known, 100)
    assert found is not None
    assert found.id == "3"


@pytest.mark.parametrize(
    "other",
    [
        {"status": FeeIndicationStatus.REQUESTED},
        {"status": FeeIndicationStatus.REFUSED},
        {"headcount": 99},
        {"volumes": {"payroll": {"payslip": 1_201}}},
        {"volumes": {"payroll": {"payslip": 1_200, "employee-month": 12}}},
        {"volumes": {}},
    ],
)
def test_a_fee_from_other_figures_is_not_in_force(other: dict[str, object]) -> None:
    known = baseline({"payroll": {"payslip": 1_200}})
    assert fee_in_force([fee_indication(**other)], known, 100) is None


def test_without_a_baseline_no_fee_is_in_force() -> None:
    assert fee_in_force([fee_indication()], None, 100) is None
