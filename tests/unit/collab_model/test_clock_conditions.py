"""Conditions: what an event does to a clock, and which conditions make no sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.collab_model.clocks.behind import Behind
from services.collab_model.clocks.documents import standard_levels, standard_rules
from services.collab_model.clocks.domain import ClockState, read_clock
from services.collab_model.clocks.explanation_schemas import ExplanationOut
from services.collab_model.clocks.rules import (
    Action,
    Condition,
    Conditions,
    ContradictoryConditions,
    Measure,
    Terms,
    contradictions,
)
from services.collab_model.matters.domain import (
    EventBeforeMatter,
    EventContradictsState,
    NothingToCorrect,
    extended,
    line_to_correct,
)
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog
from services.contracts.values import Priority
from tests.unit.collab_model.calendar_oracle import DAY, PlainCalendar, PlainVersion
from tests.unit.collab_model.clock_stories import (
    CANCELLED,
    HANDED,
    HOME,
    ORDINARY,
    PRIORITY,
    RAISED,
    RESOLVED,
    RESPONDED,
    RESUMED,
    RETURNED,
    STEP,
    WAITING,
    TickingClock,
    entry,
    rule_of,
    some_conditions,
)

WEEK = dict.fromkeys(range(7), ((0, DAY),))
OPEN = PlainCalendar((PlainVersion(None, ZoneInfo("UTC"), WEEK),))
BEGINS = datetime(2025, 3, 3, 9, tzinfo=UTC)


def on(*events: MatterEvent) -> tuple[Condition, ...]:
    return tuple(Condition(event) for event in events)


# ------------------------------------------------------------- the machine, event by event


class Clocks(RuleBasedStateMachine):
    """Whatever becomes known of a matter, in whatever order, its clocks are what ticking through
    its log gives; and what was once answered is answered so again, to the byte.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGINS
        self.log = MatterLog.of([entry(1, RAISED, BEGINS)])
        self.terms = Terms(OPEN.service_time())
        self.clocks = [rule_of(measure, 90) for measure in Measure]
        self.answers: dict[datetime, list[bytes]] = {}

    @initialize(
        minutes=st.fixed_dictionaries({each: st.integers(1, 400) for each in Priority}),
        random=st.integers(0, 2**64 - 1).map(Random),
    )
    def begin(self, minutes: dict[Priority, int], random: Random) -> None:
        beneath = standard_rules().internal.conditions()
        team = rule_of(minutes=minutes, conditions=beneath, counterpart="specialists")
        others = rule_of(minutes=minutes, conditions=some_conditions(random))
        self.clocks = [*(rule_of(measure, minutes) for measure in Measure), team, others]

    @rule(steps=st.integers(1, 8))
    def time_passes(self, steps: int) -> None:
        self.answers[self.now] = self._answers(self.now)
        self.now += steps * STEP

    @rule(choice=st.integers(0, 199), late_by=st.sampled_from((0, 0, 1, 2, 5, 13)))
    def something_becomes_known(self, choice: int, late_by: int) -> None:
        """One of the events that fit what is known, now or late."""
        at = self.now - late_by * STEP
        fitting = [line for line in self._lines(at) if self._with(line) is not None]
        if fitting:
            self.log = self.log.with_entry(fitting[choice % len(fitting)])

    def _lines(self, at: datetime) -> Iterator[LogEntry]:
        for event in dict.fromkeys(ORDINARY):
            for priority in Priority if event is PRIORITY else (None,):
                counterpart = "specialists" if event in {HANDED, RETURNED} else None
                changes = {"priority": priority, "counterpart": counterpart}
                yield entry(self._next, event, at, recorded_at=self.now, **changes)

    @rule(line=st.integers(1, 12), earlier_by=st.none() | st.integers(1, 4))
    def a_line_was_wrong(self, line: int, earlier_by: int | None) -> None:
        """It happened earlier, or not at all."""
        try:
            wrong = line_to_correct(self.log, line)
        except NothingToCorrect:
            return
        if wrong.event is RAISED and earlier_by is None:
            return
        right = replace(wrong, sequence=self._next, recorded_at=self.now, corrects=line)
        at = wrong.at - (earlier_by or 0) * STEP
        self.log = self._with(replace(right, at=at, withdrawn=earlier_by is None)) or self.log

    @property
    def _next(self) -> int:
        return len(self.log.entries) + 1

    def _with(self, line: LogEntry) -> MatterLog | None:
        try:
            return extended(self.log, line)
        except (EventContradictsState, EventBeforeMatter):
            return None

    @invariant()
    def clocks_agree(self) -> None:
        for clock in self.clocks:
            reading = read_clock(self.log, clock, self.terms, self.now)
            ticked = TickingClock(clock, OPEN).tick_through(self.log, self.now)
            assert [
                (round_.elapsed, round_.state is ClockState.BREACHED) for round_ in reading.rounds
            ] == [(each.elapsed, each.breached_at is not None) for each in ticked]

    def _answers(self, then: datetime) -> list[bytes]:
        """What the clocks were explained by at an instant, as was known at it."""
        given = []
        for clock in self.clocks:
            reading = read_clock(self.log, clock, self.terms, then, then)
            if reading.rounds:
                told = ExplanationOut.of(
                    "matter", clock.key, reading, Behind((), ()), (), self.log, then, then
                )
                given.append(told.model_dump_json().encode())
        return given

    def teardown(self) -> None:
        """Replaying the log gives what was given live."""
        for then, given in self.answers.items():
            assert self._answers(then) == given


