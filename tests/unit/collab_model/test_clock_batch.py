"""Many clocks at once show what each of them shows by itself."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.collab_model.calendars.table import OutsideTable
from services.collab_model.calendars.zones import to_instant, to_us
from services.collab_model.clocks.batch import (
    NEVER,
    STATES,
    BatchReading,
    columns_of,
    evaluate,
)
from services.collab_model.clocks.domain import ClockReading, ClockState, read_clock
from services.collab_model.matters.log import MatterEvent, Place
from tests.unit.collab_model.calendar_oracle import a_calendar
from tests.unit.collab_model.clock_stories import (
    STEP,
    WHOLE_QUARTERS,
    a_case,
    a_story,
    entry,
    log_of,
    rule_of,
    terms_of,
)


def one_by_one(reading: ClockReading, horizon: int) -> tuple[object, ...]:
    deadline = NEVER if reading.deadline is None else to_us(reading.deadline)
    states = [round_.state for round_ in reading.rounds]
    return (
        reading.state,
        reading.elapsed,
        NEVER if deadline > horizon else deadline,
        NEVER if reading.outcome_at is None else to_us(reading.outcome_at),
        states.count(ClockState.MET),
        states.count(ClockState.BREACHED),
    )


def in_batch(reading: BatchReading, number: int) -> tuple[object, ...]:
    return (
        STATES[reading.state[number]],
        timedelta(microseconds=int(reading.elapsed[number])),
        int(reading.deadline[number]),
        int(reading.outcome_at[number]),
        int(reading.met[number]),
        int(reading.breached[number]),
    )


@given(st.integers(0, 2**64 - 1))
@settings(max_examples=80, deadline=None)
def test_a_batch_shows_what_reading_one_by_one_does(seed: int) -> None:
    random = Random(seed)
    near = random.choice(WHOLE_QUARTERS)
    calendar = a_calendar(random, near, unit=900)
    _, _, rule, _ = a_case(random)
    begins = near - 40 * STEP
    logs = [a_story(random, begins + random.randrange(60) * STEP, 100) for _ in range(12)]
    at = max(log.as_known()[0].at for log in logs) + random.randrange(120) * STEP
    terms = terms_of(calendar)
    table = terms.service_time.table(begins, at + timedelta(days=20))
    batch = evaluate(columns_of([log.as_known() for log in logs], rule), rule, table, to_us(at))
    for number, log in enumerate(logs):
        assert in_batch(batch, number) == one_by_one(read_clock(log, rule, terms, at), table.end)


def test_no_clocks_at_all_are_no_clocks() -> None:
    rule, at = rule_of(), WHOLE_QUARTERS[0]
    table = terms_of(a_calendar(Random(1), at)).service_time.table(at, at + STEP)
    assert evaluate(columns_of([], rule), rule, table, to_us(at)).state.size == 0


def test_a_table_that_does_not_reach_is_refused() -> None:
    rule, at = rule_of(), WHOLE_QUARTERS[0]
    table = terms_of(a_calendar(Random(1), at)).service_time.table(at, at + STEP)
    story = log_of((MatterEvent.RAISED, at - STEP)).as_known()
    with pytest.raises(OutsideTable):
        evaluate(columns_of([story], rule), rule, table, to_us(at))


def test_a_matter_that_moved_is_read_by_itself() -> None:
    at = WHOLE_QUARTERS[0]
    story = [
        entry(1, MatterEvent.RAISED, at),
        entry(2, MatterEvent.MOVED, at + STEP, place=Place("travel", 1)),
    ]
    with pytest.raises(ValueError, match="read by itself"):
        columns_of([story], rule_of())


def test_numbers_of_a_batch_are_instants() -> None:
    at = WHOLE_QUARTERS[-1]
    assert to_instant(to_us(at)) == at
    assert np.iinfo(np.int64).min == NEVER
