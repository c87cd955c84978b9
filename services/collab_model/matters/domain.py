"""Matters and their clocks (DOMAIN.md section 6).

A matter is its log. Each service level of a time kind that has a target for the matter's
priority gives the matter a clock, and what a clock shows is computed from the log, the
calendar and the present: no counter is stored anywhere, so nothing can drift from it.

* A clock runs in service hours from the instant the matter was raised.
* It stands still while the centre waits for the customer. Only service time that was not
  paused counts, so a pause outside service hours changes nothing.
* The response clock ends at the first ``responded``, or at ``resolved`` when there was
  none; the resolution clock ends at ``resolved``.
* The deadline is the instant at which the target's last service minute is used up. An
  end at the deadline is within target; an instant later the clock is breached, for good.

A resolved matter stays resolved: what was measured as kept or broken is reported in
closed periods, so a trouble that comes back is a new matter with a clock of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.collab_model.calendars.domain import (
    NO_TIME,
    ONE_MINUTE,
    Interval,
    ServiceCalendar,
)
from services.contracts.values import MeasureKind

JUST_AFTER = timedelta(microseconds=1)
"""A deadline is kept up to and including its instant; this is how long after it a clock
is first breached (the resolution of every instant here)."""


class Party(StrEnum):
    """Who acted on a matter."""

    CUSTOMER = "customer"
    CENTRE = "centre"


class MatterEvent(StrEnum):
    """What can stand in a matter's log."""

    RAISED = "raised"
    RESPONDED = "responded"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    RESUMED = "resumed"
    RESOLVED = "resolved"


class MatterStatus(StrEnum):
    """Where a matter stands according to its log."""

    OPEN = "open"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    RESOLVED = "resolved"


CENTRE_ONLY = frozenset(
    {MatterEvent.RESPONDED, MatterEvent.WAITING_FOR_CUSTOMER, MatterEvent.RESOLVED}
)
"""The events that only the centre may enter; both parties may resume a matter."""


@dataclass(frozen=True)
class LogEntry:
    """One line of a matter's log; ``sequence`` counts from 1 without gaps, ``at`` is UTC."""

    sequence: int
    event: MatterEvent
    at: datetime
    party: Party
    note: str = ""


Log = Sequence[LogEntry]
"""A matter's log in order; the first entry is ``raised`` and instants never go back."""


class EventContradictsState(ValueError):
    """An event does not fit what the log already says; the text says why."""


class NotThePartysEvent(ValueError):
    """The event is not for this party to enter."""


def status_of(log: Log) -> MatterStatus:
    """Where the matter stands after its last entry."""
    status = MatterStatus.OPEN
    for entry in log:
        if entry.event is MatterEvent.RESOLVED:
            return MatterStatus.RESOLVED
        if entry.event is MatterEvent.WAITING_FOR_CUSTOMER:
            status = MatterStatus.WAITING_FOR_CUSTOMER
        elif entry.event is MatterEvent.RESUMED:
            status = MatterStatus.OPEN
    return status


def next_entry(
    log: Log, event: MatterEvent, *, party: Party, at: datetime, note: str = ""
) -> LogEntry:
    """The entry that an event adds to a log.

    An instant before the last entry (two writers, clocks a moment apart) is moved up to
    it, so that a log never goes back in time.

    Raises:
        NotThePartysEvent: the customer entered an event that only the centre may.
        EventContradictsState: the log rules the event out.
    """
    if party is Party.CUSTOMER and event in CENTRE_ONLY:
        raise NotThePartysEvent(f"only the centre may enter {event.value}")
    contradiction = _contradiction(log, event)
    if contradiction:
        raise EventContradictsState(contradiction)
    last = log[-1]
    return LogEntry(last.sequence + 1, event, max(at, last.at), party, note)


def _contradiction(log: Log, event: MatterEvent) -> str | None:
    """Why a log rules an event out; ``None`` when it does not."""
    status = status_of(log)
    if event is MatterEvent.RAISED:
        return "the matter is already raised"
    if status is MatterStatus.RESOLVED:
        return "the matter is resolved; raise a new one if the trouble is back"
    if event is MatterEvent.RESPONDED and _first(log, MatterEvent.RESPONDED):
        return "the matter has been responded to already"
    if event is MatterEvent.WAITING_FOR_CUSTOMER and status is not MatterStatus.OPEN:
        return "the matter is already waiting for the customer"
    if event is MatterEvent.RESUMED and status is not MatterStatus.WAITING_FOR_CUSTOMER:
        return "the matter is not waiting for the customer"
    return None


def _first(log: Log, *events: MatterEvent) -> LogEntry | None:
    return next((entry for entry in log if entry.event in events), None)


@dataclass(frozen=True)
class Target:
    """A service level's promise for one priority: so many service minutes, above 0."""

    level: str
    kind: MeasureKind
    minutes: int


