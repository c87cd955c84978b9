"""Phase 5's rule: whole months met in a row."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.stabilisation.domain import ClosedPeriod, Matter, met_in_a_row
from tests.unit.onboarding.cases import AT

MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]


def period(month: str, *, met: bool = True, whole: bool = True) -> ClosedPeriod:
    return ClosedPeriod("payroll", month, whole, met)


outcomes = st.dictionaries(
    st.sampled_from(MONTHS), st.sampled_from(["met", "missed", "part"]), max_size=24
)


@given(outcomes, st.randoms())
def test_the_row_is_read_off_the_calendar(outcome: dict[str, str], order: random.Random) -> None:
    periods = [
        period(month, met=what != "missed", whole=what != "part") for month, what in outcome.items()
    ]
    order.shuffle(periods)
    row = 0
    for month in MONTHS:
        later = [m for m in MONTHS if m > month and outcome.get(m) in {"met", "missed"}]
        what = outcome.get(month)
        if what == "met":
            row += 1
        elif what == "missed" or later:
            row = 0
    assert met_in_a_row(periods, "payroll") == row


@pytest.mark.parametrize(
    ("periods", "row"),
    [
        ([], 0),
        ([period("2025-01", whole=False)], 0),
        ([period("2024-12"), period("2025-01")], 2),
        ([period("2024-11"), period("2025-01")], 1),
        ([period("2024-12"), period("2025-01", met=False)], 0),
        ([period("2024-12", met=False), period("2025-01"), period("2025-02")], 2),
    ],
)
def test_rows_by_example(periods: list[ClosedPeriod], row: int) -> None:
    assert met_in_a_row(periods, "payroll") == row


def test_each_service_has_its_own_row() -> None:
    assert met_in_a_row([period("2025-01")], "e-commerce") == 0


def test_a_matter_is_open_between_its_ends() -> None:
    assert Matter("m", "payroll", "critical", AT, None).is_open
    assert not Matter("m", "payroll", "critical", AT, AT).is_open
    assert not Matter("m", "payroll", "critical", None, AT).is_open
