"""SQL of what fees are to cover."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.tables import CostPoolRow, CostUseRow


async def to_fees(session: AsyncSession, distribution_id: str) -> dict[str, int]:
    """What a distribution has fees cover, in öre by service."""
    rows = await session.execute(
        select(CostPoolRow.service, func.sum(CostUseRow.amount_ore))
        .join(CostPoolRow, CostPoolRow.key == CostUseRow.pool)
        .where(CostUseRow.distribution_id == distribution_id, CostUseRow.use == "fees")
        .group_by(CostPoolRow.service)
    )
    return {service: int(total) for service, total in rows if service is not None}
