"""SQL of closed months."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.tables import BillingPeriodRow, VolumeRow
from services.billing.volumes.domain import VolumeStatus

_LOCK = 0x5353_4302
"""Key of the advisory lock between those who take volumes in and whoever closes a month."""


async def closed_through(session: AsyncSession, *, hold: bool = False) -> Month | None:
    """The last closed month; None while none is.

    Args:
        session: the database session.
        hold: no month is closed until the transaction ends; SQLite has one writer anyway.
    """
    if hold and session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _LOCK})
    last = await session.scalar(select(func.max(BillingPeriodRow.period)))
    return Month.parse(last) if last else None


async def take_turn(session: AsyncSession) -> bool:
    """Keep out everybody who takes volumes in, until the transaction ends.

    False when somebody is at it just now; a file of millions of rows takes a while.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    taken = await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK})
    return bool(taken)


async def came_for(session: AsyncSession, month: Month) -> tuple[int, dict[str, int]]:
    """How many volumes of a month count, and how many are set aside by reason."""
    rows = await session.execute(
        select(VolumeRow.status, VolumeRow.reason, func.count())
        .where(VolumeRow.period == str(month), VolumeRow.superseded_by.is_(None))
        .group_by(VolumeRow.status, VolumeRow.reason)
        .order_by(VolumeRow.reason)
    )
    accepted, aside = 0, {}
    for status, reason, count in rows:
        if status == VolumeStatus.ACCEPTED:
            accepted += count
        else:
            aside[reason] = count
    return accepted, aside


async def page(session: AsyncSession, after: str | None, limit: int) -> Sequence[BillingPeriodRow]:
    """Closed months in order."""
    query = select(BillingPeriodRow).order_by(BillingPeriodRow.period).limit(limit)
    if after is not None:
        query = query.where(BillingPeriodRow.period > after)
    return (await session.scalars(query)).all()
