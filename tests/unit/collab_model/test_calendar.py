"""Service hours against a slow oracle that looks at every minute of the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.calendars.domain import (
    DayKind,
    Interval,
    NeverOpen,
    ServiceCalendar,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)


def every_day_open(day: date) -> DayKind:
    return DayKind.WORKING


def weekdays_with_half_fridays(day: date) -> DayKind:
    if day.weekday() >= 5:
        return DayKind.CLOSED
    return DayKind.HALF_DAY if day.weekday() == 4 else DayKind.WORKING


OFFICE = ServiceCalendar(STOCKHOLM, time(8), time(16, 30), time(12), weekdays_with_half_fridays)
AROUND_THE_CLOCK = ServiceCalendar(STOCKHOLM, time(0), time(0), time(0), every_day_open)
LATE = ServiceCalendar(STOCKHOLM, time(13), time(0), time(12), weekdays_with_half_fridays)
CALENDARS = st.sampled_from([OFFICE, AROUND_THE_CLOCK, LATE])

# The days around both clock changes of 2025 (30 March, 26 October), and ordinary ones.
BEGINNINGS = st.sampled_from(
    [
        datetime(2025, 3, 24, tzinfo=UTC),
        datetime(2025, 10, 20, tzinfo=UTC),
        datetime(2025, 6, 2, tzinfo=UTC),
    ]
)
MINUTES = st.builds(lambda day, count: day + count * MINUTE, BEGINNINGS, st.integers(0, 17280))
# The same instant, told in UTC or by the wall clock, must give the same answer.
ZONES = st.sampled_from([UTC, STOCKHOLM])


def is_open(calendar: ServiceCalendar, instant: datetime) -> bool:
    """Whether the minute that begins at an instant is service time, by the wall clock."""
    wall = instant.astimezone(calendar.zone)
    kind = calendar.day_kinds(wall.date())
    if kind is DayKind.CLOSED or wall.time() < calendar.opens:
        return False
    closes = calendar.half_day_closes if kind is DayKind.HALF_DAY else calendar.closes
    return closes == time(0) or wall.time() < closes


def slow_minutes(calendar: ServiceCalendar, start: datetime, end: datetime) -> int:
    minutes = 0
    while start < end:
        minutes += is_open(calendar, start)
        start += MINUTE
    return minutes


@given(CALENDARS, MINUTES, st.integers(0, 6 * 24 * 60), ZONES)
@settings(max_examples=60, deadline=None)
def test_minutes_between_agree_with_the_wall_clock(
    calendar: ServiceCalendar, start: datetime, length: int, zone: tzinfo
) -> None:
    end = start + length * MINUTE
    counted = calendar.service_minutes_between(start.astimezone(zone), end.astimezone(zone))
    assert counted == slow_minutes(calendar, start, end)


@given(CALENDARS, MINUTES, st.integers(1, 2000), ZONES)
@settings(max_examples=60, deadline=None)
def test_added_minutes_end_at_the_first_instant_that_has_them(
    calendar: ServiceCalendar, start: datetime, minutes: int, zone: tzinfo
) -> None:
    end = calendar.add_service_minutes(start.astimezone(zone), minutes)
    counted = 0
    at = start
    while counted < minutes:
        counted += is_open(calendar, at)
        at += MINUTE
    assert end == at


@given(CALENDARS, MINUTES, st.integers(0, 59), st.integers(1, 10**6))
@settings(max_examples=100, deadline=None)
def test_adding_and_measuring_are_inverse_to_the_second(
    calendar: ServiceCalendar, start: datetime, second: int, seconds: int
) -> None:
    begin = start + timedelta(seconds=second)
    amount = timedelta(seconds=seconds)
    end = calendar.add_service_time(begin, amount)
    assert calendar.service_time_between(begin, end) == amount
    a_second_less = end - timedelta(seconds=1)
    assert calendar.service_time_between(begin, a_second_less) < amount


@given(CALENDARS, MINUTES, st.integers(0, 5000), st.integers(0, 5000))
@settings(max_examples=60, deadline=None)
def test_time_between_adds_up_over_any_cut(
    calendar: ServiceCalendar, start: datetime, first: int, second: int
) -> None:
    middle = start + first * MINUTE
    end = middle + second * MINUTE
    assert calendar.service_time_between(start, end) == (
        calendar.service_time_between(start, middle) + calendar.service_time_between(middle, end)
    )


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 1), 24)],
    ids=["clocks go forward", "clocks go back", "ordinary"],
)
def test_a_day_round_the_clock_has_its_real_length(day: date, hours: int) -> None:
    interval = AROUND_THE_CLOCK.open_interval(day)
    assert interval is not None
    assert interval.end - interval.start == timedelta(hours=hours)
    assert AROUND_THE_CLOCK.service_time_between(interval.start, interval.end) == timedelta(
        hours=hours
    )


def test_the_hour_that_comes_twice_counts_twice_whatever_the_zone() -> None:
    before = datetime(2025, 10, 26, 1, 30, tzinfo=STOCKHOLM)
    after = datetime(2025, 10, 26, 3, 30, tzinfo=STOCKHOLM)
    assert AROUND_THE_CLOCK.service_time_between(before, after) == timedelta(hours=3)
    assert AROUND_THE_CLOCK.add_service_minutes(before, 180) == after.astimezone(UTC)


def test_the_hour_that_is_left_out_does_not_count() -> None:
    before = datetime(2025, 3, 30, 1, 30, tzinfo=STOCKHOLM)
    after = datetime(2025, 3, 30, 3, 30, tzinfo=STOCKHOLM)
    assert AROUND_THE_CLOCK.service_time_between(before, after) == timedelta(hours=1)
    assert AROUND_THE_CLOCK.add_service_minutes(before, 60) == after.astimezone(UTC)


def test_office_hours_keep_their_wall_time_over_a_clock_change() -> None:
    friday = datetime(2025, 3, 28, 11, 0, tzinfo=STOCKHOLM)
    # An hour of the half Friday is left; Sunday's clock change lies in the weekend.
    assert OFFICE.add_service_minutes(friday, 61) == datetime(2025, 3, 31, 6, 1, tzinfo=UTC)
    autumn = datetime(2025, 10, 24, 11, 0, tzinfo=STOCKHOLM)
    assert OFFICE.add_service_minutes(autumn, 61) == datetime(2025, 10, 27, 7, 1, tzinfo=UTC)


def test_hours_round_the_clock_are_not_shut_at_midnight() -> None:
    before = datetime(2025, 6, 2, 23, 59, 30, tzinfo=STOCKHOLM)
    after = datetime(2025, 6, 3, 0, 0, 30, tzinfo=STOCKHOLM)
    assert AROUND_THE_CLOCK.service_time_between(before, after) == MINUTE


def test_an_amount_that_runs_out_at_closing_time_ends_there() -> None:
    monday = datetime(2025, 6, 2, 16, 0, tzinfo=STOCKHOLM)
    assert OFFICE.add_service_minutes(monday, 30) == datetime(2025, 6, 2, 14, 30, tzinfo=UTC)


def test_nothing_passes_in_no_time_or_backwards() -> None:
    monday = datetime(2025, 6, 2, 20, 0, tzinfo=STOCKHOLM)
    assert OFFICE.add_service_minutes(monday, 0) == monday
    assert OFFICE.service_minutes_between(monday, monday - timedelta(days=3)) == 0
    with pytest.raises(ValueError, match="forwards"):
        OFFICE.add_service_minutes(monday, -1)


def test_a_half_day_before_opening_time_is_closed() -> None:
    assert LATE.open_interval(date(2025, 6, 6)) is None
    assert LATE.open_interval(date(2025, 6, 5)) == Interval(
        datetime(2025, 6, 5, 11, 0, tzinfo=UTC), datetime(2025, 6, 5, 22, 0, tzinfo=UTC)
    )


def test_a_half_day_never_outlasts_the_whole_day() -> None:
    early = ServiceCalendar(STOCKHOLM, time(7), time(11), time(12), weekdays_with_half_fridays)
    friday = early.open_interval(date(2025, 6, 6))
    assert friday is not None
    assert friday.end == datetime(2025, 6, 6, 11, 0, tzinfo=STOCKHOLM)


def test_hours_that_close_before_they_open_are_refused() -> None:
    with pytest.raises(ValueError, match="before they open"):
        ServiceCalendar(STOCKHOLM, time(16), time(8), time(12), every_day_open)


def test_a_calendar_without_service_time_says_so() -> None:
    shut = ServiceCalendar(STOCKHOLM, time(8), time(16), time(12), lambda _: DayKind.CLOSED)
    with pytest.raises(NeverOpen):
        shut.add_service_minutes(datetime(2025, 6, 2, tzinfo=UTC), 1)
    with pytest.raises(NeverOpen):
        shut.working_day_from(date(2025, 6, 2))


def test_a_working_day_is_found_at_or_after_a_day() -> None:
    assert OFFICE.working_day_from(date(2025, 6, 6)) == date(2025, 6, 6)
    assert OFFICE.working_day_from(date(2025, 6, 7)) == date(2025, 6, 9)
