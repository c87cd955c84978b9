"""SQL of closed months."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.tables import ClosedMonthRow


async def find(
    session: AsyncSession, subscription_id: str, service: str, period: str
) -> ClosedMonthRow | None:
    """A closed month of a service."""
    return await session.scalar(
        select(ClosedMonthRow).where(
            ClosedMonthRow.subscription_id == subscription_id,
            ClosedMonthRow.service == service,
            ClosedMonthRow.period == period,
        )
    )


async def through(
    session: AsyncSession, subscription_id: str, last: Month
) -> Sequence[ClosedMonthRow]:
    """The closed months of a subscription through one, in order."""
    return (
        await session.scalars(
            select(ClosedMonthRow)
            .where(
                ClosedMonthRow.subscription_id == subscription_id,
                ClosedMonthRow.period <= str(last),
            )
            .order_by(ClosedMonthRow.period, ClosedMonthRow.service)
        )
    ).all()
