"""Service time against a slow calendar that looks at every minute of the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.collab_model.calendars.domain import (
    Interval,
    NeverOpen,
    Segment,
    ServiceTime,
)
from services.collab_model.calendars.rules import (
    CalendarRules,
    Eve,
    EveKind,
    Holiday,
    HoursInverted,
    HoursOverlap,
    Override,
    SpanKind,
    WallHours,
    in_order,
)
from services.collab_model.calendars.table import BEYOND, OutsideTable
from services.collab_model.calendars.zones import to_us
from tests.unit.collab_model.calendar_oracle import (
    ANCHORS,
    DAY,
    MINUTE,
    SECOND,
    PlainCalendar,
    PlainVersion,
    a_calendar,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NINE_TO_FIVE = (WallHours.between(time(9), time(17)),)
ALL_DAY = (WallHours(0, DAY),)
WEEKDAYS_ONLY = (NINE_TO_FIVE,) * 5 + ((), ())

OFFICE = ServiceTime.of(CalendarRules(STOCKHOLM, WEEKDAYS_ONLY))
AROUND_THE_CLOCK = ServiceTime.of(CalendarRules(STOCKHOLM, (ALL_DAY,) * 7))

CALENDARS_A_DRAW = 10
STRETCH = 90  # minutes


@settings(max_examples=1000, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_ten_thousand_random_calendars_agree_with_the_wall_clock(seed: int) -> None:
    random = Random(seed)
    for _ in range(CALENDARS_A_DRAW):
        near = random.choice(ANCHORS)
        plain = a_calendar(random, near)
        start = near + (random.randrange(2880) - 1440 if random.random() < 0.3 else -45) * MINUTE
        _check(plain, start, STRETCH, MINUTE, random)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_random_calendars_are_right_to_the_second(seed: int) -> None:
    random = Random(seed)
    near = random.choice(ANCHORS)
    plain = a_calendar(random, near, unit=random.choice((1, 7, 60)))
    _check(plain, near - timedelta(seconds=random.randrange(600)), 900, SECOND, random)


def _check(
    plain: PlainCalendar, start: datetime, count: int, step: timedelta, random: Random
) -> None:
    """Everything a calendar answers about a stretch, against each of its steps."""
    calendar = plain.service_time()
    end = start + count * step
    opened = plain.open_steps(start, count, step)
    told = plain, start

    steps = [False] * count
    for interval in calendar.open_intervals(start, end):
        for number in range((interval.start - start) // step, (interval.end - start) // step):
            assert not steps[number], told
            steps[number] = True
    assert steps == opened, told

    first, last = sorted(random.randrange(count + 1) for _ in range(2))
    begin, finish = start + first * step, start + last * step
    passed = sum(opened[first:last])
    assert calendar.service_time_between(begin, finish) == passed * step, told

    spans = list(calendar.spans(start, end))
    assert spans[0].start == start, told
    assert spans[-1].end == end, told
    assert all(a.end == b.start for a, b in pairwise(spans)), told
    open_spans = [each.end - each.start for each in spans if each.kind is SpanKind.OPEN]
    assert sum(open_spans, start=timedelta(0)) == sum(opened) * step, told

    table = calendar.table(start, end)
    begins, ends = np.array([to_us(begin)]), np.array([to_us(finish)])
    amount = np.array([passed * (step // timedelta(microseconds=1))])
    assert table.elapsed(begins, ends).tolist() == amount.tolist(), told
    if passed:
        number = first
        for _ in range(passed):
            number = opened.index(True, number) + 1
        assert calendar.add_service_time(begin, passed * step) == start + number * step, told
        assert table.deadline(begins, amount).tolist() == [to_us(start + number * step)], told


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**64 - 1), seconds=st.integers(0, 10**6))
def test_adding_and_measuring_are_inverse(seed: int, seconds: int) -> None:
    random = Random(seed)
    near = random.choice(ANCHORS)
    calendar = a_calendar(random, near).service_time()
    start = near + timedelta(seconds=random.randrange(10**5))
    amount = timedelta(seconds=seconds, microseconds=random.randrange(10**6))
    try:
        end = calendar.add_service_time(start, amount)
    except NeverOpen:
        assert not calendar.segments[-1].rules.weekly or not any(calendar.segments[-1].rules.weekly)
        return
    assert calendar.service_time_between(start, end) == amount
    assert calendar.service_time_between(start, end - timedelta(microseconds=1)) < amount


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
@example(seed=0)
def test_many_clocks_at_once_agree_with_one_by_one(seed: int) -> None:
    random = Random(seed)
    start = random.choice(ANCHORS) - timedelta(days=3)
    end = start + timedelta(days=40)
    calendar = a_calendar(random, start + timedelta(days=3)).service_time()
    table = calendar.table(start, end)
    stretch = to_us(end) - to_us(start)
    begins = [start + timedelta(microseconds=random.randrange(stretch)) for _ in range(40)]
    amounts = [random.choice((0, random.randrange(10**11), 10**15)) for _ in begins]
    at = np.array([to_us(each) for each in begins])
    deadlines = table.deadline(at, np.array(amounts, np.int64))
    later = np.minimum(at + np.array(amounts, np.int64), to_us(end))
    elapsed = table.elapsed(at, later)
    for begin, amount, deadline, passed, until in zip(
        begins, amounts, deadlines.tolist(), elapsed.tolist(), later.tolist(), strict=True
    ):
        in_reach = calendar.service_time_between(begin, end) >= timedelta(microseconds=amount)
        if amount and in_reach:
            due = calendar.add_service_time(begin, timedelta(microseconds=amount))
            assert deadline == to_us(due)
        else:
            assert deadline == (BEYOND if amount else to_us(begin))
        between = calendar.service_time_between(
            begin, start + timedelta(microseconds=until - to_us(start))
        )
        assert timedelta(microseconds=passed) == between


def test_a_table_refuses_instants_that_it_does_not_reach() -> None:
    start = datetime(2025, 6, 2, tzinfo=UTC)
    table = OFFICE.table(start, start + timedelta(days=1))
    beyond = np.array([to_us(start) + 2 * DAY * 10**6])
    with pytest.raises(OutsideTable):
        table.elapsed(np.array([to_us(start)]), beyond)
    with pytest.raises(OutsideTable):
        table.deadline(beyond, np.array([1]))
    with pytest.raises(ValueError, match="forwards"):
        table.deadline(np.array([to_us(start)]), np.array([-1]))


# ------------------------------------------------------------- days of the clock change


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 1), 24)],
    ids=["clocks go forward", "clocks go back", "ordinary"],
)
def test_a_day_round_the_clock_has_its_real_length(day: date, hours: int) -> None:
    start = AROUND_THE_CLOCK.first_instant_of(day)
    end = AROUND_THE_CLOCK.first_instant_of(day + timedelta(days=1))
    assert list(AROUND_THE_CLOCK.open_intervals(start, end)) == [Interval(start, end)]
    assert AROUND_THE_CLOCK.service_time_between(start, end) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "hours", "service"),
    [
        # Whatever the wall clock leaves out is not served, and what it shows twice is twice.
        (date(2025, 3, 30), (time(1), time(4)), timedelta(hours=2)),
        (date(2025, 3, 30), (time(2, 15), time(2, 45)), timedelta(0)),
        (date(2025, 3, 30), (time(2, 15, 1), time(3, 0, 1)), SECOND),
        (date(2025, 10, 26), (time(1), time(4)), timedelta(hours=4)),
        (date(2025, 10, 26), (time(2, 15), time(2, 45)), timedelta(hours=1)),
        (date(2025, 10, 26), (time(1, 59, 59), time(2, 0, 1)), 3 * SECOND),
    ],
)
def test_clock_changes_are_right_to_the_second(
    day: date, hours: tuple[time, time], service: timedelta
) -> None:
    calendar = ServiceTime.of(CalendarRules(STOCKHOLM, ((WallHours.between(*hours),),) * 7))
    start = calendar.first_instant_of(day)
    end = calendar.first_instant_of(day + timedelta(days=1))
    assert calendar.service_time_between(start, end) == service


def test_the_hour_that_comes_twice_counts_twice_whatever_zone_it_is_told_in() -> None:
    before = datetime(2025, 10, 26, 1, 30, tzinfo=STOCKHOLM)
    after = datetime(2025, 10, 26, 3, 30, tzinfo=STOCKHOLM)
    assert AROUND_THE_CLOCK.service_time_between(before, after) == timedelta(hours=3)
    assert AROUND_THE_CLOCK.add_service_time(before, 180 * MINUTE) == after.astimezone(UTC)


def test_a_day_that_a_zone_leaves_out_is_not_served() -> None:
    apia = ServiceTime.of(CalendarRules(ZoneInfo("Pacific/Apia"), (NINE_TO_FIVE,) * 7))
    start, end = apia.first_instant_of(date(2011, 12, 29)), apia.first_instant_of(date(2012, 1, 1))
    assert apia.service_time_between(start, end) == timedelta(hours=16)
    assert apia.first_instant_of(date(2011, 12, 30)) == apia.first_instant_of(date(2011, 12, 31))


# ------------------------------------------------------------------ days and their rules


def _special(year: int) -> tuple[dict[date, Holiday], dict[date, Eve]]:
    eves = {
        date(2026, 4, 2): Eve("Maundy Thursday", "Skärtorsdagen", EveKind.HALF_DAY),
        date(2026, 12, 24): Eve("Christmas Eve", "Julafton", EveKind.CLOSED),
    }
    return {date(2026, 4, 3): Holiday(date(2026, 4, 3), ("Good Friday",), ("Långfredagen",))}, eves


RULES = CalendarRules(
    STOCKHOLM,
    WEEKDAYS_ONLY,
    special_days=_special,
    overrides={
        date(2026, 5, 15): Override(date(2026, 5, 15), (), "moving house"),
        date(2026, 5, 16): Override(date(2026, 5, 16), (WallHours(36000, 39600),), "a Saturday"),
    },
)


@pytest.mark.parametrize(
    ("day", "parts"),
    [
        (
            date(2026, 4, 2),
            [
                ("closed", "outside the weekly hours", "utanför veckans servicetid"),
                (
                    "open",
                    "Maundy Thursday, half day 09:00-12:00",
                    "Skärtorsdagen, halvdag 09.00–12.00",
                ),
                (
                    "holiday",
                    "Maundy Thursday, half day until 12:00",
                    "Skärtorsdagen, halvdag till 12.00",
                ),
            ],
        ),
        (date(2026, 4, 3), [("holiday", "Good Friday, public holiday", "Långfredagen, helgdag")]),
        (date(2026, 12, 24), [("holiday", "Christmas Eve, day off", "Julafton, ledig dag")]),
        (
            date(2026, 5, 15),
            [
                (
                    "closed",
                    "override 2026-05-15 closed (moving house)",
                    "undantag 2026-05-15 stängt (moving house)",
                )
            ],
        ),
        (
            date(2026, 5, 16),
            [
                (
                    "closed",
                    "override 2026-05-16 closed (a Saturday)",
                    "undantag 2026-05-16 stängt (a Saturday)",
                ),
                (
                    "open",
                    "override 2026-05-16 10:00-11:00 (a Saturday)",
                    "undantag 2026-05-16 10.00–11.00 (a Saturday)",
                ),
                (
                    "closed",
                    "override 2026-05-16 closed (a Saturday)",
                    "undantag 2026-05-16 stängt (a Saturday)",
                ),
            ],
        ),
        (
            date(2026, 5, 17),
            [("closed", "outside the weekly hours", "utanför veckans servicetid")],
        ),
    ],
    ids=["half day", "holiday", "day off", "override closed", "override open", "sunday"],
)
def test_a_day_tells_which_rule_made_it_so(day: date, parts: list[tuple[str, str, str]]) -> None:
    calendar = ServiceTime.of(RULES)
    start, end = calendar.first_instant_of(day), calendar.first_instant_of(day + timedelta(days=1))
    spans = calendar.spans(start, end)
    assert [(each.kind.value, each.rule, each.rule_sv) for each in spans] == parts


def test_a_half_day_never_outlasts_the_whole_day_and_closes_one_that_begins_later() -> None:
    eve = date(2026, 4, 2)
    early = ((WallHours.between(time(7), time(11)),),) * 7
    late = ((WallHours.between(time(13), time(18)),),) * 7
    plan = CalendarRules(STOCKHOLM, early, special_days=_special).plan(eve)
    assert [each.kind for each in plan.parts] == [SpanKind.CLOSED, SpanKind.OPEN, SpanKind.CLOSED]
    assert not CalendarRules(STOCKHOLM, late, special_days=_special).plan(eve).is_open


def test_a_version_takes_over_at_its_first_midnight_by_its_own_clock() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    calendar = ServiceTime(
        [
            Segment(None, CalendarRules(STOCKHOLM, (ALL_DAY,) * 7), "a", 1),
            Segment(date(2025, 6, 3), CalendarRules(kolkata, (NINE_TO_FIVE,) * 7), "b", 4),
        ]
    )
    start = datetime(2025, 6, 2, 12, tzinfo=UTC)
    takes_over = datetime(2025, 6, 2, 18, 30, tzinfo=UTC)
    told = [
        (each.start, each.calendar, each.version)
        for each in calendar.spans(start, start + timedelta(days=1))
    ]
    assert told[:2] == [(start, "a", 1), (takes_over, "b", 4)]
    assert calendar.segment_on(date(2025, 6, 2)).version == 1
    assert calendar.segment_on(date(2025, 6, 3)).version == 4


# ---------------------------------------------------------------------------- edges


def test_an_amount_that_runs_out_at_closing_time_ends_there() -> None:
    monday = datetime(2025, 6, 2, 16, 0, tzinfo=STOCKHOLM)
    assert OFFICE.add_service_time(monday, 60 * MINUTE) == datetime(2025, 6, 2, 15, 0, tzinfo=UTC)


def test_nothing_passes_in_no_time_or_backwards() -> None:
    monday = datetime(2025, 6, 2, 20, 0, tzinfo=STOCKHOLM)
    assert OFFICE.add_service_time(monday, 0 * MINUTE) == monday
    assert OFFICE.service_time_between(monday, monday - timedelta(days=3)) == timedelta(0)
    assert list(OFFICE.spans(monday, monday)) == []
    with pytest.raises(ValueError, match="forwards"):
        OFFICE.add_service_time(monday, -1 * MINUTE)


def test_hours_that_cannot_be_are_refused() -> None:
    with pytest.raises(HoursInverted):
        WallHours.between(time(16), time(8))
    with pytest.raises(HoursInverted):
        WallHours.between(time(16), time(16))
    with pytest.raises(HoursOverlap):
        in_order([WallHours(0, 100), WallHours(99, 200)])
    assert in_order([WallHours(100, 200), WallHours(0, 100)])[0] == WallHours(0, 100)


def test_versions_out_of_order_are_refused() -> None:
    segment = Segment(None, RULES)
    later = Segment(date(2025, 1, 1), RULES)
    for wrong in ([], [later], [segment, segment], [segment, later, later]):
        with pytest.raises(ValueError, match="calendar"):
            ServiceTime(wrong)


def test_a_calendar_without_service_time_says_so() -> None:
    shut = ServiceTime.of(CalendarRules(STOCKHOLM, ((),) * 7))
    with pytest.raises(NeverOpen):
        shut.add_service_time(datetime(2025, 6, 2, tzinfo=UTC), 1 * MINUTE)
    with pytest.raises(NeverOpen):
        shut.working_day_from(date(2025, 6, 2))


def test_a_working_day_is_found_at_or_after_a_day() -> None:
    assert OFFICE.working_day_from(date(2025, 6, 6)) == date(2025, 6, 6)
    assert OFFICE.working_day_from(date(2025, 6, 7)) == date(2025, 6, 9)


def test_the_slow_calendar_sees_what_it_should() -> None:
    plain = PlainCalendar((PlainVersion(None, STOCKHOLM, {0: ((9 * 3600, 17 * 3600),)}),))
    assert (
        plain.minutes_between(
            datetime(2025, 6, 2, 6, tzinfo=UTC), datetime(2025, 6, 2, 8, tzinfo=UTC)
        )
        == 60
    )
