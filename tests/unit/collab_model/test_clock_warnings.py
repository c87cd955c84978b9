"""Which warnings of a clock are true, and when somebody is to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.clocks.domain import read_clock
from services.collab_model.clocks.legs import JUST_AFTER
from services.collab_model.clocks.rules import ClockRule, Terms
from services.collab_model.clocks.warnings import BREACH, warnings_of
from services.collab_model.matters.log import MatterLog
from services.contracts.values import Priority
from tests.unit.collab_model.clock_stories import (
    PRIORITY,
    RAISED,
    RESOLVED,
    RESUMED,
    WAITING,
    a_case,
    entry,
    log_of,
    rule_of,
    terms_of,
)
from tests.unit.collab_model.office_hours import OFFICE, at

MICROSECOND = timedelta(microseconds=1)


def given_by(
    log: MatterLog, rule: ClockRule, now: datetime
) -> list[tuple[int, datetime, datetime]]:
    """What was warned of up to now: the percentage, when it was reached, when told."""
    found = warnings_of(read_clock(log, rule, Terms(OFFICE), now))
    return [(each.percent, each.reached_at, each.due_at) for each in found if each.due_at <= now]


RULE = rule_of(minutes=120, warnings=(50, 75))


def test_a_clock_warns_at_percentages_and_at_a_breach() -> None:
    log = log_of((RAISED, at(20, 9)))
    assert given_by(log, RULE, at(20, 9, 59)) == []
    assert given_by(log, RULE, at(20, 10)) == [(50, at(20, 10), at(20, 10))]
    assert [each for each, *_ in given_by(log, RULE, at(20, 11))] == [50, 75]
    assert given_by(log, RULE, at(20, 11) + JUST_AFTER)[-1] == (
        BREACH,
        at(20, 11),
        at(20, 11) + JUST_AFTER,
    )


def test_what_comes_next_is_known_in_advance() -> None:
    log = log_of((RAISED, at(20, 16)))
    found = warnings_of(read_clock(log, RULE, Terms(OFFICE), at(20, 16)))
    assert [(each.percent, each.reached_at) for each in found] == [
        (50, at(21, 8, 30)),
        (75, at(21, 9)),
        (BREACH, at(21, 9, 30)),
    ]


def test_a_paused_clock_comes_to_nothing_more() -> None:
    log = log_of((RAISED, at(20, 9)), (WAITING, at(20, 10)))
    found = warnings_of(read_clock(log, RULE, Terms(OFFICE), at(25, 9)))
    assert [each.percent for each in found] == [50]


def test_a_breach_that_is_found_at_night_waits_for_the_morning_too() -> None:
    quiet = replace(rule_of(minutes=60), warn_in_service_hours_only=True)
    log = log_of((RAISED, at(20, 15, 30)))
    assert given_by(log, quiet, at(20, 22)) == []
    assert given_by(log, quiet, at(21, 8)) == [(BREACH, at(20, 16, 30), at(21, 8))]


def test_nobody_is_warned_in_the_morning_of_what_was_resolved_at_night() -> None:
    quiet = replace(RULE, warn_in_service_hours_only=True)
    log = log_of((RAISED, at(24, 15, 30)), (RESOLVED, at(24, 20)))
    assert given_by(log, quiet, at(27, 9)) == []
    assert [each for each, *_ in given_by(log, RULE, at(27, 9))] == [50]


def test_a_change_of_priority_warns_of_nothing_by_itself() -> None:
    rule = rule_of(minutes={Priority.NORMAL: 480, Priority.CRITICAL: 120}, warnings=(50,))
    log = log_of((RAISED, at(20, 9)))
    log = log.with_entry(entry(2, PRIORITY, at(20, 12), priority=Priority.CRITICAL))
    assert given_by(log, rule, at(20, 12)) == []
    assert given_by(log, rule, at(20, 12, 15)) == [(50, at(20, 12, 15), at(20, 12, 15))]


@pytest.mark.parametrize("resumed", [at(20, 12), at(21, 9)])
def test_a_late_pause_makes_a_warning_untrue(resumed: datetime) -> None:
    log = log_of((RAISED, at(20, 9)))
    late = log_of((RAISED, at(20, 9)), (WAITING, at(20, 9, 30)), (RESUMED, resumed))
    assert [each for each, *_ in given_by(log, RULE, at(20, 10, 30))] == [50, 75]
    assert given_by(late, RULE, at(20, 10, 30)) == []


@given(st.integers(0, 2**64 - 1).map(Random), st.integers(1, 99))
@settings(max_examples=200, deadline=None)
def test_a_warning_is_true_from_the_instant_it_is_reached(random: Random, percent: int) -> None:
    """A microsecond before, less was used; from then on, so much or more."""
    calendar, log, rule, at_ = a_case(random)
    terms = terms_of(calendar)
    rule = replace(rule, warnings=(percent,))
    for warned in warnings_of(read_clock(log, rule, terms, at_)):
        if warned.percent == BREACH or warned.reached_at > at_:
            continue
        now, before = (
            read_clock(log, rule, terms, max(instant, log.entries[0].at)).rounds
            for instant in (warned.reached_at, warned.reached_at - MICROSECOND)
        )
        then = now[warned.round - 1]
        basis = then.legs[-1].basis
        if basis is None or then.left is None:
            continue
        assert BREACH * then.left <= (BREACH - percent) * basis
        earlier = before[warned.round - 1] if len(before) >= warned.round else then
        if earlier.left is not None and earlier.legs[-1].basis == basis:
            assert BREACH * (earlier.left + MICROSECOND) >= (BREACH - percent) * basis
