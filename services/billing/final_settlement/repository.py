"""SQL of final settlements."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.subscriptions.repository import of_subscriptions_visible
from services.billing.tables import FinalSettlementRow
from services.contracts.succession import Scope


async def lock(session: AsyncSession, exit_id: str) -> FinalSettlementRow | None:
    """The settlement that an exit asked for, held until the transaction ends."""
    return await session.scalar(
        select(FinalSettlementRow)
        .where(FinalSettlementRow.exit_id == exit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def page(
    session: AsyncSession, scope: Scope | None, after: str | None, limit: int
) -> Sequence[FinalSettlementRow]:
    """Final settlements in the order of their exits, of one customer or of all."""
    query = select(FinalSettlementRow).order_by(FinalSettlementRow.exit_id).limit(limit)
    if scope is not None:
        query = query.where(
            of_subscriptions_visible(
                FinalSettlementRow.org_number, FinalSettlementRow.subscription_id, scope
            )
        )
    if after is not None:
        query = query.where(FinalSettlementRow.exit_id > after)
    return (await session.scalars(query)).all()
