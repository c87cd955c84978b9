"""The savings register's sums against months counted one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.savings.domain import (
    ORDER,
    FollowUp,
    Owner,
    PeriodFault,
    Place,
    SavingState,
    Specification,
    expected,
    is_back,
    outcome,
    owner_on,
    period_fault,
    standing,
    step_is_next,
)
from services.billing.savings.totals import Fact, Grouping, totals

TODAY = date(2026, 5, 20)
# 40 payroll officers became 12, which saves SEK 14 million a year (000:2240).
FEWER_OFFICERS = Specification(
    baseline="40 payroll officers",
    baseline_ore=2_000_000_000,
    baseline_fte=4_000,
    baseline_source="annual report",
    expected_ore=1_400_000_000,
    expected_fte=2_800,
    saves_from=date(2025, 1, 1),
)
DAY = st.dates(date(2023, 1, 1), date(2026, 12, 31))
SPEC = st.builds(
    lambda ore, fte, first, length: replace(
        FEWER_OFFICERS,
        expected_ore=ore,
        expected_fte=fte,
        saves_from=first,
        saves_until=None if length is None else date.fromordinal(first.toordinal() + length),
    ),
    st.integers(0, 10**13),
    st.integers(0, 10**6),
    DAY,
    st.none() | st.integers(0, 900),
)


@st.composite
def followed_up(draw: st.DrawFn) -> tuple[Specification, list[FollowUp]]:
    """A saving, and follow-ups of some of its months that could be registered."""
    spec = draw(SPEC)
    month, found = Month.of(spec.saves_from), list[FollowUp]()
    while len(found) < 5:
        last = Month(month.year, draw(st.integers(month.month, 12)))
        if period_fault(spec, month, last, TODAY) is not None:
            break
        if draw(st.booleans()):
            ore = draw(st.integers(-(10**9), 10**9))
            found.append(FollowUp(str(len(found)), month, last, ore, draw(st.integers(0, 9999))))
        month = last.next
    return spec, found


def _slowly(spec: Specification, month: Month) -> Fraction:
    """The month's part of the year's amount, by its days."""
    first = max(spec.saves_from, month.first_day)
    last = min(spec.saves_until or date.max, month.last_day)
    days = max(0, (last - first).days + 1)
    return Fraction(spec.expected_ore, 12) * days / month.days


@given(SPEC)
@settings(max_examples=40)
def test_expected_amounts_are_months_and_sum_to_the_whole(spec: Specification) -> None:
    months = list(Month(2023, 1).up_to(Month(2027, 12)))
    parts = [expected(spec, month.first_day, month.last_day) for month in months]
    assert sum(parts) == expected(spec, date(2023, 1, 1), date(2027, 12, 31))
    assert all(
        abs(part - _slowly(spec, month)) <= 1 for part, month in zip(parts, months, strict=True)
    )
    if spec.saves_until is None:
        assert expected(spec, date(2027, 1, 1), date(2027, 12, 31)) == spec.expected_ore


@given(st.lists(followed_up(), max_size=3), st.sampled_from(Grouping))
@settings(max_examples=60)
def test_what_is_due_is_followed_up_or_not_and_no_grouping_loses_any(
    savings: list[tuple[Specification, list[FollowUp]]], by: Grouping
) -> None:
    facts = [
        Fact(
            arises_at=Place.AGENCY if number else Place.STATE,
            org_number="202100-6255" if number else None,
            service=("payroll", "travel")[number % 2],
            state=SavingState.REALISED,
            owner=Owner(date(2020, 1, 1), "Eva Ek", "Lönechef", "PM") if number else None,
            specification=spec,
            follow_ups=tuple(follow_ups),
        )
        for number, (spec, follow_ups) in enumerate(savings)
    ]
    found, whole = totals(facts, by, None, TODAY)
    ended = Month(2026, 4).last_day
    assert whole.outcome.due_ore == sum(
        expected(spec, date(2020, 1, 1), min(ended, TODAY)) for spec, _ in savings
    )
    assert whole.outcome.realised_ore == sum(
        each.realised_ore for _, follow_ups in savings for each in follow_ups
    )
    covered = 0
    for spec, follow_ups in savings:
        for each in follow_ups:
            covered += expected(spec, each.first.first_day, each.last.last_day)
    assert whole.outcome.not_followed_up_ore == whole.outcome.due_ore - covered >= 0
    assert whole.savings == len(savings)
    assert whole.without_owner == min(1, len(savings))
    if found:
        parts = found[0].outcome
        for total in found[1:]:
            parts += total.outcome
        assert parts == whole.outcome


def test_fourteen_million_a_year_month_by_month() -> None:
    tertial = FollowUp("a", Month(2025, 1), Month(2025, 4), 400_000_000, 2_500)
    wrong = FollowUp("b", Month(2025, 5), Month(2025, 8), 1, 1)
    right = FollowUp("c", Month(2025, 5), Month(2025, 8), 470_000_000, 2_900, corrects="b")
    assert [each.id for each in standing([right, tertial, wrong])] == ["a", "c"]
    found = outcome(FEWER_OFFICERS, [tertial, wrong, right], (2025, 2025), TODAY)
    assert (found.expected_ore, found.due_ore) == (1_400_000_000, 1_400_000_000)
    assert found.realised_ore == 870_000_000
    assert found.not_followed_up_ore == 466_666_667
    assert found.expected_fte == 2_800
    assert found.realised_fte == Fraction(2_500 * 4 + 2_900 * 4, 12)


def test_a_saving_goes_step_by_step() -> None:
    for number, state in enumerate(ORDER):
        near = {each for each in ORDER if step_is_next(state, each)}
        assert near == {*ORDER[max(0, number - 1) : number], *ORDER[number + 1 : number + 2]}
    assert is_back(SavingState.REALISED, SavingState.PLANNED)
    assert not is_back(SavingState.PLANNED, SavingState.REALISED)


def test_the_owner_is_the_last_whose_day_has_come() -> None:
    first = Owner(date(2025, 1, 1), "Eva Ek", "Lönechef", "PM")
    second = Owner(date(2025, 6, 1), "Bo Alm", "Lönechef", "PM")
    instead = replace(second, name="Siv Ask")
    owners = [first, second, instead]
    days = (date(2024, 12, 31), date(2025, 5, 31), date(2025, 6, 1))
    assert [owner_on(owners, day) for day in days] == [None, first, instead]


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("2025-03", "2025-02", PeriodFault.TURNED_ROUND),
        ("2025-12", "2026-01", PeriodFault.TWO_YEARS),
        ("2026-05", "2026-05", PeriodFault.NOT_ENDED),
        ("2024-12", "2024-12", PeriodFault.BEFORE_IT_SAVES),
        ("2026-04", "2026-04", PeriodFault.AFTER_IT_SAVES),
        ("2026-01", "2026-03", None),
    ],
)
def test_months_that_can_be_followed_up(first: str, last: str, fault: PeriodFault | None) -> None:
    spec = replace(FEWER_OFFICERS, saves_until=date(2026, 3, 31))
    assert period_fault(spec, Month.parse(first), Month.parse(last), TODAY) is fault
