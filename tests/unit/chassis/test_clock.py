"""Where time comes from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from services.chassis.clock import STOCKHOLM, ClockCannotGoBack, SimulatedClock, SystemClock

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_systems_clock_is_the_machines_in_utc() -> None:
    with time_machine.travel(START, tick=False):
        now = SystemClock().now()
    assert now == START
    assert now.tzinfo is UTC


def test_a_simulated_clock_stands_still_until_it_is_moved() -> None:
    clock = SimulatedClock(START)
    assert (clock.now(), clock.now()) == (START, START)
    clock.advance_to(START + timedelta(days=400))
    assert clock.now() == START + timedelta(days=400)


def test_a_simulated_clock_may_be_moved_to_where_it_is() -> None:
    clock = SimulatedClock(START)
    clock.advance_to(START)
    assert clock.now() == START


def test_a_simulated_clock_never_goes_back() -> None:
    clock = SimulatedClock(START)
    with pytest.raises(ClockCannotGoBack, match=r"2026-03-01T12:00:00\+00:00"):
        clock.advance_to(START - timedelta(microseconds=1))
    assert clock.now() == START


def test_instants_of_any_zone_are_kept_in_utc() -> None:
    clock = SimulatedClock(datetime(2026, 3, 29, 1, 30, tzinfo=STOCKHOLM))
    assert clock.now() == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    # The night in which Stockholm's clocks go from 02:00 to 03:00.
    clock.advance_to(datetime(2026, 3, 29, 3, 30, tzinfo=STOCKHOLM))
    assert clock.now() == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_days_are_stockholms() -> None:
    late_evening = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert late_evening.astimezone(STOCKHOLM).date() == date(2026, 7, 1)