class ClockState(StrEnum):
    """What a clock shows."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"


class SpanState(StrEnum):
    """Why a clock moved or stood still for a while."""

    OPEN = "open"
    CLOSED = "closed"
    PAUSED = "paused"


@dataclass(frozen=True)
class Span:
    """A stretch of a clock's life and the service minutes it counted.

    ``minutes`` are the whole minutes that the clock completed within the span, so the
    spans of a clock sum exactly to its elapsed minutes.
    """

    start: datetime
    end: datetime
    state: SpanState
    minutes: int


@dataclass(frozen=True)
class ClockReading:
    """What one clock of a matter shows at an instant, and why.

    ``deadline`` is absent while the clock is paused: it depends on when the matter is
    resumed. ``outcome_at`` is when the clock was decided: its end when it was met, its
    deadline when it was breached; absent while it is neither.
    """

    target: Target
    state: ClockState
    elapsed: timedelta
    deadline: datetime | None
    outcome_at: datetime | None
    spans: tuple[Span, ...]

    @property
    def elapsed_minutes(self) -> int:
        """The whole service minutes the clock has counted."""
        return self.elapsed // ONE_MINUTE


def read_clock(log: Log, target: Target, calendar: ServiceCalendar, now: datetime) -> ClockReading:
    """What a clock shows at ``now``: a pure function of the log, the calendar and now.

    Entries after ``now`` are not known yet and are left out.

    Raises:
        ValueError: the matter had not been raised by ``now``.
    """
    known = [entry for entry in log if entry.at <= now]
    if not known:
        raise ValueError("the matter had not been raised at that instant")
    end = _end_of_clock(known, target.kind)
    until = end or now
    run = _run(known, until)
    deadline = _deadline(run, timedelta(minutes=target.minutes), calendar)

    state, outcome_at = ClockState.RUNNING, end
    if deadline is not None and until > deadline:
        state, outcome_at = ClockState.BREACHED, deadline
    elif end is not None:
        state = ClockState.MET
    elif run.paused:
        state = ClockState.PAUSED
    elapsed = sum(
        (calendar.service_time_between(part.start, part.end) for part in run.stretches),
        start=NO_TIME,
    )
    spans = _spans(known[0].at, until, run, calendar)
    return ClockReading(target, state, elapsed, deadline, outcome_at, spans)


def _end_of_clock(log: Log, kind: MeasureKind) -> datetime | None:
    """When the clock stopped for good; ``None`` while it has not."""
    if kind is MeasureKind.RESPONSE_TIME:
        ended = _first(log, MatterEvent.RESPONDED, MatterEvent.RESOLVED)
    else:
        ended = _first(log, MatterEvent.RESOLVED)
    return ended.at if ended else None


@dataclass(frozen=True)
class _Run:
    """When the centre did not wait for the customer, and whether it did at the end."""

    stretches: tuple[Interval, ...]
    paused: bool


def _run(log: Log, until: datetime) -> _Run:
    """How a clock ran up to an instant, by the log alone."""
    stretches: list[Interval] = []
    begun: datetime | None = log[0].at
    for entry in log:
        if entry.at > until:
            break
        if entry.event is MatterEvent.WAITING_FOR_CUSTOMER and begun is not None:
            stretches.append(Interval(begun, entry.at))
            begun = None
        elif entry.event is MatterEvent.RESUMED:
            begun = entry.at
    if begun is not None:
        stretches.append(Interval(begun, until))
    return _Run(tuple(stretches), paused=begun is None)


def _deadline(run: _Run, allowed: timedelta, calendar: ServiceCalendar) -> datetime | None:
    """When the allowed service time runs out, or ran out.

    ``None`` when a pause that has not ended holds it back.
    """
    left = allowed
    for stretch in run.stretches:
        deadline = calendar.add_service_time(stretch.start, left)
        goes_on = not run.paused and stretch is run.stretches[-1]
        if deadline < stretch.end or goes_on:
            return deadline
        left -= calendar.service_time_between(stretch.start, stretch.end)
    return None


def _spans(
    start: datetime, end: datetime, run: _Run, calendar: ServiceCalendar
) -> tuple[Span, ...]:
    """The clock's life from start to end as stretches that explain its elapsed minutes."""
    spans: list[Span] = []
    counted = NO_TIME
    at = start

    def add(until: datetime, state: SpanState) -> None:
        nonlocal at, counted
        if until <= at:
            return
        before = counted // ONE_MINUTE
        if state is SpanState.OPEN:
            counted += until - at
        spans.append(Span(at, until, state, counted // ONE_MINUTE - before))
        at = until

    for stretch in run.stretches:
        add(stretch.start, SpanState.PAUSED)
        for interval in calendar.open_intervals(stretch.start, stretch.end):
            add(interval.start, SpanState.CLOSED)
            add(interval.end, SpanState.OPEN)
        add(stretch.end, SpanState.CLOSED)
    add(end, SpanState.PAUSED)
    return tuple(spans)
