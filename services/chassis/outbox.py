"""The outbox: events stored with the change they tell of, until the broker has them.

Rows carry a status, since a reader of "ids above the last seen" loses rows that commit
late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import telemetry
from services.chassis.context import WorkContext
from services.chassis.events import Envelope, Event
from services.chassis.ids import new_id
from services.chassis.tables import inbox, outbox

PENDING = "pending"
PUBLISHED = "published"


@dataclass(frozen=True)
class PendingEvent:
    """An outbox row on its way to the broker."""

    seq: int
    event_id: str
    type: str
    body: bytes
    recorded_at: datetime


def row_for(
    event: Event, *, source: str, version: int, context: WorkContext, recorded_at: datetime
) -> dict[str, Any]:
    """The outbox row of an event, its envelope already in the form that travels."""
    event_id = new_id()
    envelope = Envelope(
        id=event_id,
        source=f"/ssc/{source}",
        type=event.type,
        subject=event.aggregate_id,
        time=recorded_at,
        correlationid=context.correlation_id,
        causationid=context.causation_id,
        aggregateversion=version,
        traceparent=telemetry.current_traceparent(),
        data=event.model_dump(mode="json"),
    )
    return {
        "event_id": event_id,
        "type": event.type,
        "aggregate_id": event.aggregate_id,
        "body": envelope.to_bytes(),
        "status": PENDING,
        "recorded_at": recorded_at,
        "published_at": None,
    }


_OLDEST = (
    select(outbox.c.seq, outbox.c.event_id, outbox.c.type, outbox.c.body, outbox.c.recorded_at)
    .where(outbox.c.status == PENDING)
    .order_by(outbox.c.seq)
    .limit(bindparam("most", type_=Integer))
)


async def pending(session: AsyncSession, limit: int) -> list[PendingEvent]:
    """The oldest unpublished events, in the order they were recorded."""
    rows = await session.execute(_OLDEST, {"most": limit})
    return [PendingEvent(*row) for row in rows]


async def mark_published(session: AsyncSession, seqs: Sequence[int], at: datetime) -> None:
    """Note that the broker has confirmed these events."""
    await session.execute(
        update(outbox).where(outbox.c.seq.in_(seqs)).values(status=PUBLISHED, published_at=at)
    )


async def pending_count(session: AsyncSession) -> int:
    """How many events the broker does not have yet."""
    count = await session.scalar(
        select(func.count()).select_from(outbox).where(outbox.c.status == PENDING)
    )
    return count or 0


async def oldest_pending(session: AsyncSession) -> datetime | None:
    """When the longest-waiting unpublished event was recorded."""
    return await session.scalar(
        select(outbox.c.recorded_at)
        .where(outbox.c.status == PENDING)
        .order_by(outbox.c.seq)
        .limit(1)
    )


@dataclass(frozen=True)
class MessageCounts:
    """How many events a service sent and handled by type, and how many still wait."""

    pending: int
    sent: dict[str, int]
    handled: dict[str, int]


# Made once: a replay asks thousands of times, and making a statement takes longer than running it.
_COUNTS = union_all(
    select(
        literal("sent"),
        outbox.c.type,
        func.count(),
        func.sum(case((outbox.c.status == PENDING, 1), else_=0)),
    ).group_by(outbox.c.type),
    select(literal("handled"), inbox.c.type, func.count(), literal(0)).group_by(inbox.c.type),
)


async def message_counts(session: AsyncSession) -> MessageCounts:
    """Count outbox and inbox in one statement, since a replay asks after every step."""
    rows = await session.execute(_COUNTS)
    counts = MessageCounts(0, {}, {})
    pending = 0
    for direction, event_type, count, still_waiting in rows:
        (counts.sent if direction == "sent" else counts.handled)[event_type] = count
        pending += int(still_waiting)
    return replace(counts, pending=pending)
