"""Phase 1's rules: time plan, which fee is in force, what a signature is bound to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.values import Phase
from services.onboarding.letter_of_intent.baseline import Baseline, CurrentSystem, Volumes
from services.onboarding.letter_of_intent.domain import (
    FeeIndicationStatus,
    LetterSignature,
    fee_in_force,
)
from services.onboarding.letter_of_intent.letter import (
    LetterContent,
    LetterMember,
    LetterPlan,
    content_hash,
)
from services.onboarding.parties import Party
from services.onboarding.time_plan.domain import TimePlan, is_short
from services.onboarding.time_plan.rules import time_plan_rules
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


LETTER = LetterContent(
    case_id="01900000-0000-7000-8000-000000000000",
    org_number="202100-6255",
    customer_name="Pensionsmyndigheten",
    services=("payroll",),
    baseline=baseline({"payroll": {"payslip": 1_200, "employee-month": 12}}),
    customer_staff=(LetterMember("Projektledare", "Anna Ek", None),),
    centre_staff=(),
    plan=LetterPlan(START, START + timedelta(weeks=20), None),
    fee=None,
)


def test_the_same_letter_has_the_same_hash_whatever_the_order_of_its_volumes() -> None:
    other_order = baseline({"payroll": {"employee-month": 12, "payslip": 1_200}})
    assert content_hash(replace(LETTER, baseline=other_order)) == content_hash(LETTER)


@pytest.mark.parametrize(
    "changed",
    [
        {"customer_name": "Statskontoret"},
        {"services": ("payroll", "e-commerce")},
        {"baseline": None},
        {"baseline": replace(baseline({}), systems=(CurrentSystem("Palasso"),))},
        {"centre_staff": (LetterMember("Kundansvarig", "Sam Sand", None),)},
        {"plan": None},
    ],
)
def test_whatever_changes_in_a_letter_changes_its_hash(changed: dict[str, object]) -> None:
    assert content_hash(replace(LETTER, **changed)) != content_hash(LETTER)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("signed", [content_hash(LETTER), "0" * 64, None])
@pytest.mark.parametrize("fell", [True, False])
def test_a_signature_stands_under_the_letter_it_was_given_under(
    phase: Phase, signed: str | None, fell: bool
) -> None:
    at = datetime(2025, 1, 20, 9, 0, tzinfo=UTC)
    signature = LetterSignature(
        Party.CUSTOMER, "Eva Lind", "GD", at, None, signed, at if fell else None
    )
    expected = not fell and (signed != "0" * 64 or phase is not Phase.LETTER_OF_INTENT)
    assert signature.stands(phase, content_hash(LETTER)) is expected
