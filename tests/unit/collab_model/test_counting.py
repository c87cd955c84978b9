"""Each outcome of a clock counts in one closed month, whatever calendars become known when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.rules import CalendarRules, WallHours
from services.collab_model.clocks.domain import ClockState, read_clock
from services.collab_model.clocks.rules import Terms
from services.collab_model.clocks.terms import Clock
from services.collab_model.levels.domain import Closing, Month
from services.collab_model.matters.counting import CountedRound, counted_by
from tests.unit.collab_model.clock_stories import HOME, a_story, rule_of
from tests.unit.collab_model.office_hours import OFFICE, STOCKHOLM

MONTHS = [Month(2025, number) for number in (2, 3, 4, 5)]
CLOSINGS = [Closing(HOME.service, month, month.closes_at(STOCKHOLM)) for month in MONTHS]


def open_between(opens: int, closes: int) -> ServiceTime:
    """Hours on every day of the week."""
    hours = (WallHours(opens * 3600, closes * 3600),)
    return ServiceTime.of(CalendarRules(ZoneInfo("Europe/Stockholm"), (hours,) * 7))


CALENDARS = (OFFICE, open_between(0, 24), open_between(8, 10), open_between(12, 20))


@given(st.integers(0, 2**64 - 1).map(Random), st.booleans())
@settings(max_examples=150, deadline=None)
def test_each_outcome_counts_in_one_month(random: Random, changes: bool) -> None:
    begins = datetime(2025, 2, 3, tzinfo=UTC) + timedelta(hours=random.randrange(24 * 60))
    log = a_story(random, begins, 4000)
    rule = rule_of(minutes=random.randrange(1, 20_000))
    calendars = [random.choice(CALENDARS) for _ in CLOSINGS]
    if not changes:
        calendars = calendars[:1] * len(CLOSINGS)
    known = {
        closing: Clock(rule.key, rule, Terms(calendar))
        for closing, calendar in zip(CLOSINGS, calendars, strict=True)
    }
    counted, rounds = counted_by(log, CLOSINGS, known)
    _each_once(rounds)
    # What was decided by the end of the last month, as known at its closing, has been counted.
    end = MONTHS[-1].ends_at(STOCKHOLM)
    last = read_clock(log, rule, known[CLOSINGS[-1]].terms, end)
    assert all(
        counted.has(each) for each in last.rounds if _is_decided_before(each.outcome_at, end)
    )
    if not changes:
        for each in rounds:
            assert each.round.outcome_at is not None
            start = each.closing.month.starts_at(STOCKHOLM)
            assert start <= each.round.outcome_at < each.closing.month.ends_at(STOCKHOLM)


def _is_decided_before(outcome_at: datetime | None, end: datetime) -> bool:
    return outcome_at is not None and outcome_at < end


def _each_once(rounds: list[CountedRound]) -> None:
    """A breach is the last that counts of its round; what was met counts on only if reopened."""
    through: dict[int, datetime] = {}
    breached: set[int] = set()
    for each in rounds:
        number, outcome_at = each.round.number, each.round.outcome_at
        assert outcome_at is not None
        assert number not in breached
        assert number not in through or outcome_at > through[number]
        through[number] = outcome_at
        if each.round.state is ClockState.BREACHED:
            breached.add(number)
