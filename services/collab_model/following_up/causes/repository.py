"""All SQL about causes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.customers.repository import issued_within
from services.collab_model.tables import CauseRow
from services.contracts.succession import Scope


async def add(session: AsyncSession, row: CauseRow) -> None:
    """Keep what was stated."""
    session.add(row)
    await session.flush()


async def of_service(
    session: AsyncSession, agreement_id: str, service: str, period: str
) -> Sequence[CauseRow]:
    """What was stated about a service, as far as it can concern a month; oldest first."""
    return (
        await session.scalars(
            select(CauseRow)
            .where(
                CauseRow.agreement_id == agreement_id,
                CauseRow.service == service,
                (CauseRow.period.is_(None)) | (CauseRow.period == period),
            )
            .order_by(CauseRow.id)
        )
    ).all()


async def page(
    session: AsyncSession,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> Sequence[CauseRow]:
    """A page of what was stated, in order."""
    query = select(CauseRow).order_by(CauseRow.id).limit(limit)
    if scope is not None:
        query = query.where(issued_within(scope, CauseRow.org_number, CauseRow.agreement_id))
    if service is not None:
        query = query.where(CauseRow.service == service)
    if period is not None:
        query = query.where(CauseRow.period == period)
    if after is not None:
        query = query.where(CauseRow.id > after)
    return (await session.scalars(query)).all()
