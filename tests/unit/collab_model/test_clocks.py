"""Clocks against one that ticks, and what holds of every clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.clocks.domain import (
    ClockReading,
    ClockState,
    RoundReading,
    read_clock,
)
from services.collab_model.clocks.legs import JUST_AFTER
from services.collab_model.clocks.spans import SpanState
from services.collab_model.matters.log import LogEntry, MatterLog
from tests.unit.collab_model.clock_stories import (
    LATER,
    STEP,
    Ticked,
    TickingClock,
    a_case,
    terms_of,
)

SEEDS = st.integers(0, 2**64 - 1).map(Random)


def outcome(ticked: Ticked, *, paused: bool, promised: bool) -> ClockState:
    if ticked.breached_at is not None:
        return ClockState.BREACHED
    if ticked.end == "not_promised" or not promised:
        return ClockState.NOT_PROMISED
    if ticked.end == "cancelled":
        return ClockState.CANCELLED
    if ticked.end:
        return ClockState.MET
    return ClockState.PAUSED if paused else ClockState.RUNNING


def shown(round_: RoundReading) -> tuple[ClockState, timedelta, object]:
    breached = round_.outcome_at if round_.state is ClockState.BREACHED else None
    return round_.state, round_.elapsed, breached


@given(SEEDS)
@settings(max_examples=100, deadline=None)
def test_ten_thousand_calendars_and_logs_show_what_ticking_through_them_gives(
    random: Random,
) -> None:
    for _ in range(100):
        calendar, log, rule, at = a_case(random)
        reading = read_clock(log, rule, terms_of(calendar), at)
        ticking = TickingClock(rule, calendar)
        rounds = ticking.tick_through(log, at)
        expected = []
        for ticked in rounds:
            promised = bool(ticked.end) or ticking.targets.get(ticking.priority) is not None
            state = outcome(ticked, paused=ticking.held, promised=promised)
            expected.append((state, ticked.elapsed, ticked.breached_at))
        assert [shown(round_) for round_ in reading.rounds] == expected


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_spans_are_gapless_and_sum_to_what_was_counted(random: Random) -> None:
    for _ in range(10):
        calendar, log, rule, at = a_case(random)
        for round_ in read_clock(log, rule, terms_of(calendar), at).rounds:
            spans = round_.spans
            assert all(a.end == b.start for a, b in pairwise(spans))
            assert sum((span.counted for span in spans), timedelta(0)) == round_.elapsed
            assert sum(span.minutes for span in spans) == round_.elapsed_minutes
            assert all(span.rule and span.rule_sv for span in spans if span.calendar)
            assert all(
                (span.calendar is None) == (span.state is SpanState.PAUSED) for span in spans
            )
            if spans:
                assert (spans[0].start, spans[-1].end) == (round_.started_at, round_.until)
            wall = sum((span.duration for span in spans), timedelta(0))
            assert wall == round_.until - round_.started_at


@given(SEEDS, st.integers(1, 200))
@settings(max_examples=300, deadline=None)
def test_what_was_decided_stays_decided_while_only_time_passes(random: Random, later: int) -> None:
    calendar, log, rule, _ = a_case(random)
    terms, at = terms_of(calendar), log.last.at
    before = read_clock(log, rule, terms, at)
    after = read_clock(log, rule, terms, at + later * STEP)
    for earlier, now in zip(before.rounds, after.rounds, strict=True):
        if earlier.outcome_at is not None:
            assert (now.state, now.outcome_at) == (earlier.state, earlier.outcome_at)


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_a_running_clock_is_breached_just_after_its_deadline_and_not_before(
    random: Random,
) -> None:
    calendar, log, rule, _ = a_case(random)
    terms = terms_of(calendar)
    clock = read_clock(log, rule, terms, log.last.at)
    if clock.state is not ClockState.RUNNING or clock.deadline is None:
        return
    in_time = read_clock(log, rule, terms, clock.deadline)
    too_late = read_clock(log, rule, terms, clock.deadline + JUST_AFTER)
    assert in_time.state is ClockState.RUNNING
    assert (too_late.state, too_late.outcome_at) == (ClockState.BREACHED, clock.deadline)


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_late_entries_show_what_timely_ones_would_have(random: Random) -> None:
    """Whatever the order in which events become known, in the end the answer is the same."""
    calendar, log, rule, at = a_case(random)
    terms = terms_of(calendar)
    # One event at each instant: of several, what was recorded first comes first.
    timely = sorted({line.at: line for line in reversed(log.entries)}.values(), key=when)
    first, *others = timely
    random.shuffle(others)
    late = MatterLog.of(
        replace(line, sequence=number, recorded_at=LATER + number * STEP)
        for number, line in enumerate((first, *others), start=1)
    )
    assert told(read_clock(late, rule, terms, at)) == told(
        read_clock(renumbered(timely), rule, terms, at)
    )


def when(line: LogEntry) -> datetime:
    return line.at


def renumbered(lines: list[LogEntry]) -> MatterLog:
    return MatterLog.of(
        replace(line, sequence=number) for number, line in enumerate(lines, start=1)
    )


def told(reading: ClockReading) -> object:
    return [
        (
            *shown(round_),
            *((span.start, span.end, span.state, span.rule, span.minutes) for span in round_.spans),
        )
        for round_ in reading.rounds
    ]
