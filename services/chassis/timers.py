"""Durable timers: set in a transaction, fired once in effect, in order of their time.

A timer that comes late, because the service was down, still fires for the instant it
was set for; so a handler gives the same result late as on time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.chassis.tables import timers

SET = "set"
FIRED = "fired"
CANCELLED = "cancelled"

RETRY_DELAYS = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))


@dataclass(frozen=True)
class DueTimer:
    """A timer whose time has come."""

    name: str
    key: str
    due_at: datetime
    payload: Mapping[str, str]
    id: str = ""
    attempts: int = 0


TimerHandler = Callable[[Any, DueTimer], Awaitable[None]]
"""``async def handler(uow: UnitOfWork, timer: DueTimer) -> None``"""


async def set_timer(
    session: AsyncSession, name: str, key: str, due_at: datetime, payload: dict[str, str]
) -> None:
    """Set or move the timer of this name and key."""
    timer = {
        "id": new_id(),
        "name": name,
        "key": key,
        "due_at": due_at,
        "payload": payload,
        "status": SET,
        "attempts": 0,
        "retry_at": None,
        "fired_at": None,
    }
    await session.execute(_set_or_move(session.get_bind().dialect.name), timer)


@cache
def _set_or_move(dialect: str) -> Executable:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(timers)
    kept = {"id", "name", "key"}
    fresh = {name: value for name, value in insert.excluded.items() if name not in kept}
    return insert.on_conflict_do_update(index_elements=[timers.c.name, timers.c.key], set_=fresh)


async def cancel_timer(session: AsyncSession, name: str, key: str) -> None:
    """Take a set timer back."""
    await session.execute(
        update(timers)
        .where(timers.c.name == name, timers.c.key == key, timers.c.status == SET)
        .values(status=CANCELLED)
    )


# Made once: a replay asks thousands of times, and making a statement takes longer than running it.
_NEXT_TO_FIRE = (
    select(
        timers.c.id,
        timers.c.name,
        timers.c.key,
        timers.c.due_at,
        timers.c.payload,
        timers.c.attempts,
    )
    .where(timers.c.status == SET, timers.c.due_at <= bindparam("until"))
    .where(or_(timers.c.retry_at.is_(None), timers.c.retry_at <= bindparam("retry_until")))
    .order_by(timers.c.due_at, timers.c.name, timers.c.key)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(timers.c.due_at).where(timers.c.status == SET).order_by(timers.c.due_at).limit(1)


async def claim_next(
    session: AsyncSession, until: datetime, retry_until: datetime
) -> DueTimer | None:
    """Lock the earliest timer due at or before an instant, skipping those held by others.

    Args:
        until: timers due later stay.
        retry_until: timers that failed and are to be tried again later than this stay.
    """
    asked = {"until": until, "retry_until": retry_until}
    row = (await session.execute(_NEXT_TO_FIRE, asked)).one_or_none()
    if row is None:
        return None
    return DueTimer(
        name=row.name,
        key=row.key,
        due_at=row.due_at,
        payload=row.payload,
        id=row.id,
        attempts=row.attempts,
    )


async def mark_fired(session: AsyncSession, timer: DueTimer, at: datetime) -> None:
    """Note that a claimed timer has taken effect; call before its handler, which may
    set the same timer anew.
    """
    await session.execute(
        update(timers).where(timers.c.id == timer.id).values(status=FIRED, fired_at=at)
    )


async def postpone(session: AsyncSession, timer: DueTimer, now: datetime) -> None:
    """Note a failed attempt and when to try again."""
    delay = RETRY_DELAYS[min(timer.attempts, len(RETRY_DELAYS) - 1)]
    await session.execute(
        update(timers)
        .where(timers.c.id == timer.id)
        .values(attempts=timer.attempts + 1, retry_at=now + delay)
    )


async def next_due_at(session: AsyncSession) -> datetime | None:
    """When the earliest set timer is due."""
    due_at: datetime | None = await session.scalar(_NEXT_DUE)
    return due_at


async def late_count(session: AsyncSession, before: datetime) -> int:
    """How many timers should have fired before an instant and have not."""
    count = await session.scalar(
        select(func.count())
        .select_from(timers)
        .where(timers.c.status == SET, timers.c.due_at < before)
    )
    return count or 0
