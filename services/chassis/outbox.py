"""The outbox: events stored with the change they tell of, until the broker has them.

Rows carry a status, since a reader of "ids above the last seen" loses rows that commit
late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import telemetry
from services.chassis.context import WorkContext
from services.chassis.events import Envelope, Event
from services.chassis.ids import new_id
from services.chassis.tables import outbox

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


async def pending(session: AsyncSession, limit: int) -> list[PendingEvent]:
    """The oldest unpublished events, in the order they were recorded."""
    rows = await session.execute(
        select(outbox.c.seq, outbox.c.event_id, outbox.c.type, outbox.c.body, outbox.c.recorded_at)
        .where(outbox.c.status == PENDING)
        .order_by(outbox.c.seq)
        .limit(limit)
    )
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


async def sent_by_type(session: AsyncSession) -> dict[str, int]:
    """How many events of each type were ever recorded for publishing."""
    rows = await session.execute(select(outbox.c.type, func.count()).group_by(outbox.c.type))
    return {type_: count for type_, count in rows}
