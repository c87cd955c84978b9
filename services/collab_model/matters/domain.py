"""Matters: what their log may say (DOMAIN.md sections 2 and 6).

A matter is its log, and the log is read as a story: every line must fit what has happened
before it. An entry that comes late or corrects another is taken in only if the whole story
still makes sense with it, so whatever stands in a log can be reckoned with.

The state machine:

* A matter is raised once, and answered once.
* It is open, waits for the customer, is resolved, or is cancelled.
* A resolved matter can be reopened by either party; a cancelled one stays cancelled.
* A team of the centre and a supplier may have it at the same time, one of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Party, Place
from services.contracts.values import Priority


class MatterStatus(StrEnum):
    """Where a matter stands according to its log."""

    OPEN = "open"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


UNSETTLED = frozenset({MatterStatus.OPEN, MatterStatus.WAITING_FOR_CUSTOMER})
"""The states of a matter that somebody still has to do something about."""

FOR_BOTH = frozenset({MatterEvent.RAISED, MatterEvent.RESUMED, MatterEvent.REOPENED})
"""The events that either party may enter; the others are the centre's."""

GIVEN = {
    MatterEvent.HANDED_TO_TEAM: "team",
    MatterEvent.RETURNED_BY_TEAM: "team",
    MatterEvent.SENT_TO_SUPPLIER: "supplier",
    MatterEvent.RETURNED_BY_SUPPLIER: "supplier",
}
"""The events that name a counterpart, and what it is."""


class EventContradictsState(ValueError):
    """An event does not fit what the log says; the text says why, ``entry`` is the event."""

    def __init__(self, why: str, entry: LogEntry) -> None:
        super().__init__(why)
        self.entry = entry


class EventBeforeMatter(ValueError):
    """An event would have happened before its matter was raised."""


class EventInFuture(ValueError):
    """An event would happen later than now."""


class NotThePartysEvent(ValueError):
    """The event is not for this party to enter."""


class NothingToCorrect(ValueError):
    """The line to correct does not stand in the log, or no longer holds."""


@dataclass(frozen=True)
class MatterState:
    """Where a matter stands after its last event."""

    status: MatterStatus
    place: Place
    priority: Priority
    raised_at: datetime
    ended_at: datetime | None = None
    responded: bool = False
    team: str | None = None
    supplier: str | None = None

    @property
    def resolved_at(self) -> datetime | None:
        """When it was resolved, if it is."""
        return self.ended_at if self.status is MatterStatus.RESOLVED else None


def state_of(entries: Sequence[LogEntry]) -> MatterState:
    """Where a matter stands by its lines that hold, in the order of events.

    Raises:
        EventBeforeMatter: the first of them is not that it was raised.
        EventContradictsState: they do not make a story.
    """
    first = entries[0]
    if first.event is not MatterEvent.RAISED or first.place is None or first.priority is None:
        raise EventBeforeMatter(
            f"{first.event.value} at {first.at.isoformat()} would come before the matter was raised"
        )
    state = MatterState(MatterStatus.OPEN, first.place, first.priority, first.at)
    for entry in entries[1:]:
        contradiction = _contradiction(state, entry)
        if contradiction:
            raise EventContradictsState(contradiction, entry)
        state = _after(state, entry)
    return state


def _contradiction(state: MatterState, entry: LogEntry) -> str | None:
    """Why an event cannot follow; ``None`` when it can."""
    event = entry.event
    if event is MatterEvent.RAISED:
        return "the matter is already raised"
    if state.status is MatterStatus.CANCELLED:
        return "the matter is cancelled; raise a new one"
    if event is MatterEvent.REOPENED:
        resolved = state.status is MatterStatus.RESOLVED
        return None if resolved else "the matter is not resolved, so there is nothing to reopen"
    if state.status is MatterStatus.RESOLVED:
        return "the matter is resolved; reopen it if the trouble is back"
    return _of_open_matter(state, entry)


def _of_open_matter(state: MatterState, entry: LogEntry) -> str | None:
    waits = state.status is MatterStatus.WAITING_FOR_CUSTOMER
    reasons = {
        MatterEvent.RESPONDED: (state.responded, "the matter has been responded to already"),
        MatterEvent.WAITING_FOR_CUSTOMER: (waits, "the matter is already waiting for the customer"),
        MatterEvent.RESUMED: (not waits, "the matter is not waiting for the customer"),
        MatterEvent.PRIORITY_CHANGED: (
            entry.priority == state.priority,
            f"the matter's priority is already {state.priority.value}",
        ),
        MatterEvent.MOVED: (
            entry.place is not None and entry.place.service == state.place.service,
            f"the matter is already about {state.place.service}",
        ),
    }
    refused, why = reasons.get(entry.event, (False, ""))
    return why if refused else _hand_over(state, entry)


