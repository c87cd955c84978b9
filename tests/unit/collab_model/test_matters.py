"""Matters' clocks against a slow oracle that ticks through every minute of a log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.calendars.domain import DayKind, ServiceCalendar
from services.collab_model.matters.domain import (
    JUST_AFTER,
    ClockState,
    EventContradictsState,
    LogEntry,
    MatterEvent,
    MatterStatus,
    NotThePartysEvent,
    Party,
    SpanState,
    Target,
    next_entry,
    read_clock,
    status_of,
)
from services.contracts.values import MeasureKind

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MINUTE = timedelta(minutes=1)


def weekdays(day: date) -> DayKind:
    return DayKind.CLOSED if day.weekday() >= 5 else DayKind.WORKING


CALENDAR = ServiceCalendar(STOCKHOLM, time(8), time(16, 30), time(12), weekdays)

# Monday; the weekend of the October clock change lies behind the first week.
MONDAY = datetime(2025, 10, 20, 6, 0, tzinfo=UTC)


def log_of(*entries: tuple[MatterEvent, datetime]) -> list[LogEntry]:
    return [
        LogEntry(number, event, at, Party.CENTRE)
        for number, (event, at) in enumerate(entries, start=1)
    ]


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A wall time in October 2025."""
    return datetime(2025, 10, day, hour, minute, second, tzinfo=STOCKHOLM)


def resolution(minutes: int) -> Target:
    return Target("resolution", MeasureKind.RESOLUTION_TIME, minutes)


def response(minutes: int) -> Target:
    return Target("response", MeasureKind.RESPONSE_TIME, minutes)


RAISED, RESPONDED = MatterEvent.RAISED, MatterEvent.RESPONDED
WAITING, RESUMED = MatterEvent.WAITING_FOR_CUSTOMER, MatterEvent.RESUMED
RESOLVED = MatterEvent.RESOLVED


# ------------------------------------------------------------------ the slow oracle


@dataclass(frozen=True)
class Expected:
    """What a clock must show; computed by walking through every minute."""

    state: ClockState
    minutes: int
    breached_at: datetime | None


def tick_through(log: list[LogEntry], target: Target, now: datetime) -> Expected:
    """Every minute from raising to the end counts when the office is open and the log,
    up to that minute, does not say that the centre waits."""
    ends = {RESOLVED, RESPONDED} if target.kind is MeasureKind.RESPONSE_TIME else {RESOLVED}
    end = next((entry.at for entry in log if entry.event in ends and entry.at <= now), None)
    minutes, breached_at, minute = 0, None, log[0].at
    used_up_at = None
    while minute < (end or now):
        if used_up_at is not None and breached_at is None and not waits(log, minute):
            breached_at = used_up_at if not was_paused_at(log, used_up_at) else minute
        if is_office_time(minute) and not waits(log, minute):
            minutes += 1
            if minutes == target.minutes:
                used_up_at = minute + MINUTE
        minute += MINUTE
    if breached_at is not None:
        return Expected(ClockState.BREACHED, minutes, breached_at)
    if end is not None:
        return Expected(ClockState.MET, minutes, None)
    paused = status_of([entry for entry in log if entry.at <= now]) is not MatterStatus.OPEN
    return Expected(ClockState.PAUSED if paused else ClockState.RUNNING, minutes, None)


def is_office_time(minute: datetime) -> bool:
    wall = minute.astimezone(STOCKHOLM)
    return wall.weekday() < 5 and time(8) <= wall.time() < time(16, 30)


def waits(log: list[LogEntry], minute: datetime) -> bool:
    known = [entry for entry in log if entry.at <= minute]
    return status_of(known) is MatterStatus.WAITING_FOR_CUSTOMER


def was_paused_at(log: list[LogEntry], instant: datetime) -> bool:
    """Whether the allowance ran out just as a pause began: it then breaks on resuming."""
    return waits(log, instant)


@st.composite
def logs(draw: st.DrawFn) -> list[LogEntry]:
    """Logs with up to three pauses, perhaps a response, perhaps an end; whole minutes."""
    instant = MONDAY + draw(st.integers(0, 3 * 24 * 60)) * MINUTE
    entries = [(RAISED, instant)]
    may_respond = True
    for _ in range(draw(st.integers(0, 3))):
        if may_respond and draw(st.booleans()):
            instant += draw(st.integers(1, 600)) * MINUTE
            entries.append((RESPONDED, instant))
            may_respond = False
        instant += draw(st.integers(1, 1500)) * MINUTE
        entries.append((WAITING, instant))
        instant += draw(st.integers(1, 3000)) * MINUTE
        entries.append((RESUMED, instant))
    ending = draw(st.sampled_from(["open", "waiting", "resolved"]))
    if ending != "open":
        instant += draw(st.integers(1, 2000)) * MINUTE
        entries.append((WAITING if ending == "waiting" else RESOLVED, instant))
    return log_of(*entries)


