"""Random matters, and a slow, obvious clock that ticks through every step of their logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from services.collab_model.clocks.documents import standard_rules
from services.collab_model.clocks.rules import (
    Action,
    ClockRule,
    Condition,
    Conditions,
    Measure,
    Terms,
    contradictions,
)
from services.collab_model.matters.domain import EventContradictsState, extended
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Party, Place
from services.contracts.values import Priority
from tests.unit.collab_model.calendar_oracle import ANCHORS, PlainCalendar, a_calendar

HOME = Place("payroll", 1)
STEP = timedelta(minutes=15)
WHOLE_QUARTERS = tuple(each for each in ANCHORS if each.minute % 15 == 0)
MICROSECOND = timedelta(microseconds=1)
LATER = datetime(2100, 1, 1, tzinfo=UTC)

RAISED, RESPONDED, UPDATED = MatterEvent.RAISED, MatterEvent.RESPONDED, MatterEvent.UPDATED
WAITING, RESUMED = MatterEvent.WAITING_FOR_CUSTOMER, MatterEvent.RESUMED
RESOLVED, REOPENED = MatterEvent.RESOLVED, MatterEvent.REOPENED
CANCELLED, PRIORITY = MatterEvent.CANCELLED, MatterEvent.PRIORITY_CHANGED
HANDED, RETURNED = MatterEvent.HANDED_TO_TEAM, MatterEvent.RETURNED_BY_TEAM

ORDINARY = (
    *(RESPONDED, UPDATED, WAITING, WAITING, RESUMED, RESUMED, RESOLVED, REOPENED),
    *(PRIORITY, PRIORITY, HANDED, RETURNED, CANCELLED),
)


def entry(number: int, event: MatterEvent, at: datetime, **changes: object) -> LogEntry:
    """A line that became known as it happened, entered by the centre."""
    fields: dict[str, object] = {"recorded_at": at, "party": Party.CENTRE}
    if event is RAISED:
        fields |= {"place": HOME, "priority": Priority.NORMAL}
    return LogEntry(number, event, at, **(fields | changes))  # type: ignore[arg-type]  # by name


def log_of(*events: tuple[MatterEvent, datetime]) -> MatterLog:
    """A log of events that became known as they happened."""
    return MatterLog.of(entry(number, *each) for number, each in enumerate(events, start=1))


def rule_of(
    measure: Measure = Measure.RESOLUTION,
    minutes: int | Mapping[Priority, int] = 60,
    conditions: Conditions | None = None,
    **changes: object,
) -> ClockRule:
    """A customer's rule with the standard conditions of its measure."""
    standard = standard_rules().customer.of(measure)
    assert standard is not None
    targets = dict.fromkeys(Priority, minutes) if isinstance(minutes, int) else minutes
    return ClockRule(
        id="level",
        key=f"{measure.value}-time",
        measure=measure,
        conditions=conditions or standard.conditions(),
        targets=targets,
        **changes,  # type: ignore[arg-type]  # by name
    )


