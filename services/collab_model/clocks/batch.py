"""Many clocks at once: the state machine and the calendar as arrays of whole numbers.

What comes out is what ``read_clock`` shows, to the microsecond, for matters that stay in one
service; one that moved is read by itself. All clocks take their k-th event at the same time,
so a million of them cost a few dozen operations on arrays, not a million walks through a log.

Instants and amounts are microseconds, as in ``OpenTable``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.collab_model.calendars.table import BEYOND, OpenTable
from services.collab_model.calendars.zones import to_us
from services.collab_model.clocks.domain import ClockState
from services.collab_model.clocks.rules import Action, ClockRule
from services.collab_model.matters.log import LogEntry, MatterEvent
from services.contracts.values import Priority

Whole = NDArray[np.int64]
Codes = NDArray[np.int8]
Truths = NDArray[np.bool_]
Rows = NDArray[np.intp]

NEVER: Final = int(np.iinfo(np.int64).min)
"""Stands for an instant that there is none of: no deadline, nothing decided."""

EVENTS: Final = tuple(MatterEvent)
PRIORITIES: Final = tuple(Priority)
STATES: Final = tuple(ClockState)
"""What the codes of events, priorities and states stand for, by their number."""

CLOCKS_AT_ONCE: Final = 1 << 16
"""So many fit into a processor's cache with everything that belongs to them."""

_MINUTE: Final = 60_000_000
_NOTHING: Final = -1
_ACTIONS: Final = tuple(Action)
_NOT_BEGUN, _OPEN, _STOPPED, _CANCELLED = range(4)


@dataclass(frozen=True, eq=False)
class EventColumns:
    """The events of many matters, matter by matter in the order of events.

    ``first`` has where each matter's events begin, and last how many there are. ``event`` and
    ``priority`` are codes; -1 where there is none.
    """

    first: Whole
    at: Whole
    event: Codes
    priority: Codes

    def __len__(self) -> int:
        return self.first.size - 1


def is_plain(rule: ClockRule, entries: Sequence[LogEntry]) -> bool:
    """Whether a clock has one round in one place, under one target: what a batch reads."""
    one_round = not rule.conditions.resets_on and [
        each.event for each in rule.conditions.starts_on
    ] == [MatterEvent.RAISED]
    return one_round and all(
        line.event not in {MatterEvent.MOVED, MatterEvent.PRIORITY_CHANGED} for line in entries
    )


def columns_of(stories: Iterable[Sequence[LogEntry]], rule: ClockRule) -> EventColumns:
    """The events of matters as a rule sees them.

    Args:
        stories: of each matter the lines that hold, in the order of events.
        rule: what the clocks follow; events about other counterparts are left out.

    Raises:
        ValueError: a matter moved, so that one rule cannot tell its clock.
    """
    codes = {event: code for code, event in enumerate(EVENTS)}
    priorities = {priority: code for code, priority in enumerate(PRIORITIES)}
    first, at, event, priority = [0], [], [], []
    for story in stories:
        for line in story:
            if line.event is MatterEvent.MOVED:
                raise ValueError("a matter that moved is read by itself")
            at.append(to_us(line.at))
            event.append(codes[line.event] if rule.effect(line) else _NOTHING)
            priority.append(priorities[line.priority] if line.priority else _NOTHING)
        first.append(len(at))
    return EventColumns(
        np.array(first, np.int64),
        np.array(at, np.int64),
        np.array(event, np.int8),
        np.array(priority, np.int8),
    )


@dataclass(frozen=True, eq=False)
class BatchReading:
    """What many clocks show, each in its last round.

    ``state`` is the number of a state among ``STATES``. ``deadline`` and ``outcome_at`` are
    ``NEVER`` where there is none, or where it lies after the end of the table. ``met`` and
    ``breached`` count the rounds that were decided, the last one among them.
    """

    state: Codes
    elapsed: Whole
    deadline: Whole
    outcome_at: Whole
    met: Whole
    breached: Whole


