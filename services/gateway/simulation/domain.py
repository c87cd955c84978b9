"""When the centre is at rest, and how far its clock may be moved next.

Simulated time moves conservatively: to the earliest timer in any service and no further,
and only once nothing that earlier instants caused is still on its way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Standing:
    """What a service says of its clock and of its messages.

    ``pending`` counts outbox rows not yet published and work begun and not finished; the
    mappings count events by type, each event once however often it was delivered.
    ``parked`` events are those a service gave up on until somebody replays them: they hold
    nothing up.
    """

    now: datetime
    next_timer_at: datetime | None = None
    pending: int = 0
    sent: Mapping[str, int] = field(default_factory=dict)
    handled: Mapping[str, int] = field(default_factory=dict)
    parked: Mapping[str, int] = field(default_factory=dict)
    subscribes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unrest:
    """One reason why the centre is not quiet, in a form that can be shown."""

    service: str
    reason: str


def unrest(standings: Mapping[str, Standing]) -> tuple[Unrest, ...]:
    """Everything that still moves; empty when the centre is quiet.

    Quiet means that every outbox is empty and that every subscriber has handled or parked
    as many events of each type as all services together sent. The services may have been
    read one after the other: counting per type and subscriber, a message sent after its
    receiver was read, or received after its sender was, leaves the two numbers apart
    (Mattern's vector counters), so no second reading is needed.
    """
    sent: dict[str, int] = {}
    for standing in standings.values():
        for event_type, count in standing.sent.items():
            sent[event_type] = sent.get(event_type, 0) + count
    found: list[Unrest] = []
    for service, standing in standings.items():
        if standing.pending:
            found.append(Unrest(service, f"{standing.pending} unpublished"))
        for event_type in standing.subscribes:
            expected = sent.get(event_type, 0)
            settled = standing.handled.get(event_type, 0) + standing.parked.get(event_type, 0)
            if settled != expected:
                found.append(Unrest(service, f"{event_type}: {settled} of {expected} settled"))
    return tuple(found)


def next_instant(standings: Mapping[str, Standing], to: datetime) -> datetime | None:
    """How far the clocks may move next, or None when all have arrived and nothing is due.

    The earliest timer at or before ``to``, else ``to`` itself. Never earlier than the
    slowest clock: a timer that was set for an instant already past is due now. That also
    lets an advance that broke off half-way, with clocks apart, be finished later.
    """
    due = [
        standing.next_timer_at
        for standing in standings.values()
        if standing.next_timer_at is not None and standing.next_timer_at <= to
    ]
    slowest = min(standing.now for standing in standings.values())
    if due:
        return max(min(due), slowest)
    return to if slowest < to else None


def due_by(standings: Mapping[str, Standing], instant: datetime) -> tuple[str, ...]:
    """The services that have a timer due at or before an instant, in their order."""
    return tuple(
        name
        for name, standing in standings.items()
        if standing.next_timer_at is not None and standing.next_timer_at <= instant
    )
