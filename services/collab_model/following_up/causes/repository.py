"""All SQL about causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.customers.repository import issued_within
from services.collab_model.following_up.tertials.repository import not_superseded
from services.collab_model.tables import (
    CauseRow,
    MatterLogRow,
    MatterRow,
    PeriodRow,
    StatementRow,
)
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


@dataclass(frozen=True)
class ClosedMonth:
    """A closed month as it was corrected last, and the content of its statement."""

    period_id: str
    period: str
    statement: str


async def closed_months(
    session: AsyncSession, agreement_id: str, service: str, period: str | None
) -> list[ClosedMonth]:
    """The closed months of a service that have a statement, or one of them; oldest first."""
    query = (
        select(PeriodRow.id, PeriodRow.period, StatementRow.content)
        .join(StatementRow, StatementRow.period_id == PeriodRow.id)
        .where(
            PeriodRow.agreement_id == agreement_id,
            PeriodRow.service == service,
            not_superseded(),
        )
        .order_by(PeriodRow.period)
    )
    if period is not None:
        query = query.where(PeriodRow.period == period)
    return [ClosedMonth(*row) for row in await session.execute(query)]


async def is_about(session: AsyncSession, matter_id: str, agreement_id: str, service: str) -> bool:
    """Whether a matter under an agreement is, or has been, about a service."""
    been_there = select(MatterLogRow.id).where(
        MatterLogRow.matter_id == MatterRow.id, MatterLogRow.service == service
    )
    found = await session.scalar(
        select(MatterRow.id).where(
            MatterRow.id == matter_id,
            MatterRow.agreement_id == agreement_id,
            or_(MatterRow.service == service, been_there.exists()),
        )
    )
    return found is not None


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
