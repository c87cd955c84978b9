"""SQL of fee indications."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.tables import FeeIndicationRow


async def answer_of(session: AsyncSession, request_id: str) -> FeeIndicationRow | None:
    """The answer a request was given."""
    return await session.get(FeeIndicationRow, request_id)
