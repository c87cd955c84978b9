"""Where every other product goes wrong (DOMAIN.md section 6): each case by its name.

What only shows in storage, timers and over HTTP is in the component tests' file of the same
name. That none of them replays history against a proposed agreement: ``test_what_if.py``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.collab_model.calendars.domain import Interval, ServiceTime
from services.collab_model.calendars.facts import (
    Binding,
    CalendarFacts,
    CalendarVersion,
    SignedHours,
)
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.calendars.rules import CalendarRules, SpanKind, WallHours, in_order
from services.collab_model.clocks.domain import ClockState, read_clock
from services.collab_model.clocks.explaining import Sums, steps_of
from services.collab_model.clocks.legs import JUST_AFTER
from services.collab_model.clocks.rules import Measure, Terms
from services.collab_model.clocks.spans import SpanState
from services.collab_model.clocks.telling import Told, told, told_of_span
from services.collab_model.clocks.warnings import warnings_of
from services.contracts.values import Priority, ServiceHours
from tests.unit.collab_model.calendar_oracle import DAY, MINUTE
from tests.unit.collab_model.clock_stories import (
    PRIORITY,
    RAISED,
    REOPENED,
    RESOLVED,
    RESUMED,
    WAITING,
    entry,
    log_of,
    rule_of,
)
from tests.unit.collab_model.office_hours import STOCKHOLM, at, minutes, read

RESPONSE = Measure.RESPONSE
OPEN, CLOSED, HOLIDAY, PAUSED = SpanState
ALL_DAY = (WallHours(0, DAY),)
AROUND_THE_CLOCK = ServiceTime.of(CalendarRules(STOCKHOLM, (ALL_DAY,) * 7))
NINE_TO_FIVE = (WallHours.between(time(9), time(17)),)
WEEKDAYS_ONLY = (NINE_TO_FIVE,) * 5 + ((), ())


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


def test_a_calendar_edit_rewrites_no_history() -> None:
    """Shorter hours from Wednesday on, which are recorded on Thursday."""
    office, shorter = (signed_rules(ServiceHours(closes=time(*end))) for end in ((16, 30), (12, 0)))
    edited = CalendarFacts(
        signed=[SignedHours(1, None, at(1, 9), lambda _: office)],
        bindings=[Binding(1, date(2025, 10, 1), None, at(1, 9), "office")],
        versions={
            "office": [
                CalendarVersion(1, date(2025, 10, 1), None, at(1, 9), office),
                CalendarVersion(2, date(2025, 10, 22), None, at(23, 9), shorter),
            ]
        },
    )
    log = log_of((RAISED, at(21, 14)), (RESOLVED, at(22, 15)))
    told_of = []
    for known_at in (at(22, 18), at(23, 8, 59, 59), at(23, 9)):
        terms = Terms(edited.known_at(known_at).service_time())
        clock = read_clock(log, rule_of(minutes=600), terms, at(22, 18), known_at)
        versions = [span.calendar_version for span in clock.spans if span.state is OPEN]
        told_of.append((clock.elapsed_minutes, versions))
    assert told_of == [(570, [1, 1]), (570, [1, 1]), (390, [1, 2])]


def test_zammad_3180_round_the_clock_is_not_shut_for_a_minute_at_midnight() -> None:
    start = datetime(2025, 6, 2, 23, 59, 30, tzinfo=STOCKHOLM)
    assert AROUND_THE_CLOCK.service_time_between(start, start + MINUTE) == MINUTE
    assert AROUND_THE_CLOCK.add_service_time(start, 1 * MINUTE) == start + MINUTE
    year = datetime(2025, 1, 1, tzinfo=STOCKHOLM), datetime(2026, 1, 1, tzinfo=STOCKHOLM)
    assert AROUND_THE_CLOCK.service_time_between(*year) == timedelta(days=365)
    assert len(AROUND_THE_CLOCK.table(*year).starts) == 1
    assert {each.kind for each in AROUND_THE_CLOCK.spans(*year)} == {SpanKind.OPEN}


def test_zammad_4432_no_reminder_at_night_where_that_is_asked_for() -> None:
    """What is reached as the office closes is told when it opens again, and else at once."""
    friday = log_of((RAISED, at(24, 15, 30)))
    for quiet, due in ((False, at(24, 16, 30)), (True, at(27, 8))):
        rule = rule_of(minutes=120, warnings=(50,), warn_in_service_hours_only=quiet)
        [half, breach] = warnings_of(read(friday, rule, at(24, 17)))
        assert (half.percent, half.reached_at, half.due_at) == (50, at(24, 16, 30), due)
        assert breach.due_at == at(27, 9) + JUST_AFTER


def test_frappe_2212_lunch_breaks_do_not_count() -> None:
    halves = in_order([WallHours.between(time(13), time(17)), WallHours.between(time(8), time(12))])
    with_lunch = ServiceTime.of(CalendarRules(STOCKHOLM, (halves,) * 7))
    start = datetime(2025, 6, 2, 11, 30, tzinfo=STOCKHOLM)
    assert with_lunch.add_service_time(start, 31 * MINUTE) == datetime(
        2025, 6, 2, 13, 1, tzinfo=STOCKHOLM
    )
    spans = list(with_lunch.spans(start, start + timedelta(hours=2)))
    assert [(each.kind, each.rule) for each in spans] == [
        (SpanKind.OPEN, "Monday 08:00-12:00"),
        (SpanKind.CLOSED, "outside the weekly hours"),
        (SpanKind.OPEN, "Monday 13:00-17:00"),
    ]
    assert spans[0].rule_sv == "måndag 08.00–12.00"


@pytest.mark.parametrize(
    ("zone", "opens"),
    [
        ("Asia/Kolkata", datetime(2025, 6, 2, 3, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2025, 6, 2, 3, 15, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2025, 6, 1, 22, 30, tzinfo=UTC)),
    ],
)
def test_frappe_3776_zones_off_the_hour_open_when_their_clocks_say_so(
    zone: str, opens: datetime
) -> None:
    calendar = ServiceTime.of(CalendarRules(ZoneInfo(zone), WEEKDAYS_ONLY))
    monday = list(calendar.open_intervals(opens - timedelta(hours=2), opens + timedelta(hours=9)))
    assert monday == [Interval(opens, opens + timedelta(hours=8))]


def test_lord_howes_clocks_change_by_half_an_hour() -> None:
    day = ServiceTime.of(CalendarRules(ZoneInfo("Australia/Lord_Howe"), (ALL_DAY,) * 7))
    lengths = [
        day.first_instant_of(each + timedelta(days=1)) - day.first_instant_of(each)
        for each in (date(2025, 4, 6), date(2025, 10, 5))
    ]
    assert lengths == [timedelta(hours=24.5), timedelta(hours=23.5)]


def test_reopening_an_old_matter_does_not_breach_at_once() -> None:
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


def test_a_clock_explains_itself_with_every_rule_and_exact_sums() -> None:
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
    assert words.text == (
        "The promise was kept. Time counts from 2025-10-31 11:00, when the matter was raised, to "
        "2025-11-03 11:00, when the matter was resolved. In all 72 h passed, of which 56 h outside "
        "service hours, 12 h on days off and holidays and 1 h 30 min while time stood still do not "
        "count. What counts is 2 h 30 min; the promise is 3 h. The time promised would have lasted "
        "until 2025-11-03 11:30."
    )
    assert words.text_sv.replace("\u00a0", " ") == (
        "Det som var utlovat hölls. Tiden räknas från 31 oktober 2025 kl. 11.00, då ärendet "
        "anmäldes, till 3 november 2025 kl. 11.00, då ärendet löstes. Sammanlagt gick 72 tim, "
        "varav 56 tim utanför servicetiden, 12 tim på lediga dagar och helgdagar och 1 tim 30 min "
        "medan tiden stod still inte räknas. Det som räknas är 2 tim 30 min; utlovat är 3 tim. "
        "Den utlovade tiden hade räckt till 3 november 2025 kl. 11.30."
    )
    paused, counted = (told_of_span(span, None) for span in clock.spans[4:])
    assert paused.text == (
        "2025-11-03 09:00 to 2025-11-03 10:30: did not count. The centre waits for the customer. "
        "Measured so since line 2 of the log, when the centre began to wait for the customer."
    )
    called = Told("the agreement", "överenskommelsen")
    assert told_of_span(clock.spans[5], called).text_sv.replace("\u00a0", " ") == (
        "3 november 2025 kl. 10.30 till 3 november 2025 kl. 11.00: 30 min räknas. Måndag "
        "08.00–16.30, enligt överenskommelsen. Mäts så sedan rad 3 i loggen, då väntan tog slut."
    )
    assert "30 min counted. Monday 08:00-16:30." in counted.text
