"""An agreement's days, each held against a slow and obvious way to find them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.onboarding.agreements.data import standard_in_force
from services.onboarding.agreements.document import (
    ChangeWindow,
    NoticeTerms,
    PeriodTurn,
    RenewalKind,
    RenewalTerms,
)
from services.onboarding.agreements.terms import (
    NoticeTooLateError,
    ReminderKind,
    add_months,
    agreed_last_day,
    is_inside_window,
    last_day_for,
    notice_deadline,
    open_windows,
    reminders,
    renewed_until,
)
from tests.unit.onboarding.test_agreements import assembled

DAY = timedelta(days=1)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
months = st.integers(0, 24)
turns = st.sampled_from(PeriodTurn)
month_days = st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: f"{day:%m-%d}")
LENGTHS = {
    PeriodTurn.YEAR: (12,),
    PeriodTurn.HALF_YEAR: (6, 12),
    PeriodTurn.QUARTER: (3, 6, 9, 12),
    PeriodTurn.MONTH: tuple(range(1, 13)),
}


def slow_months_later(day: date, count: int) -> date:
    """A month at a time, keeping the day of the month where there is one."""
    year, month = day.year, day.month
    for _ in range(count):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_turn(day: date, turn: PeriodTurn) -> bool:
    return turn is PeriodTurn.ANY_DAY or ((day + DAY).day == 1 and day.month in LENGTHS[turn])


@given(days, months)
def test_months_are_counted_one_by_one(day: date, count: int) -> None:
    assert add_months(day, count) == slow_months_later(day, count)


@given(days, months, turns, days, st.sampled_from(RenewalKind))
def test_notice_runs_its_months_and_then_to_the_turn(
    given_on: date, count: int, turn: PeriodTurn, valid_until: date, kind: RenewalKind
) -> None:
    day = slow_months_later(given_on, count)
    in_time_for_the_end = day <= valid_until
    while not is_turn(day, turn) and not (day == valid_until and in_time_for_the_end):
        day += DAY
    expected = min(day, valid_until) if kind is RenewalKind.RENEGOTIATED else day
    terms = NoticeTerms(months=count, turn=turn)
    renewal = RenewalTerms(kind=kind, years=5)
    assert last_day_for(given_on, terms, renewal, valid_until) == expected


@given(days, st.integers(0, 400), months, turns, st.sampled_from(RenewalKind))
def test_a_last_day_that_is_asked_for_is_allowed_or_refused_with_the_first(
    given_on: date, ahead: int, count: int, turn: PeriodTurn, kind: RenewalKind
) -> None:
    valid_until = given_on + timedelta(days=500)
    terms, renewal = NoticeTerms(months=count, turn=turn), RenewalTerms(kind=kind, years=3)
    first = last_day_for(given_on, terms, renewal, valid_until)
    asked = given_on + timedelta(days=ahead * 2)
    allowed = asked >= first and (is_turn(asked, turn) or asked == valid_until)
    if kind is RenewalKind.RENEGOTIATED:
        allowed = allowed and asked <= valid_until
    if allowed:
        assert agreed_last_day(given_on, asked, terms, renewal, valid_until) == asked
    else:
        with pytest.raises(NoticeTooLateError) as refusal:
            agreed_last_day(given_on, asked, terms, renewal, valid_until)
        assert refusal.value.earliest == first


@given(days, months)
def test_the_notice_deadline_is_the_last_day_that_still_reaches(last: date, count: int) -> None:
    found = notice_deadline(last, count)
    assert slow_months_later(found, count) <= last < slow_months_later(found + DAY, count)


@given(days, st.integers(1, 10))
def test_an_extension_begins_the_day_after_and_lasts_whole_years(last: date, years: int) -> None:
    renewal = RenewalTerms(kind=RenewalKind.AUTOMATIC, years=years)
    after = renewed_until(last, renewal)
    begins, ends = last + DAY, after + DAY
    leap_day = (begins.month, begins.day) == (2, 29) and not calendar.isleap(ends.year)
    assert (ends.month, ends.day) == ((3, 1) if leap_day else (begins.month, begins.day))
    assert ends.year - begins.year == years


@settings(max_examples=50)
@given(month_days, month_days, days, st.integers(0, 800))
def test_a_window_is_open_until_its_latest_request_day(
    takes_effect: str, request_by: str, today: date, ahead: int
) -> None:
    window = ChangeWindow(takes_effect=takes_effect, request_by=request_by, budget_sv="budget")
    effective_on = today + timedelta(days=ahead)
    deadline = effective_on - DAY
    while f"{deadline:%m-%d}" != request_by:
        deadline -= DAY
    expected = f"{effective_on:%m-%d}" == takes_effect and today <= deadline
    assert is_inside_window([window], today, effective_on) is expected
    listed = [day.takes_effect for day in open_windows([window], today, effective_on)]
    assert (effective_on in listed) is expected


def test_the_standards_windows_follow_the_budget_calendars() -> None:
    windows = standard_in_force().change_windows
    assert is_inside_window(windows, date(2025, 3, 1), date(2026, 1, 1))
    assert not is_inside_window(windows, date(2025, 3, 2), date(2026, 1, 1))
    assert is_inside_window(windows, date(2025, 10, 1), date(2026, 7, 1))
    assert not is_inside_window(windows, date(2025, 10, 2), date(2026, 7, 1))
    assert not is_inside_window(windows, date(2025, 1, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("kind", "valid_until", "given_on", "last"),
    [
        (RenewalKind.RENEGOTIATED, date(2028, 5, 31), date(2025, 9, 1), date(2026, 12, 31)),
        (RenewalKind.RENEGOTIATED, date(2028, 5, 31), date(2027, 9, 1), date(2028, 5, 31)),
        (RenewalKind.AUTOMATIC, date(2030, 5, 31), date(2029, 5, 31), date(2030, 5, 31)),
        (RenewalKind.AUTOMATIC, date(2030, 5, 31), date(2029, 6, 1), date(2030, 12, 31)),
    ],
)
def test_twelve_months_to_the_turn_of_a_year(
    kind: RenewalKind, valid_until: date, given_on: date, last: date
) -> None:
    renewal = RenewalTerms(kind=kind, years=5)
    assert last_day_for(given_on, standard_in_force().notice, renewal, valid_until) == last


def test_reminders_come_in_order_and_never_about_the_past() -> None:
    content = assembled()
    ahead = standard_in_force().reminders_days_ahead
    found = reminders(content, ahead, date(2025, 1, 7))
    assert list(found) == sorted(found)
    assert {one.kind for one in found} == set(ReminderKind) - {ReminderKind.DEVIATION_END}
    about = {one.kind: one for one in found}
    assert about[ReminderKind.RENEWAL].subject_on == date(2027, 5, 31)
    assert about[ReminderKind.EXPIRY].due_on == date(2028, 3, 2)
    late = reminders(content, ahead, date(2028, 5, 30))
    assert [(one.kind, one.due_on) for one in late] == [(ReminderKind.EXPIRY, date(2028, 5, 30))]