@given(logs(), st.sampled_from(list(MeasureKind)[:2]), st.integers(1, 1200), st.integers(0, 4000))
@settings(max_examples=150, deadline=None)
def test_a_clock_shows_what_ticking_through_its_log_gives(
    log: list[LogEntry], kind: MeasureKind, minutes: int, later: int
) -> None:
    target = Target("level", kind, minutes)
    now = log[-1].at + later * MINUTE
    clock = read_clock(log, target, CALENDAR, now)
    expected = tick_through(log, target, now)
    assert (clock.state, clock.elapsed_minutes) == (expected.state, expected.minutes)
    if expected.breached_at is not None:
        assert clock.outcome_at == expected.breached_at


@given(logs(), st.integers(1, 1200), st.integers(0, 4000))
@settings(max_examples=100, deadline=None)
def test_spans_are_gapless_and_sum_to_the_elapsed_minutes(
    log: list[LogEntry], minutes: int, later: int
) -> None:
    now = log[-1].at + later * MINUTE
    clock = read_clock(log, resolution(minutes), CALENDAR, now)
    assert sum(span.minutes for span in clock.spans) == clock.elapsed_minutes
    assert all(span.minutes == 0 for span in clock.spans if span.state is not SpanState.OPEN)
    assert all(
        before.end == after.start
        for before, after in zip(clock.spans, clock.spans[1:], strict=False)
    )
    if clock.spans:
        end = log[-1].at if log[-1].event is RESOLVED else now
        assert (clock.spans[0].start, clock.spans[-1].end) == (log[0].at, end)


@given(logs(), st.integers(1, 1200), st.integers(0, 4000), st.integers(1, 4000))
@settings(max_examples=100, deadline=None)
def test_a_breach_is_for_good_and_its_instant_never_moves(
    log: list[LogEntry], minutes: int, later: int, still_later: int
) -> None:
    now = log[-1].at + later * MINUTE
    clock = read_clock(log, resolution(minutes), CALENDAR, now)
    after = read_clock(log, resolution(minutes), CALENDAR, now + still_later * MINUTE)
    if clock.state is ClockState.BREACHED:
        assert (after.state, after.outcome_at) == (ClockState.BREACHED, clock.outcome_at)
    if clock.state is ClockState.MET:
        assert after == clock


@given(logs(), st.integers(1, 1200))
@settings(max_examples=100, deadline=None)
def test_a_running_clock_is_breached_just_after_its_deadline_and_not_before(
    log: list[LogEntry], minutes: int
) -> None:
    clock = read_clock(log, resolution(minutes), CALENDAR, log[-1].at)
    if clock.state is not ClockState.RUNNING:
        return
    assert clock.deadline is not None
    on_time = read_clock(log, resolution(minutes), CALENDAR, clock.deadline)
    too_late = read_clock(log, resolution(minutes), CALENDAR, clock.deadline + JUST_AFTER)
    assert on_time.state is ClockState.RUNNING
    assert (too_late.state, too_late.outcome_at) == (ClockState.BREACHED, clock.deadline)


# ----------------------------------------------------------------- examples by hand


def test_a_pause_over_the_weekend_takes_only_its_office_hours() -> None:
    log = log_of((RAISED, at(24, 15)), (WAITING, at(24, 16)), (RESUMED, at(27, 9)))
    clock = read_clock(log, resolution(120), CALENDAR, at(27, 9, 30))
    assert (clock.state, clock.elapsed_minutes) == (ClockState.RUNNING, 90)
    assert clock.deadline == at(27, 10)
    assert [(span.state, span.minutes) for span in clock.spans] == [
        (SpanState.OPEN, 60),
        (SpanState.PAUSED, 0),
        (SpanState.OPEN, 30),
    ]


def test_a_pause_outside_service_hours_changes_nothing() -> None:
    quiet = log_of((RAISED, at(24, 16)))
    paused = log_of((RAISED, at(24, 16)), (WAITING, at(25, 10)), (RESUMED, at(26, 10)))
    for target in (resolution(60), response(60)):
        without = read_clock(quiet, target, CALENDAR, at(27, 8, 10))
        with_pause = read_clock(paused, target, CALENDAR, at(27, 8, 10))
        assert with_pause.elapsed == without.elapsed == timedelta(minutes=40)
        assert with_pause.deadline == without.deadline == at(27, 8, 30)


def test_a_paused_clock_has_no_deadline_and_never_breaches() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)))
    clock = read_clock(log, resolution(90), CALENDAR, at(31, 12))
    assert (clock.state, clock.deadline, clock.elapsed_minutes) == (ClockState.PAUSED, None, 60)


def test_ending_at_the_deadline_is_in_time_and_a_second_later_is_not() -> None:
    in_time = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 10)))
    too_late = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 10, 0, 1)))
    assert read_clock(in_time, resolution(60), CALENDAR, at(21, 9)).state is ClockState.MET
    late = read_clock(too_late, resolution(60), CALENDAR, at(21, 9))
    assert (late.state, late.outcome_at) == (ClockState.BREACHED, at(20, 10))


