"""How a clock ran, by a matter's log alone: rounds of stretches, before any calendar is asked.

A *round* lasts from when the clock begins to count from nought until it is decided. A
*stretch* is a part of a round in which nothing changed: the clock ran or stood still, under
one rule, one target and one priority. This is the state machine of the conditions:

========  =================  =======================================================
action    effect while       what happens
========  =================  =======================================================
starts    not begun, stopped  a new round begins
pauses    always              the clock stands still once it has begun
resumes   always              it no longer stands still
stops     begun               the round ends
reopens   stopped             the round goes on; what lies between is a pause
resets    begun, stopped      the round ends, and a new one begins
cancels   not begun, begun    the round ends without being decided, for good
========  =================  =======================================================

In every other case an event has no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.collab_model.clocks.rules import Action, ClockRule, Condition, Terms
from services.collab_model.matters.log import LogEntry, Place
from services.contracts.values import Priority


class RoundEnd(StrEnum):
    """What ended a round."""

    STOPPED = "stopped"
    RESET = "reset"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Stretch:
    """A part of a round in which nothing changed; half-open, in UTC.

    ``cause`` is the event that began it. ``held`` is what made the clock stand still, None
    while it ran. ``target`` is None where nothing was promised.
    """

    start: datetime
    end: datetime
    cause: LogEntry
    held: Condition | None
    rule: ClockRule
    target: timedelta | None
    priority: Priority
    place: Place

    @property
    def counts(self) -> bool:
        """Whether open service time in it counts."""
        return self.held is None and self.target is not None


@dataclass(frozen=True)
class Round:
    """A clock from nought until it was decided, or until it was looked at."""

    number: int
    stretches: tuple[Stretch, ...]
    end: RoundEnd | None = None
    ended_by: LogEntry | None = None

    @property
    def until(self) -> datetime:
        """When it ended, or when it was looked at."""
        return self.stretches[-1].end


def rounds_of(
    entries: Sequence[LogEntry], rule: ClockRule, terms: Terms, at: datetime
) -> tuple[Round, ...]:
    """The rounds of a clock up to an instant.

    Args:
        entries: the lines that hold, in the order of events; the first one raises the matter.
        rule: what the clock measures.
        terms: under what.
        at: the instant; what happened later is left out.
    """
    running = _Running(rule, terms)
    for entry in entries:
        if entry.at > at:
            break
        running.take(entry)
    return running.rounds(at)


class _Running:
    """The state machine, walking through a log."""

    def __init__(self, rule: ClockRule, terms: Terms) -> None:
        self._own = rule
        self._terms = terms
        self._rule: ClockRule | None = rule
        self._priority = Priority.NORMAL
        self._place = Place("", 0)
        self._held: Condition | None = None
        self._open: _OpenStretch | None = None
        self._stretches: list[Stretch] = []
        self._done: list[Round] = []
        self._stopped: tuple[LogEntry, Condition] | None = None
        self._cancelled = False

    def take(self, entry: LogEntry) -> None:
        """Let an event have its effect."""
        if self._cancelled:
            return
        changed = self._change_terms(entry)
        effect = (self._rule or self._own).effect(entry)
        if effect is not None:
            self._act(entry, *effect)
        elif changed and self._open is not None:
            self._begin(entry)

    def rounds(self, at: datetime) -> tuple[Round, ...]:
        """The rounds so far, the last of them up to an instant when it has not ended."""
        if self._open is None:
            return tuple(self._done)
        last = Round(len(self._done) + 1, (*self._stretches, self._open.closed(at)))
        return (*self._done, last)

    def _change_terms(self, entry: LogEntry) -> bool:
        before = (self._place, self._priority)
        self._place = entry.place or self._place
        self._priority = entry.priority or self._priority
        self._rule = self._terms.rule_at(self._place, self._own)
        return before != (self._place, self._priority)

    def _act(self, entry: LogEntry, action: Action, condition: Condition) -> None:
        if action is Action.PAUSES:
            self._held = condition
            self._go_on(entry)
        elif action is Action.RESUMES:
            self._held = None
            self._go_on(entry)
        elif action is Action.STARTS and self._open is None:
            self._stopped = None
            self._begin(entry)
        elif action is Action.STOPS and self._open is not None:
            self._stopped = (entry, condition)
            self._end(entry, RoundEnd.STOPPED)
        elif action is Action.REOPENS and self._stopped is not None:
            self._take_up(entry)
        elif action is Action.RESETS and (self._open is not None or self._stopped is not None):
            self._stopped = None
            if self._open is not None:
                self._end(entry, RoundEnd.RESET)
            self._begin(entry)
        elif action is Action.CANCELS and self._stopped is None:
            if self._open is not None:
                self._end(entry, RoundEnd.CANCELLED)
            self._cancelled = True

    def _go_on(self, entry: LogEntry) -> None:
        if self._open is not None:
            self._begin(entry)

    def _begin(self, entry: LogEntry) -> None:
        """Close the stretch that is open, and open another under what holds now."""
        if self._open is not None:
            self._stretches.append(self._open.closed(entry.at))
        rule = self._rule or self._own
        target = None if self._rule is None else self._rule.target(self._priority)
        self._open = _OpenStretch(
            entry.at, entry, self._held, rule, target, self._priority, self._place
        )

    def _end(self, entry: LogEntry, end: RoundEnd) -> None:
        if self._open is None:
            return
        stretches = (*self._stretches, self._open.closed(entry.at))
        self._done.append(Round(len(self._done) + 1, stretches, end, entry))
        self._stretches, self._open = [], None

    def _take_up(self, entry: LogEntry) -> None:
        """Go on with the round that was ended last; until now it stood still."""
        if self._stopped is None:
            return
        stop, why = self._stopped
        ended = self._done.pop()
        last = ended.stretches[-1]
        between = replace(last, start=stop.at, end=entry.at, cause=stop, held=why)
        self._stretches = [*ended.stretches, between]
        self._stopped, self._held, self._open = None, None, None
        self._begin(entry)


@dataclass(frozen=True)
class _OpenStretch:
    """A stretch whose end has not come; it runs unless something holds it."""

    start: datetime
    cause: LogEntry
    held: Condition | None
    rule: ClockRule
    target: timedelta | None
    priority: Priority
    place: Place

    def closed(self, at: datetime) -> Stretch:
        """The stretch up to an instant."""
        return Stretch(
            start=self.start,
            end=at,
            cause=self.cause,
            held=self.held,
            rule=self.rule,
            target=self.target,
            priority=self.priority,
            place=self.place,
        )