TestClocks = Clocks.TestCase
TestClocks.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def read(conditions: Conditions, *events: MatterEvent) -> list[tuple[ClockState, timedelta]]:
    """The rounds of a clock of 100 minutes with an event each quarter of an hour."""
    lines = [
        entry(number, event, BEGINS + (number - 1) * STEP)
        for number, event in enumerate((RAISED, *events), start=1)
    ]
    rule_ = rule_of(minutes=100, conditions=conditions)
    reading = read_clock(
        MatterLog.of(lines), rule_, Terms(OPEN.service_time()), BEGINS + (len(lines)) * STEP
    )
    return [(round_.state, round_.elapsed) for round_ in reading.rounds]


CONDITIONS = Conditions(
    starts_on=on(RESPONDED),
    pauses_on=on(WAITING),
    resumes_on=on(RESUMED),
    stops_on=on(RESOLVED),
    reopens_on=on(MatterEvent.REOPENED),
    resets_on=on(MatterEvent.UPDATED),
    cancels_on=on(CANCELLED),
)
UPDATED, REOPENED = MatterEvent.UPDATED, MatterEvent.REOPENED
QUARTER, RUNNING, MET = STEP, ClockState.RUNNING, ClockState.MET


@pytest.mark.parametrize(
    ("events", "rounds"),
    [
        ([], []),
        ([WAITING, RESUMED, UPDATED], []),  # nothing to do to a clock that has not begun
        ([RESPONDED], [(RUNNING, QUARTER)]),
        ([WAITING, RESPONDED], [(ClockState.PAUSED, 0 * QUARTER)]),  # it waits already
        ([RESPONDED, WAITING, RESUMED], [(RUNNING, 2 * QUARTER)]),
        ([RESPONDED, RESOLVED, REOPENED], [(RUNNING, 2 * QUARTER)]),  # what was used stays used
        ([RESPONDED, RESOLVED, RESPONDED], [(MET, QUARTER), (RUNNING, QUARTER)]),
        ([RESPONDED, UPDATED], [(MET, QUARTER), (RUNNING, QUARTER)]),
        ([RESPONDED, WAITING, UPDATED], [(MET, QUARTER), (ClockState.PAUSED, 0 * QUARTER)]),
        ([RESPONDED, CANCELLED, RESPONDED], [(ClockState.CANCELLED, QUARTER)]),
        ([RESPONDED, RESOLVED, CANCELLED], [(MET, QUARTER)]),  # it was decided before
    ],
)
def test_what_events_do(
    events: list[MatterEvent], rounds: list[tuple[ClockState, timedelta]]
) -> None:
    assert read(CONDITIONS, *events) == rounds


def test_events_about_another_counterpart_do_nothing() -> None:
    beneath = standard_rules().internal.conditions()
    team = rule_of(conditions=beneath, counterpart="specialists")
    lines = [entry(1, RAISED, BEGINS), entry(2, HANDED, BEGINS + STEP, counterpart="others")]
    reading = read_clock(MatterLog.of(lines), team, Terms(OPEN.service_time()), BEGINS + 2 * STEP)
    assert (reading.state, reading.rounds) == (ClockState.NOT_STARTED, ())
    assert (reading.elapsed_minutes, reading.deadline, reading.spans) == (0, None, ())


# ------------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"starts_on": ()}, "nothing starts"),
        ({"stops_on": ()}, "nothing stops"),
        ({"resumes_on": ()}, "pauses for good"),
        ({"pauses_on": ()}, "nothing pauses"),
        ({"stops_on": on(RESOLVED, WAITING)}, "waiting_for_customer stands under"),
        ({"starts_on": on(RESOLVED)}, "resolved stands under"),
        ({"stops_on": on(RESOLVED, RESOLVED)}, "resolved stands under stops_on and stops_on"),
        ({"cancels_on": on(RAISED)}, "raised comes first"),
        ({"cancels_on": on(PRIORITY)}, "priority_changed changes the target"),
    ],
)
def test_contradictory_conditions_are_refused(
    changes: dict[str, tuple[Condition, ...]], why: str
) -> None:
    fields = {f"{action.value}_on": given for action, given in CONDITIONS.by_action().items()}
    conditions = Conditions(**(fields | changes))
    [found] = contradictions(conditions)
    assert why in found
    with pytest.raises(ContradictoryConditions, match=why):
        rule_of(conditions=conditions)


def test_a_change_of_priority_may_reset_a_clock() -> None:
    fields = {f"{action.value}_on": given for action, given in CONDITIONS.by_action().items()}
    conditions = Conditions(**(fields | {"resets_on": on(PRIORITY)}))
    assert contradictions(conditions) == []
    lines = [
        entry(1, RAISED, BEGINS),
        entry(2, RESPONDED, BEGINS),
        entry(3, PRIORITY, BEGINS + STEP, priority=Priority.CRITICAL),
    ]
    clock = rule_of(minutes={Priority.NORMAL: 60, Priority.CRITICAL: 30}, conditions=conditions)
    reading = read_clock(MatterLog.of(lines), clock, Terms(OPEN.service_time()), BEGINS + 2 * STEP)
    assert [(round_.state, round_.target) for round_ in reading.rounds] == [
        (MET, timedelta(minutes=60)),
        (RUNNING, timedelta(minutes=30)),
    ]


def test_every_rule_of_the_data_files_makes_sense() -> None:
    rules = standard_rules()
    documents = [rules.customer.of(measure) for measure in Measure]
    for document in (*documents, rules.internal, rules.supplier):
        assert document is not None
        assert contradictions(document.conditions()) == []
        for condition in document.conditions().by_action()[Action.PAUSES]:
            assert condition.why.endswith(".")
            assert condition.why_sv.endswith(".")
    for levels in standard_levels().values():
        assert all(level.clock_rule(HOME).targets for level in levels.levels)