def evaluate(events: EventColumns, rule: ClockRule, table: OpenTable, at: int) -> BatchReading:
    """Read the clocks of many matters by one rule and one calendar.

    Args:
        events: of the matters.
        rule: what the clocks follow.
        table: the service time from the first event to ``at`` or later; deadlines are found as
            far as it reaches.
        at: as of this instant; what happened later is left out.

    Raises:
        OutsideTable: the table does not reach that far.
    """
    parts = [
        _Chunk(events, begin, min(begin + CLOCKS_AT_ONCE, len(events)), rule, table, at).read()
        for begin in range(0, len(events), CLOCKS_AT_ONCE)
    ]
    if not parts:
        nothing = np.zeros(0, np.int64)
        return BatchReading(np.zeros(0, np.int8), nothing, nothing, nothing, nothing, nothing)
    return BatchReading(
        *(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(parts[0]))
    )


class _Chunk:
    """Some of the clocks, with an array for each part of their state."""

    def __init__(
        self,
        events: EventColumns,
        begin: int,
        end: int,
        rule: ClockRule,
        table: OpenTable,
        at: int,
    ) -> None:
        rows = slice(int(events.first[begin]), int(events.first[end]))
        self._at, self._table = at, table
        self._times = events.at[rows]
        self._does = _actions_of(rule)[events.event[rows]]
        self._targets = _targets_of(rule)[events.priority[rows]]
        known = np.concatenate((np.zeros(1, np.int64), np.cumsum(self._times <= at)))
        self._first = events.first[begin : end + 1] - events.first[begin]
        self._counts = known[self._first[1:]] - known[self._first[:-1]]
        self._first = self._first[:-1]
        inside = np.minimum(self._times, at)
        self._passed = table.elapsed(np.full_like(inside, table.start), inside)
        n = end - begin
        self.phase = np.zeros(n, np.int8)
        self.held = np.zeros(n, np.bool_)
        self.breached = np.zeros(n, np.bool_)
        self.ran_to_its_end = np.zeros(n, np.bool_)
        # What priority allows now, and what the round's last stretch allowed, in minutes.
        self.allowed, self.target, self.basis = (np.zeros(n, np.int64) for _ in range(3))
        self.left, self.elapsed, self.since, self.since_passed = (
            np.zeros(n, np.int64) for _ in range(4)
        )
        self.last_since, self.last_left = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self.deadline, self.ended_at = np.full(n, NEVER), np.full(n, NEVER)
        self.met, self.broken = np.zeros(n, np.int64), np.zeros(n, np.int64)

    def read(self) -> BatchReading:
        """Take every event, then read."""
        for number in range(int(self._counts.max(initial=0))):
            who = np.flatnonzero(self._counts > number)
            row = self._first[who] + number
            matters = (self._does[row] != _NOTHING) | (self._targets[row] != _NOTHING)
            matters &= self.phase[who] != _CANCELLED
            self._take(who[matters], row[matters])
        return self._show()

    def _take(self, who: Rows, row: Whole) -> None:
        time, does, target = self._times[row], self._does[row], self._targets[row]
        self._close(who, time, self._passed[row])
        changed = target != _NOTHING
        self.allowed[who[changed]] = target[changed]
        phase = self.phase[who]
        self._retarget(who[changed & (phase == _OPEN)])
        for code in np.unique(does):
            if code != _NOTHING:
                chosen = does == code
                self._act(_ACTIONS[code], who[chosen], phase[chosen], time[chosen])

    def _close(self, who: Rows, time: Whole, passed: Whole) -> None:
        """Count what ran up to now, and see what was used up on the way."""
        is_open = self.phase[who] == _OPEN
        runs = is_open & ~self.held[who] & (self.target[who] > 0)
        running, until, passed_then = who[runs], time[runs], passed[runs]
        used = passed_then - self.since_passed[running]
        self.last_since[running] = self.since[running]
        self.last_left[running] = self.left[running]
        near = ~self.breached[running] & (used >= self.left[running])
        self._breach(running[near], until[near])
        self.left[running] -= used
        self.elapsed[running] += used
        self.since[who], self.since_passed[who] = time, passed
        self.ran_to_its_end[who[is_open]] = runs[is_open]

    def _breach(self, who: Rows, until: Whole) -> None:
        """Mark those whose deadline lies before the end of their stretch."""
        deadline = self._table.deadline(self.last_since[who], self.last_left[who])
        late = deadline < until
        self.breached[who[late]] = True
        self.deadline[who[late]] = deadline[late]

    def _retarget(self, who: Rows) -> None:
        """Carry what is left over to what is allowed now."""
        target, basis, left = self.allowed[who], self.basis[who], self.left[who]
        fresh = (basis == 0) & (target > 0)
        self.left[who[fresh]] = target[fresh] * _MINUTE
        moved = (basis > 0) & (target > 0) & (target != basis)
        old, new, rest = basis[moved], target[moved], left[moved]
        # As rest * new // old, without a product that overflows.
        self.left[who[moved]] = rest // old * new + rest % old * new // old
        self.basis[who] = np.where(target > 0, target, basis)
        self.target[who] = target

    def _act(self, action: Action, who: Rows, phase: Codes, time: Whole) -> None:
        if action in {Action.PAUSES, Action.RESUMES}:
            self.held[who] = action is Action.PAUSES
        elif action is Action.STARTS:
            self._end_rounds(who[phase == _STOPPED])
            self._begin(who[phase != _OPEN])
        elif action is Action.STOPS:
            self._stop(who[phase == _OPEN], time[phase == _OPEN], _STOPPED)
        elif action is Action.REOPENS:
            again = who[phase == _STOPPED]
            self.phase[again], self.held[again] = _OPEN, False
            self.ended_at[again] = NEVER
            self._retarget(again)
        elif action is Action.RESETS:
            self._end_rounds(who[phase != _NOT_BEGUN])
            self._begin(who[phase != _NOT_BEGUN])
        else:
            self._stop(who[phase != _STOPPED], time[phase != _STOPPED], _CANCELLED)

    def _begin(self, who: Rows) -> None:
        self.phase[who] = _OPEN
        self.basis[who] = self.left[who] = self.elapsed[who] = 0
        self.breached[who] = False
        self.deadline[who], self.ended_at[who] = NEVER, NEVER
        self._retarget(who)

    def _stop(self, who: Rows, time: Whole, phase: int) -> None:
        self.ended_at[who] = np.where(self.phase[who] == _OPEN, time, NEVER)
        self.phase[who] = phase

    def _end_rounds(self, who: Rows) -> None:
        """Count how rounds came out that another one follows."""
        self.broken[who] += self.breached[who]
        self.met[who] += ~self.breached[who] & (self.target[who] > 0)

    def _show(self) -> BatchReading:
        open_ = np.flatnonzero(self.phase == _OPEN)
        now = np.full(open_.size, self._at, np.int64)
        start = np.full_like(now, self._table.start)
        self._close(open_, now, self._table.elapsed(start, now))
        ended = (self.phase == _STOPPED) | ((self.phase == _CANCELLED) & (self.ended_at != NEVER))
        begun = (self.phase == _OPEN) | ended
        pending = np.flatnonzero(begun & self.ran_to_its_end & ~self.breached)
        coming = self._table.deadline(self.last_since[pending], self.last_left[pending])
        self.deadline[pending] = np.where(coming == BEYOND, NEVER, coming)
        met = (self.phase == _STOPPED) & ~self.breached & (self.target > 0)
        code = {state: number for number, state in enumerate(STATES)}
        state = np.select(
            [
                ~begun,
                self.breached,
                self.target == 0,
                met,
                self.phase == _CANCELLED,
                self.held,
            ],
            [
                code[each]
                for each in (
                    ClockState.NOT_STARTED,
                    ClockState.BREACHED,
                    ClockState.NOT_PROMISED,
                    ClockState.MET,
                    ClockState.CANCELLED,
                    ClockState.PAUSED,
                )
            ],
            code[ClockState.RUNNING],
        ).astype(np.int8)
        return BatchReading(
            state=state,
            elapsed=np.where(begun, self.elapsed, 0),
            deadline=self.deadline,
            outcome_at=np.where(self.breached, self.deadline, np.where(met, self.ended_at, NEVER)),
            met=self.met + met,
            breached=self.broken + self.breached,
        )


def _actions_of(rule: ClockRule) -> Codes:
    """What each event does, by their codes; the last entry is for no event."""
    codes = np.full(len(EVENTS) + 1, _NOTHING, np.int8)
    for code, event in enumerate(EVENTS):
        effect = rule.conditions.of(event)
        if effect is not None:
            codes[code] = _ACTIONS.index(effect[0])
    return codes


def _targets_of(rule: ClockRule) -> Whole:
    """The minutes of each priority, 0 where nothing is promised; -1 for no priority."""
    minutes = [rule.targets.get(priority, 0) for priority in PRIORITIES]
    return np.array([*minutes, _NOTHING], np.int64)