def test_a_target_that_runs_out_at_closing_time_is_not_saved_by_the_night() -> None:
    log = log_of((RAISED, at(20, 15, 30)), (RESOLVED, at(20, 20)))
    clock = read_clock(log, resolution(60), CALENDAR, at(21, 9))
    assert (clock.state, clock.outcome_at) == (ClockState.BREACHED, at(20, 16, 30))


def test_resolving_is_the_response_when_there_was_none() -> None:
    log = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 9, 20)))
    clock = read_clock(log, response(30), CALENDAR, at(20, 12))
    assert (clock.state, clock.outcome_at) == (ClockState.MET, at(20, 9, 20))


def test_responding_ends_the_response_clock_only() -> None:
    log = log_of((RAISED, at(20, 9)), (RESPONDED, at(20, 9, 20)))
    now = at(20, 10)
    assert read_clock(log, response(30), CALENDAR, now).state is ClockState.MET
    running = read_clock(log, resolution(90), CALENDAR, now)
    assert (running.state, running.deadline) == (ClockState.RUNNING, at(20, 10, 30))


def test_a_clock_resolved_while_waiting_is_met() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 9, 30)), (RESOLVED, at(22, 9)))
    clock = read_clock(log, resolution(60), CALENDAR, at(23, 9))
    assert (clock.state, clock.elapsed_minutes, clock.deadline) == (ClockState.MET, 30, None)


def test_entries_of_the_future_are_not_known_yet() -> None:
    log = log_of((RAISED, at(20, 9)), (RESOLVED, at(20, 10)))
    assert read_clock(log, resolution(90), CALENDAR, at(20, 9, 30)).state is ClockState.RUNNING
    with pytest.raises(ValueError, match="not been raised"):
        read_clock(log, resolution(90), CALENDAR, at(20, 8))


def test_whole_minutes_are_counted_over_the_seams_of_spans() -> None:
    log = log_of(
        (RAISED, at(20, 9)),
        (WAITING, at(20, 9, 0, 40)),
        (RESUMED, at(20, 10)),
    )
    clock = read_clock(log, resolution(60), CALENDAR, at(20, 10, 0, 40))
    assert clock.elapsed == timedelta(seconds=80)
    assert [span.minutes for span in clock.spans] == [0, 0, 1]


# ------------------------------------------------------------------ what fits a log


@pytest.mark.parametrize(
    ("before", "event"),
    [
        ([], RAISED),
        ([], RESUMED),
        ([RESPONDED], RESPONDED),
        ([WAITING], WAITING),
        ([WAITING, RESUMED], RESUMED),
        ([RESOLVED], RESPONDED),
        ([RESOLVED], WAITING),
        ([RESOLVED], RESUMED),
        ([RESOLVED], RESOLVED),
    ],
)
def test_contradictions_are_refused(before: list[MatterEvent], event: MatterEvent) -> None:
    entries = [(each, at(20, 10 + hour)) for hour, each in enumerate(before)]
    log = log_of((RAISED, at(20, 9)), *entries)
    with pytest.raises(EventContradictsState):
        next_entry(log, event, party=Party.CENTRE, at=at(20, 15))


@pytest.mark.parametrize(
    ("before", "event", "status"),
    [
        ([], RESPONDED, MatterStatus.OPEN),
        ([], WAITING, MatterStatus.WAITING_FOR_CUSTOMER),
        ([WAITING], RESPONDED, MatterStatus.WAITING_FOR_CUSTOMER),
        ([WAITING], RESUMED, MatterStatus.OPEN),
        ([WAITING], RESOLVED, MatterStatus.RESOLVED),
        ([WAITING, RESUMED], WAITING, MatterStatus.WAITING_FOR_CUSTOMER),
        ([], RESOLVED, MatterStatus.RESOLVED),
    ],
)
def test_what_fits_is_added(
    before: list[MatterEvent], event: MatterEvent, status: MatterStatus
) -> None:
    entries = [(each, at(20, 10 + hour)) for hour, each in enumerate(before)]
    log = log_of((RAISED, at(20, 9)), *entries)
    entry = next_entry(log, event, party=Party.CENTRE, at=at(20, 15), note="noted")
    assert entry == LogEntry(len(log) + 1, event, at(20, 15), Party.CENTRE, "noted")
    assert status_of([*log, entry]) is status


@pytest.mark.parametrize("event", [RESPONDED, WAITING, RESOLVED])
def test_customers_enter_only_what_is_theirs(event: MatterEvent) -> None:
    log = log_of((RAISED, at(20, 9)))
    with pytest.raises(NotThePartysEvent):
        next_entry(log, event, party=Party.CUSTOMER, at=at(20, 10))


def test_customers_may_resume() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)))
    entry = next_entry(log, RESUMED, party=Party.CUSTOMER, at=at(20, 11))
    assert entry.party is Party.CUSTOMER


def test_a_log_never_goes_back_in_time() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)))
    entry = next_entry(log, RESUMED, party=Party.CENTRE, at=at(20, 9, 59))
    assert entry.at == at(20, 10)
