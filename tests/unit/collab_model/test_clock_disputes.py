"""Disputes about clocks, settled by hand: changes in mid-flight, and ends to the second."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.clocks.domain import (
    ClockState,
    NotRaisedYet,
    read_clock,
)
from services.collab_model.clocks.explaining import steps_of
from services.collab_model.clocks.legs import carried_over
from services.collab_model.clocks.rules import Measure, Terms
from services.collab_model.clocks.spans import SpanState
from services.collab_model.clocks.telling import told, told_of_step
from services.collab_model.matters.log import MatterEvent, Place
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
from tests.unit.collab_model.office_hours import OFFICE, STOCKHOLM, at, minutes, read

UPDATE, RESPONSE = Measure.UPDATE, Measure.RESPONSE
OPEN, CLOSED, HOLIDAY, PAUSED = SpanState
MOVED = MatterEvent.MOVED


# ------------------------------------------------------- paused, and taken up again


def test_a_clock_that_paused_with_nothing_left_is_breached_when_it_runs_again() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)), (RESUMED, at(21, 9)))
    assert read(log, rule_of(), at(20, 23)).state is ClockState.PAUSED
    clock = read(log, rule_of(), at(21, 9, 0, 1))
    assert (clock.state, clock.outcome_at) == (ClockState.BREACHED, at(21, 9))


def test_reopening_does_not_undo_a_breach_nor_start_the_answer_again() -> None:
    log = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 11)), (REOPENED, at(22, 9)))
    broken = read(log, rule_of(), at(22, 9, 30))
    assert (broken.state, broken.outcome_at) == (ClockState.BREACHED, at(20, 10))
    answer = read(log, rule_of(RESPONSE, 180), at(22, 9, 30))
    assert (answer.state, answer.outcome_at) == (ClockState.MET, at(20, 11))


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
    assert "The time promised was 40 h, then 8 h; at each change the share" in words.text
    assert "Sammanlagt är 75\u00a0% av den förbrukad." in words.text_sv
    step = told_of_step(list(steps_of(clock.last))[-1])
    assert step.text.endswith("10 h of 40 h left, which is as much as 2 h of 8 h left; time runs.")
    assert "kvar av 40\u00a0tim, vilket motsvarar 2\u00a0tim kvar av 8\u00a0tim" in step.text_sv


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


# ---------------------------------------------------------------------- clock changes


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


# -------------------------------------------------------------------------- told in words


@pytest.mark.parametrize(
    ("events", "now", "begins", "ends"),
    [
        ((), at(20, 9, 30), "Time is running", "lasts until 2025-10-20 10:00."),
        (((WAITING, at(20, 9, 20)),), at(20, 11), "Time stands still.", "the promise is 1 h."),
        (((CANCELLED, at(20, 9, 20)),), at(20, 11), "Counting was broken off", "promise is 1 h."),
        ((), at(20, 10, 1), "The promise was not kept.", "was used up at 2025-10-20 10:00."),
        (((RESOLVED, at(20, 9, 0, 12)),), at(21, 9), "The promise was kept.", "20 10:00."),
    ],
)
def test_a_clock_says_how_it_stands(
    events: tuple[tuple[MatterEvent, datetime], ...], now: datetime, begins: str, ends: str
) -> None:
    clock = read(log_of((RAISED, at(20, 9)), *events), rule_of(), now)
    assert clock.last is not None
    words = told(clock.last)
    assert words.text.startswith(begins)
    assert words.text.endswith(ends)


def test_what_is_over_by_less_than_a_second_is_told_as_just_over() -> None:
    late = at(20, 10) + timedelta(milliseconds=300)
    clock = read(log_of((RAISED, at(20, 9)), (RESOLVED, late)), rule_of(), at(21, 9))
    assert clock.last is not None
    assert "the promise is 1 h, so it was just over." in told(clock.last).text
    [step] = steps_of(clock.last)
    assert told_of_step(step).text == (
        "2025-10-20 09:00, when the matter was raised: all of 1 h left; time runs."
    )


def test_where_nothing_is_promised_yet_the_words_say_so() -> None:
    rule = rule_of(minutes={Priority.HIGH: 60})
    clock = read(log_of((RAISED, at(20, 9))), rule, at(20, 10))
    assert clock.last is not None
    [step] = steps_of(clock.last)
    assert told(clock.last).text.startswith("Nothing is promised now")
    assert "nothing has been promised yet; time stands still." in told_of_step(step).text
