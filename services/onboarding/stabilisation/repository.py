"""Closed periods and matters in storage, as collab_model tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import Priority
from services.onboarding.stabilisation.domain import ClosedPeriod, Matter
from services.onboarding.tables import ClosedPeriodRow, MatterRow


async def find_period(
    session: AsyncSession, agreement_id: str, service: str, period: str
) -> ClosedPeriod | None:
    """A month of a service, when it is closed."""
    row = await session.get(ClosedPeriodRow, (agreement_id, service, period))
    return _period(row) if row else None


async def add_period(
    session: AsyncSession, agreement_id: str, period: ClosedPeriod, at: datetime
) -> None:
    """Store a closed month."""
    session.add(
        ClosedPeriodRow(
            agreement_id=agreement_id,
            service=period.service,
            period=period.period,
            whole_month=period.whole_month,
            met=period.met,
            recorded_at=at,
        )
    )
    await session.flush()


async def periods(session: AsyncSession, agreement_id: str) -> Sequence[ClosedPeriod]:
    """The closed months of an agreement's services, in order."""
    rows = await session.scalars(
        select(ClosedPeriodRow)
        .where(ClosedPeriodRow.agreement_id == agreement_id)
        .order_by(ClosedPeriodRow.service, ClosedPeriodRow.period)
    )
    return [_period(row) for row in rows]


async def put_matter(
    session: AsyncSession,
    agreement_id: str,
    matter_id: str,
    service: str,
    priority: Priority,
    *,
    raised_at: datetime | None = None,
    resolved_at: datetime | None = None,
) -> None:
    """Add what is newly known of a matter to what was known of it."""
    row = await session.get(MatterRow, matter_id)
    if row is None:
        row = MatterRow(
            matter_id=matter_id,
            agreement_id=agreement_id,
            service=service,
            priority=priority.value,
            raised_at=None,
            resolved_at=None,
        )
        session.add(row)
    row.raised_at = raised_at or row.raised_at
    row.resolved_at = resolved_at or row.resolved_at
    await session.flush()


async def critical_matters(session: AsyncSession, agreement_id: str) -> Sequence[Matter]:
    """The critical matters of an agreement, open or not."""
    rows = await session.scalars(
        select(MatterRow)
        .where(
            MatterRow.agreement_id == agreement_id,
            MatterRow.priority == Priority.CRITICAL.value,
        )
        .order_by(MatterRow.matter_id)
    )
    return [
        Matter(row.matter_id, row.service, row.priority, row.raised_at, row.resolved_at)
        for row in rows
    ]


def _period(row: ClosedPeriodRow) -> ClosedPeriod:
    return ClosedPeriod(row.service, row.period, row.whole_month, row.met)
