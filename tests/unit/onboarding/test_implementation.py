"""Phase 4's rules: tolerance, window, and one day for both."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessStatement,
    ReconciliationRules,
    Verdict,
    decided_day,
    not_ready,
)
from services.onboarding.implementation.service import implementation_rules
from services.onboarding.parties import Party
from tests.unit.onboarding.cases import AT, ITEMS, RULES, batch

TODAY = date(2025, 1, 7)


def said(item: str, party: Party, *, ready: bool = True) -> ReadinessStatement:
    return ReadinessStatement(item, party, ready, "Protokoll", AT)


def go(party: Party, day: date, verdict: Verdict = Verdict.GO) -> GoDecision:
    return GoDecision(party, verdict, day, "GD", None, AT)


@given(
    st.integers(-(10**12), 10**12),
    st.integers(-(10**6), 10**6),
    st.integers(0, 1_000),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 3),
)
def test_tolerance_is_reckoned_exactly(
    source: int, off: int, per_million: int, source_count: int, target_count: int, allowed: int
) -> None:
    result = batch(
        source_sum_ore=source,
        target_sum_ore=source + off,
        source_count=source_count,
        target_count=target_count,
    )
    rules = ReconciliationRules(1, allowed, per_million)
    records = max(source_count, target_count) - min(source_count, target_count)
    expected = abs(off) * 1_000_000 <= abs(source) * per_million and records <= allowed
    assert result.within(rules) is expected


def test_a_tenth_of_a_thousandth_is_the_edge() -> None:
    assert batch(source_sum_ore=1_000_000, target_sum_ore=1_000_100).within(RULES)
    assert not batch(source_sum_ore=1_000_000, target_sum_ore=1_000_101).within(RULES)
    assert not batch(source_sum_ore=1_000_000, target_sum_ore=999_899).within(RULES)


def test_an_explanation_makes_a_difference_acceptable() -> None:
    assert not batch(target_count=9).holds(RULES)
    assert batch(target_count=9, explanation="En dubblett.").holds(RULES)


@given(st.integers(-10, 100))
def test_the_window_is_30_to_60_days(ahead: int) -> None:
    window = implementation_rules().go_window
    assert window.admits(TODAY + timedelta(days=ahead), TODAY) is (ahead in range(30, 61))


def test_a_shared_item_needs_both_parties() -> None:
    own = [said("tested", Party.CENTRE), said("trained", Party.CUSTOMER)]
    half = [*own, said("known", Party.CENTRE)]
    assert [(item.key, party) for item, party in not_ready(ITEMS, half)] == [
        ("known", Party.CUSTOMER)
    ]
    assert not_ready(ITEMS, [*half, said("known", Party.CUSTOMER)]) == ()
    assert len(not_ready(ITEMS, [*half, said("known", Party.CUSTOMER, ready=False)])) == 1


def test_the_wrong_partys_word_does_not_count() -> None:
    assert len(not_ready(ITEMS[:1], [said("tested", Party.CUSTOMER)])) == 1


@pytest.mark.parametrize(
    ("decisions", "day"),
    [
        ({}, None),
        ({Party.CENTRE: go(Party.CENTRE, TODAY)}, None),
        ({p: go(p, TODAY) for p in Party}, TODAY),
        ({p: go(p, TODAY, Verdict.NO_GO) for p in Party}, None),
        (
            {
                Party.CENTRE: go(Party.CENTRE, TODAY),
                Party.CUSTOMER: go(Party.CUSTOMER, TODAY, Verdict.NO_GO),
            },
            None,
        ),
        (
            {
                Party.CENTRE: go(Party.CENTRE, TODAY),
                Party.CUSTOMER: go(Party.CUSTOMER, TODAY + timedelta(days=1)),
            },
            None,
        ),
    ],
)
def test_a_joint_decision_is_two_identical_ones(
    decisions: dict[Party, GoDecision], day: date | None
) -> None:
    assert decided_day(decisions) == day


def test_readiness_covers_all_four_areas_for_both_parties() -> None:
    items = implementation_rules().readiness
    assert {item.area.value for item in items} == {
        "programme",
        "system",
        "workforce",
        "operations",
    }
    assert {item.owner.value for item in items} == {"customer", "centre", "shared"}