def _hand_over(state: MatterState, entry: LogEntry) -> str | None:
    what = GIVEN.get(entry.event)
    if what is None:
        return None
    has_it = state.team if what == "team" else state.supplier
    if entry.event in {MatterEvent.HANDED_TO_TEAM, MatterEvent.SENT_TO_SUPPLIER}:
        return None if has_it is None else f"the {what} {has_it} has the matter; take it back first"
    if has_it == entry.counterpart:
        return None
    return f"the {what} {entry.counterpart} does not have the matter"


def _after(state: MatterState, entry: LogEntry) -> MatterState:
    """The state that an event leads to."""
    event = entry.event
    if event in {MatterEvent.RESOLVED, MatterEvent.CANCELLED}:
        ended = MatterStatus(event.value)
        return replace(state, status=ended, ended_at=entry.at, team=None, supplier=None)
    if event in {MatterEvent.RESUMED, MatterEvent.REOPENED}:
        return replace(state, status=MatterStatus.OPEN, ended_at=None)
    if event is MatterEvent.WAITING_FOR_CUSTOMER:
        return replace(state, status=MatterStatus.WAITING_FOR_CUSTOMER)
    team, supplier = state.team, state.supplier
    if GIVEN.get(event) == "team":
        team = entry.counterpart if event is MatterEvent.HANDED_TO_TEAM else None
    elif GIVEN.get(event) == "supplier":
        supplier = entry.counterpart if event is MatterEvent.SENT_TO_SUPPLIER else None
    return replace(
        state,
        responded=state.responded or event is MatterEvent.RESPONDED,
        priority=entry.priority or state.priority,
        place=entry.place or state.place,
        team=team,
        supplier=supplier,
    )


def may_enter(log: MatterLog, event: MatterEvent, party: Party, *, backdated: bool) -> None:
    """Refuse an event that is not for a party to enter.

    A matter is cancelled by the customer, or by the centre where the centre raised it: the
    centre does not get rid of a clock by cancelling what a customer raised. What happened
    earlier only the centre enters.

    Raises:
        NotThePartysEvent: it is for the other party.
    """
    if event is MatterEvent.CANCELLED:
        if party is Party.CENTRE and log.entries[0].party is not Party.CENTRE:
            raise NotThePartysEvent(
                "the customer raised the matter, so only the customer cancels it"
            )
    elif party is Party.CUSTOMER and event not in FOR_BOTH:
        raise NotThePartysEvent(f"only the centre may enter {event.value}")
    if backdated and party is Party.CUSTOMER:
        raise NotThePartysEvent("only the centre may enter what happened earlier")


def extended(log: MatterLog, entry: LogEntry) -> MatterLog:
    """A log with one more line, if the story still makes sense with it.

    Raises:
        EventInFuture: it would happen after it was recorded.
        EventBeforeMatter: it would have happened before the matter was raised.
        EventContradictsState: it does not fit what happened before it, or what happened
            after it does not fit it.
    """
    if entry.at > entry.recorded_at:
        raise EventInFuture(f"{entry.at.isoformat()} has not come yet")
    longer = log.with_entry(entry)
    state_of(longer.as_known())
    return longer


def next_line(log: MatterLog, now: datetime) -> tuple[int, datetime]:
    """The number and the recording instant of a log's next line.

    Two writers' clocks may differ by a moment: what is recorded later is never known earlier.
    """
    return len(log.entries) + 1, max(now, log.last.recorded_at)


def line_to_correct(log: MatterLog, sequence: int) -> LogEntry:
    """The line that holds and is to be corrected or withdrawn.

    Raises:
        NothingToCorrect: there is no such line, or it has been corrected or withdrawn.
    """
    entry = log.find(sequence)
    if entry is None:
        raise NothingToCorrect(f"the log has no line {sequence}")
    later = log.replaced_by().get(sequence)
    if later is not None:
        raise NothingToCorrect(f"line {later.sequence} has replaced line {sequence}")
    if entry.withdrawn:
        raise NothingToCorrect(f"line {sequence} only takes line {entry.corrects} back")
    return entry


def places_of(entries: Iterable[LogEntry]) -> tuple[Place, ...]:
    """Where a matter has been, in order and each once."""
    return tuple(dict.fromkeys(entry.place for entry in entries if entry.place is not None))