def a_story(random: Random, begins: datetime, steps: int) -> MatterLog:
    """A matter with up to eight events that follow each other; some at the same instant."""
    log = MatterLog.of([entry(1, RAISED, begins)])
    at = begins
    for _ in range(random.randrange(0, 12)):
        at += random.choice((0, 1, 1, 2, 3, 5, 8, 13, steps // 4)) * STEP
        event = random.choice(ORDINARY)
        changes: dict[str, object] = {}
        if event is PRIORITY:
            changes["priority"] = random.choice(list(Priority))
        if event in {HANDED, RETURNED}:
            changes["counterpart"] = "specialists"
        try:
            log = extended(log, entry(len(log.entries) + 1, event, at, **changes))
        except EventContradictsState:
            continue
    return log


def some_conditions(random: Random) -> Conditions:
    """Conditions that do not contradict themselves, of any events."""
    while True:
        events: list[MatterEvent] = [
            each for each in MatterEvent if each not in {RAISED, PRIORITY, MatterEvent.MOVED}
        ]
        random.shuffle(events)
        by_action = {action: [events.pop()] for action in Action if random.random() < 0.7}
        if random.random() < 0.8:
            by_action.setdefault(Action.STARTS, []).append(RAISED)
        conditions = Conditions(
            **{
                f"{action.value}_on": tuple(Condition(event) for event in by_action.get(action, ()))
                for action in Action
            }
        )
        if not contradictions(conditions):
            return conditions


@dataclass
class Ticked:
    """A round as ticking through it found it."""

    elapsed: timedelta = timedelta(0)
    breached_at: datetime | None = None
    end: str = ""


class TickingClock:
    """Looks at every step of time, and at what the log says of it so far.

    What is left is in microseconds; nothing but the sequence of steps is used.
    """

    def __init__(self, rule: ClockRule, calendar: PlainCalendar) -> None:
        self.does = {
            condition.event: action
            for action, conditions in rule.conditions.by_action().items()
            for condition in conditions
        }
        self.targets = rule.targets
        self.calendar = calendar
        self.priority = Priority.NORMAL
        self.held = False
        self.cancelled = False
        self.rounds: list[Ticked] = []
        self.open = False
        self.left = 0
        self.basis = 0
        self.used_up: datetime | None = None
        self.run_since: datetime | None = None

    def tick_through(self, log: MatterLog, until: datetime) -> list[Ticked]:
        """The rounds up to an instant."""
        story = list(log.as_known())
        instant = story[0].at
        while True:
            while story and story[0].at == instant:
                self._happens(story.pop(0))
            self._note_running(instant)
            if instant >= until:
                return self.rounds
            self._tick(instant)
            instant += STEP

    def _target(self) -> int:
        return self.targets.get(self.priority, 0)

    def _runs(self) -> bool:
        return self.open and not self.held and self._target() > 0

    def _note_running(self, instant: datetime) -> None:
        if not self._runs():
            self.run_since = None
        elif self.run_since is None:
            self.run_since = instant

    def _happens(self, line: LogEntry) -> None:
        if self.cancelled:
            return
        if line.priority is not None:
            self.priority = line.priority
            self._retarget(line.at)
        action = self.does.get(line.event)
        if action in {Action.PAUSES, Action.RESUMES}:
            self.held = action is Action.PAUSES
        elif self.open:
            self._happens_to_open(action, line.at)
        elif action is Action.STARTS or (self.rounds and action is Action.RESETS):
            self._begin(line.at)
        elif self.rounds and action is Action.REOPENS:
            self.open, self.held = True, False
            self.rounds[-1].end = ""
            self._retarget(line.at)
        elif not self.rounds and action is Action.CANCELS:
            self.cancelled = True
        if not self._runs():
            self.run_since = None

    def _happens_to_open(self, action: Action | None, at: datetime) -> None:
        if action is Action.STOPS:
            self._end("stopped")
        elif action is Action.RESETS:
            self._end("reset")
            self._begin(at)
        elif action is Action.CANCELS:
            self.cancelled = True
            self._end("cancelled")

    def _begin(self, at: datetime) -> None:
        self.open, self.used_up, self.run_since = True, None, None
        self.rounds.append(Ticked())
        self.basis = self.left = 0
        self._retarget(at)

    def _end(self, how: str) -> None:
        self.open = False
        self.rounds[-1].end = how if self._target() or self._is_breached() else "not_promised"

    def _is_breached(self) -> bool:
        return self.rounds[-1].breached_at is not None

    def _retarget(self, at: datetime) -> None:
        target = self._target()
        if not self.open or target in {0, self.basis}:
            return
        if self.basis == 0:
            self.left = target * 60_000_000
        else:
            self.left = self.left * target // self.basis
        self.basis = target
        if self.left == 0 and self.used_up is None:
            self.used_up = at

    def _tick(self, instant: datetime) -> None:
        if not self._runs():
            return
        current = self.rounds[-1]
        if self.left == 0 and current.breached_at is None:
            assert self.used_up is not None
            assert self.run_since is not None
            current.breached_at = max(self.used_up, self.run_since)
        if not self.calendar.is_open(instant):
            return
        current.elapsed += STEP
        length = STEP // MICROSECOND
        if 0 < self.left < length:
            current.breached_at = instant + self.left * MICROSECOND
        self.left -= length
        if self.left == 0:
            self.used_up = instant + STEP


def a_case(random: Random) -> tuple[PlainCalendar, MatterLog, ClockRule, datetime]:
    """A random calendar, matter and rule, and an instant to read the clock at."""
    near = random.choice(WHOLE_QUARTERS)
    calendar = a_calendar(random, near, unit=900)
    begins = near - random.randrange(0, 40) * STEP
    steps = random.randrange(20, 100)
    log = a_story(random, begins, steps)
    minutes = {priority: random.randrange(1, 900) for priority in Priority}
    if random.random() < 0.2:
        del minutes[random.choice(list(Priority))]
    conditions = some_conditions(random) if random.random() < 0.5 else None
    rule = rule_of(random.choice(list(Measure)), minutes, conditions)
    at = begins + random.randrange(0, steps) * STEP
    return calendar, log, rule, at


def terms_of(calendar: PlainCalendar) -> Terms:
    """The terms of a calendar, the same everywhere."""
    return Terms(calendar.service_time())
