"""All SQL about statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.customers.repository import issued_within
from services.collab_model.following_up.statements.domain import MatterCounts
from services.collab_model.tables import MatterRow, StatementRow
from services.contracts.succession import Scope


async def add(session: AsyncSession, row: StatementRow) -> None:
    """Keep a statement."""
    session.add(row)
    await session.flush()


async def of_period(session: AsyncSession, period_id: str) -> StatementRow | None:
    """The statement of a closed month or of a correction; None from before there were any."""
    return await session.scalar(select(StatementRow).where(StatementRow.period_id == period_id))


async def find(
    session: AsyncSession, statement_id: str, *, scope: Scope | None
) -> StatementRow | None:
    """A statement visible to a scope."""
    query = select(StatementRow).where(StatementRow.id == statement_id)
    if scope is not None:
        query = query.where(
            issued_within(scope, StatementRow.org_number, StatementRow.agreement_id)
        )
    return await session.scalar(query)


async def page(
    session: AsyncSession,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> Sequence[StatementRow]:
    """A page of statements in the order they were made."""
    query = select(StatementRow).order_by(StatementRow.id).limit(limit)
    if scope is not None:
        query = query.where(
            issued_within(scope, StatementRow.org_number, StatementRow.agreement_id)
        )
    if service is not None:
        query = query.where(StatementRow.service == service)
    if period is not None:
        query = query.where(StatementRow.period == period)
    if after is not None:
        query = query.where(StatementRow.id > after)
    return (await session.scalars(query)).all()


async def count_matters(
    session: AsyncSession, agreement_id: str, service: str, start: datetime, end: datetime
) -> MatterCounts:
    """How many matters of a service came and went between two instants."""
    came = (MatterRow.raised_at >= start) & (MatterRow.raised_at < end)
    went = (MatterRow.ended_at >= start) & (MatterRow.ended_at < end)
    stayed = (MatterRow.ended_at.is_(None)) | (MatterRow.ended_at >= end)
    solved = (MatterRow.resolved_at >= start) & (MatterRow.resolved_at < end)
    rows = await session.execute(
        select(
            MatterRow.kind,
            MatterRow.priority,
            func.sum(case((came, 1), else_=0)),
            func.sum(case((solved, 1), else_=0)),
            func.sum(case((stayed, 1), else_=0)),
        )
        .where(
            MatterRow.agreement_id == agreement_id,
            MatterRow.service == service,
            MatterRow.raised_at < end,
            came | went | stayed,
        )
        .group_by(MatterRow.kind, MatterRow.priority)
    )
    by_kind: dict[str, int] = {}
    by_priority: dict[str, int] = {}
    resolved = still_open = 0
    for kind, priority, raised, ended, standing in rows:
        resolved += ended or 0
        still_open += standing or 0
        if raised:
            by_kind[kind] = by_kind.get(kind, 0) + raised
            by_priority[priority] = by_priority.get(priority, 0) + raised
    return MatterCounts(
        raised=sum(by_kind.values()),
        resolved=resolved,
        open_at_end=still_open,
        by_kind=by_kind,
        by_priority=by_priority,
    )
