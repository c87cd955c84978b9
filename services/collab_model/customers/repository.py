"""All SQL about what became of customers."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.collab_model.tables import LifeEventRow
from services.contracts.succession import LifeEvent, Register, Scope
from services.contracts.values import LifeEventKind


async def register(session: AsyncSession) -> Register:
    """What is known of the lives of agencies; it is little, for few are ever merged."""
    rows = await session.scalars(select(LifeEventRow).order_by(LifeEventRow.id))
    return Register(names=(), events=tuple(_life_event(row) for row in rows))


def _life_event(row: LifeEventRow) -> LifeEvent:
    return LifeEvent(
        id=row.id,
        kind=LifeEventKind(row.kind),
        org_number=row.org_number,
        effective_on=row.effective_on,
        name=row.name,
        successors=tuple(row.successors),
        city=None,
        corrects=row.corrects,
        withdrawn=row.withdrawn,
        known_at=row.known_at,
        agreement_id=row.agreement_id,
    )


def issued_within(
    scope: Scope,
    org_number: InstrumentedAttribute[str],
    agreement_id: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    """That something was issued to somebody in a scope, or under an agreement that came to it.

    Args:
        scope: what the customer sees.
        org_number: the row's column of whom it was issued to.
        agreement_id: the row's column of its agreement.
    """
    return or_(org_number.in_(scope.issued_to), agreement_id.in_(scope.agreements_taken))


def signed_within(
    scope: Scope,
    org_number: InstrumentedAttribute[str],
    agreement_id: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    """That an agreement is the customer's now.

    Args:
        scope: what the customer sees.
        org_number: the row's column of who signed.
        agreement_id: the row's column of the agreement.
    """
    return or_(
        and_(org_number.in_(scope.signed_by), agreement_id.not_in(scope.agreements_passed)),
        agreement_id.in_(scope.agreements_taken),
    )
