"""The disputes that other products lose (DOMAIN.md section 6), settled by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.collab_model.calendars.domain import Segment, ServiceTime
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.clocks.domain import (
    ClockReading,
    ClockState,
    NotRaisedYet,
    read_clock,
)
from services.collab_model.clocks.explaining import Sums, steps_of, told
from services.collab_model.clocks.legs import carried_over
from services.collab_model.clocks.rules import ClockRule, Measure, Terms
from services.collab_model.clocks.spans import SpanState
from services.collab_model.matters.log import MatterEvent, MatterLog, Place
from services.contracts.values import Priority, ServiceHours
from tests.unit.collab_model.clock_stories import (
    CANCELLED,
    PRIORITY,
    RAISED,
    REOPENED,
    RESOLVED,
    RESPONDED,
    RESUMED,
    UPDATED,
    WAITING,
    entry,
    log_of,
    rule_of,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = ServiceTime.of(signed_rules(ServiceHours()))
"""08:00 to 16:30 on Swedish working days."""

RESPONSE, UPDATE = Measure.RESPONSE, Measure.UPDATE
OPEN, CLOSED, HOLIDAY, PAUSED = SpanState
MOVED = MatterEvent.MOVED


def at(day: int, hour: int, minute: int = 0, second: int = 0, month: int = 10) -> datetime:
    """A wall time in autumn 2025; 20 October is a Monday, the clocks go back on the 26th."""
    return datetime(2025, month, day, hour, minute, second, tzinfo=STOCKHOLM)


def read(
    log: MatterLog, rule: ClockRule, now: datetime, known_at: datetime | None = None
) -> ClockReading:
    return read_clock(log, rule, Terms(OFFICE), now, known_at)


def minutes(clock: ClockReading) -> list[tuple[SpanState, int]]:
    return [(span.state, span.minutes) for span in clock.spans]


# --------------------------------------------------------- the cases of other products


def test_glpi_10594_a_pause_outside_service_hours_is_not_subtracted() -> None:
    quiet = log_of((RAISED, at(24, 16)))
    paused = log_of((RAISED, at(24, 16)), (WAITING, at(25, 10)), (RESUMED, at(26, 10)))
    for rule in (rule_of(), rule_of(RESPONSE)):
        without, with_pause = (read(log, rule, at(27, 8, 10)) for log in (quiet, paused))
        assert with_pause.elapsed == without.elapsed == timedelta(minutes=40)
        assert with_pause.deadline == without.deadline == at(27, 8, 30)


def test_frappe_2449_a_pause_over_the_night_takes_its_office_hours_once() -> None:
    log = log_of((RAISED, at(24, 15)), (WAITING, at(24, 16)), (RESUMED, at(27, 9)))
    clock = read(log, rule_of(minutes=120), at(27, 9, 30))
    assert (clock.state, clock.elapsed_minutes) == (ClockState.RUNNING, 90)
    assert clock.deadline == at(27, 10)
    assert minutes(clock) == [(OPEN, 60), (PAUSED, 0), (OPEN, 30)]


@pytest.mark.parametrize("changed_at", [at(20, 9, 30), at(20, 10, 30), at(20, 13)])
def test_glpi_6902_and_15605_a_pause_is_kept_when_the_target_changes(changed_at: datetime) -> None:
    """Whether the priority changes before, during or after the pause."""
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)), (RESUMED, at(20, 12)))
    change = entry(4, PRIORITY, changed_at, priority=Priority.HIGH)
    rule = rule_of(minutes={Priority.NORMAL: 480, Priority.HIGH: 240})
    clock = read(log.with_entry(change), rule, at(20, 14))
    paused = sum((s.duration for s in clock.spans if s.state is PAUSED), timedelta(0))
    assert (paused, clock.elapsed_minutes) == (timedelta(hours=2), 180)
    at_normal = {9: 30, 10: 60, 13: 120}[changed_at.hour]
    left = 240 - 240 * at_normal // 480 - (180 - at_normal)
    assert clock.deadline == at(20, 14) + timedelta(minutes=left)


def test_glpi_24481_a_paused_clock_has_no_deadline_and_is_not_breached() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)))
    clock = read(log, rule_of(minutes=90), at(31, 12))
    assert (clock.state, clock.deadline, clock.elapsed_minutes) == (ClockState.PAUSED, None, 60)
    assert not clock.breached


def test_a_clock_that_paused_with_nothing_left_is_breached_when_it_runs_again() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)), (RESUMED, at(21, 9)))
    assert read(log, rule_of(), at(20, 23)).state is ClockState.PAUSED
    clock = read(log, rule_of(), at(21, 9, 0, 1))
    assert (clock.state, clock.outcome_at) == (ClockState.BREACHED, at(21, 9))


def test_a_matter_that_is_reopened_after_long_is_not_breached_by_that() -> None:
    log = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 9, 45)), (REOPENED, at(12, 9, month=12)))
    clock = read(log, rule_of(), at(12, 9, 5, month=12))
    assert (clock.state, clock.elapsed_minutes) == (ClockState.RUNNING, 50)
    assert clock.deadline == at(12, 9, 15, month=12)
    [_, between, _] = clock.spans
    assert (between.state, between.rule) == (
        PAUSED,
        "The matter was resolved, until it was reopened.",
    )
    # What was reported of October stays true of October.
    before = read(log, rule_of(), at(31, 23))
    assert (before.state, before.outcome_at) == (ClockState.MET, at(20, 9, 45))


def test_reopening_does_not_undo_a_breach_nor_start_the_answer_again() -> None:
    log = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 11)), (REOPENED, at(22, 9)))
    broken = read(log, rule_of(), at(22, 9, 30))
    assert (broken.state, broken.outcome_at) == (ClockState.BREACHED, at(20, 10))
    answer = read(log, rule_of(RESPONSE, 180), at(22, 9, 30))
    assert (answer.state, answer.outcome_at) == (ClockState.MET, at(20, 11))


def test_a_new_calendar_leaves_what_was_known_as_it_was() -> None:
    """Shorter hours from Wednesday on, which become known on Thursday."""
    shorter = signed_rules(ServiceHours(closes=time(12, 0)))
    as_signed = Segment(None, signed_rules(ServiceHours()))
    now_known = ServiceTime((as_signed, Segment(date(2025, 10, 22), shorter, "shorter", 2)))
    log = log_of((RAISED, at(21, 14)), (RESOLVED, at(22, 15)))
    rule = rule_of(minutes=600)
    then = read_clock(log, rule, Terms(OFFICE), at(22, 18))
    now = read_clock(log, rule, Terms(now_known), at(22, 18))
    assert (then.elapsed_minutes, now.elapsed_minutes) == (570, 390)
    assert [(s.calendar, s.calendar_version) for s in now.spans if s.state is OPEN] == [
        ("signed", 1),
        ("shorter", 2),
    ]


# ------------------------------------------------------------- changes in mid-flight


def test_a_higher_priority_never_breaches_by_itself() -> None:
    """Three quarters of forty hours are used: three quarters of eight are used as well."""
    targets = {Priority.NORMAL: 2400, Priority.CRITICAL: 480}
    log = log_of((RAISED, at(20, 8)))
    used = timedelta(minutes=1800)
    changed = OFFICE.add_service_time(at(20, 8), used)
    log = log.with_entry(entry(2, PRIORITY, changed, priority=Priority.CRITICAL))
    clock = read(log, rule_of(minutes=targets), changed)
    assert clock.last is not None
    assert (clock.state, str(clock.last.used_percent)) == (ClockState.RUNNING, "75.00")
    assert clock.deadline == OFFICE.add_service_time(changed, timedelta(minutes=120))
    words = told(clock.last)
    assert "The target was 40 h 0 min, then 8 h 0 min" in words.text
    assert "Sammanlagt är 75,00 % av den utlovade tiden förbrukad." in words.text_sv


def test_a_priority_that_was_wrong_from_the_start_is_corrected_from_the_start() -> None:
    log = log_of((RAISED, at(20, 9)))
    right = replace(
        log.entries[0], sequence=2, recorded_at=at(20, 11), priority=Priority.CRITICAL, corrects=1
    )
    clock = read(
        log.with_entry(right),
        rule_of(minutes={Priority.NORMAL: 2400, Priority.CRITICAL: 60}),
        at(20, 11),
    )
    assert (clock.state, clock.outcome_at) == (ClockState.BREACHED, at(20, 10))


def test_shares_are_carried_over_in_whole_microseconds_rounded_down() -> None:
    left = timedelta(microseconds=100_000_001)
    assert carried_over(left, timedelta(minutes=3), timedelta(minutes=1)) == timedelta(
        microseconds=33_333_333
    )
    assert carried_over(-left, timedelta(minutes=3), timedelta(minutes=1)) == timedelta(
        microseconds=-33_333_334
    )


def test_a_clock_goes_with_a_matter_to_another_service() -> None:
    there = Place("travel", 2)
    slower = rule_of(minutes=240, name="Travel")
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)))
    log = log.with_entry(entry(3, MOVED, at(20, 11), place=there))
    log = log.with_entry(entry(4, RESUMED, at(20, 12)))
    terms = Terms(OFFICE, {there: slower})
    clock = read_clock(log, rule_of(minutes=120), terms, at(20, 13))
    # Half of two hours was used before: half of four hours is left, of which one is used.
    assert clock.deadline == at(20, 14)
    assert clock.last is not None
    assert (clock.last.rule, clock.last.place) == (slower, there)
    assert minutes(clock) == [(OPEN, 60), (PAUSED, 0), (PAUSED, 0), (OPEN, 60)]


def test_what_was_broken_before_a_move_stays_with_the_service_that_broke_it() -> None:
    there = Place("travel", 2)
    log = log_of((RAISED, at(20, 9)))
    log = log.with_entry(entry(2, MOVED, at(20, 11), place=there))
    terms = Terms(OFFICE, {there: rule_of(minutes=6000)})
    clock = read_clock(log, rule_of(), terms, at(20, 13))
    assert clock.last is not None
    assert (clock.state, clock.outcome_at) == (ClockState.BREACHED, at(20, 10))
    assert clock.last.place.service == "payroll"


def test_where_nothing_is_promised_time_stands_still() -> None:
    there = Place("travel", 1)
    log = log_of((RAISED, at(20, 9)))
    log = log.with_entry(entry(2, MOVED, at(20, 9, 30), place=there))
    terms = Terms(OFFICE, {there: None})
    clock = read_clock(log, rule_of(), terms, at(21, 9))
    assert (clock.state, clock.deadline, clock.elapsed_minutes) == (
        ClockState.NOT_PROMISED,
        None,
        30,
    )
    assert clock.spans[-1].rule == "Nothing is promised for priority normal in travel."
    back = log.with_entry(entry(3, MOVED, at(21, 9), place=Place("payroll", 1)))
    assert read_clock(back, rule_of(), terms, at(21, 9)).deadline == at(21, 9, 30)


def test_a_clock_begins_where_something_is_first_promised() -> None:
    log = log_of((RAISED, at(20, 9)))
    log = log.with_entry(entry(2, PRIORITY, at(20, 11), priority=Priority.HIGH))
    rule = rule_of(minutes={Priority.HIGH: 60})
    assert not read(log, rule, at(20, 10)).is_promised
    clock = read(log, rule, at(20, 11, 30))
    assert (clock.elapsed_minutes, clock.deadline) == (30, at(20, 12))
    assert clock.spans[0].start == at(20, 11)


def test_a_breach_before_a_cancellation_stands() -> None:
    log = log_of((RAISED, at(20, 9)), (CANCELLED, at(20, 11)))
    assert read(log, rule_of(), at(20, 12)).state is ClockState.BREACHED
    assert read(log, rule_of(minutes=180), at(20, 12)).state is ClockState.CANCELLED


def test_an_update_is_due_so_long_after_each_word_to_the_customer() -> None:
    log = log_of((RAISED, at(20, 9)), (RESPONDED, at(20, 9, 30)), (UPDATED, at(20, 11)))
    clock = read(log, rule_of(UPDATE), at(20, 11, 30))
    assert [(r.state, r.elapsed_minutes, r.outcome_at) for r in clock.rounds] == [
        (ClockState.MET, 30, at(20, 9, 30)),
        (ClockState.BREACHED, 90, at(20, 10, 30)),
        (ClockState.RUNNING, 30, None),
    ]
    assert (clock.deadline, len(clock.breached)) == (at(20, 12), 1)


# -------------------------------------------------------------------- ends to the second


def test_ending_at_the_deadline_is_in_time_and_a_second_later_is_not() -> None:
    in_time = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 10)))
    too_late = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 10, 0, 1)))
    assert read(in_time, rule_of(), at(21, 9)).state is ClockState.MET
    late = read(too_late, rule_of(), at(21, 9))
    assert (late.state, late.outcome_at) == (ClockState.BREACHED, at(20, 10))


def test_a_target_that_runs_out_at_closing_time_is_not_saved_by_the_night() -> None:
    log = log_of((RAISED, at(20, 15, 30)), (RESOLVED, at(20, 20)))
    clock = read(log, rule_of(), at(21, 9))
    assert (clock.state, clock.outcome_at) == (ClockState.BREACHED, at(20, 16, 30))


def test_whole_minutes_are_counted_over_the_seams_of_spans() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 9, 0, 40)), (RESUMED, at(20, 10)))
    clock = read(log, rule_of(), at(20, 10, 0, 40))
    assert clock.elapsed == timedelta(seconds=80)
    assert [span.minutes for span in clock.spans] == [0, 0, 1]


def test_events_of_the_future_and_matters_not_yet_known_are_not_read() -> None:
    log = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 10)))
    assert read(log, rule_of(minutes=90), at(20, 9, 30)).state is ClockState.RUNNING
    for now, known_at in ((at(20, 8), None), (at(20, 10), at(20, 8))):
        with pytest.raises(NotRaisedYet):
            read(log, rule_of(), now, known_at)


# -------------------------------------------------------------------------- explaining


def test_an_explanation_names_every_rule_and_sums_exactly() -> None:
    """From the eve of All Saints' Day, a half day, over the weekend and a pause."""
    log = log_of(
        (RAISED, at(31, 11)),
        (WAITING, at(3, 9, month=11)),
        (RESUMED, at(3, 10, 30, month=11)),
        (RESOLVED, at(3, 11, month=11)),
    )
    clock = read(log, rule_of(minutes=180), at(5, 9, month=11))
    assert [(s.state, s.minutes, s.rule, s.cause.sequence) for s in clock.spans] == [
        (OPEN, 60, "All Saints' Eve, half day 08:00-12:00", 1),
        (HOLIDAY, 0, "All Saints' Eve, half day until 12:00", 1),
        (CLOSED, 0, "outside the weekly hours", 1),
        (OPEN, 60, "Monday 08:00-16:30", 1),
        (PAUSED, 0, "The centre waits for the customer.", 2),
        (OPEN, 30, "Monday 08:00-16:30", 3),
    ]
    assert Sums.of(clock.spans) == Sums(
        wall_time=timedelta(hours=72),
        counted=timedelta(minutes=150),
        closed=timedelta(hours=56),
        holiday=timedelta(hours=12),
        paused=timedelta(minutes=90),
    )
    assert clock.last is not None
    assert [(step.cause.sequence, step.runs, step.left) for step in steps_of(clock.last)] == [
        (1, True, timedelta(minutes=180)),
        (2, False, timedelta(minutes=60)),
        (3, True, timedelta(minutes=60)),
    ]
    words = told(clock.last)
    assert "2 h 30 min counted of the 3 h 0 min allowed" in words.text
    assert "2 tim 30 min räknades av de 3 tim 0 min som är utlovade" in words.text_sv


def test_both_clock_changes_are_right_to_the_second() -> None:
    """Round the clock: 23 hours on the day the clocks go forward, 25 when they go back."""
    always = signed_rules(ServiceHours(opens=time(0), closes=time(0), half_day_closes=time(0)))
    week = replace(always, weekly=(always.weekly[0],) * 7, special_days=lambda _: ({}, {}))
    terms = Terms(ServiceTime.of(week))
    for day, hours in ((date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2024, 2, 29), 24)):
        begins = datetime.combine(day, time(0, 0, 1), tzinfo=STOCKHOLM)
        log = log_of((RAISED, begins))
        clock = read_clock(log, rule_of(minutes=60 * hours), terms, begins)
        assert clock.deadline == datetime.combine(
            day + timedelta(days=1), time(0, 0, 1), tzinfo=STOCKHOLM
        )
