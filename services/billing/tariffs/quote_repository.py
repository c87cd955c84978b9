"""SQL of quotes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.tables import QuoteRow
from services.contracts.succession import Scope


async def find(session: AsyncSession, quote_id: str, scope: Scope | None) -> QuoteRow | None:
    """One quote, if it is within the scope."""
    query = select(QuoteRow).where(QuoteRow.id == quote_id, *_visible(scope))
    return (await session.scalars(query)).one_or_none()


async def page(
    session: AsyncSession, scope: Scope | None, after: str | None, limit: int
) -> Sequence[QuoteRow]:
    """Quotes in the order they were given."""
    query = select(QuoteRow).where(*_visible(scope)).order_by(QuoteRow.id).limit(limit)
    if after is not None:
        query = query.where(QuoteRow.id > after)
    return (await session.scalars(query)).all()


def _visible(scope: Scope | None) -> tuple[ColumnElement[bool], ...]:
    return () if scope is None else (QuoteRow.org_number.in_(scope.signed_by),)
