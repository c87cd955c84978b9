"""All SQL about what clocks follow, and about warnings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.clocks.documents import CustomerRules, LevelsBeneath
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.terms import FOR_ALL, RuleBook, SetLevels, SetRules
from services.collab_model.customers.repository import issued_within
from services.collab_model.tables import ClockTermsRow, ClockWarningRow
from services.contracts.succession import Scope


class TermsKind(StrEnum):
    """What staff set for clocks."""

    RULES = "rules"
    LEVELS = "levels"


async def add_terms(session: AsyncSession, row: ClockTermsRow) -> None:
    """Keep what somebody set."""
    session.add(row)
    await session.flush()


async def rule_book(
    session: AsyncSession, agreement_id: str, *, known_at: datetime | None = None
) -> RuleBook:
    """What was set for an agreement and for all, as known at an instant (default: now)."""
    rules = await list_terms(session, TermsKind.RULES, (FOR_ALL, agreement_id), known_at)
    levels = await list_terms(session, TermsKind.LEVELS, None, known_at)
    return RuleBook(
        rules=tuple(
            SetRules(
                row.scope, row.holds_from, row.recorded_at, CustomerRules(**_given(row.document))
            )
            for row in rules
        ),
        levels=tuple(
            SetLevels(row.scope, row.holds_from, row.recorded_at, LevelsBeneath(**row.document))
            for row in levels
        ),
    )


def _given(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


async def list_terms(
    session: AsyncSession,
    kind: TermsKind,
    scopes: Collection[str] | None,
    known_at: datetime | None = None,
) -> Sequence[ClockTermsRow]:
    """What was set, in the order in which it was recorded; of some scopes, or of all."""
    query = select(ClockTermsRow).where(ClockTermsRow.kind == kind.value).order_by(ClockTermsRow.id)
    if scopes is not None:
        query = query.where(ClockTermsRow.scope.in_(scopes))
    if known_at is not None:
        query = query.where(ClockTermsRow.recorded_at <= known_at)
    return (await session.scalars(query)).all()


async def page_of_terms(
    session: AsyncSession, kind: TermsKind, scope: str | None, after: str | None, limit: int
) -> Sequence[ClockTermsRow]:
    """A page of what was set, in the order in which it was recorded."""
    query = (
        select(ClockTermsRow)
        .where(ClockTermsRow.kind == kind.value)
        .order_by(ClockTermsRow.id)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(ClockTermsRow.scope == scope)
    if after is not None:
        query = query.where(ClockTermsRow.id > after)
    return (await session.scalars(query)).all()


async def warnings_of(session: AsyncSession, matter_id: str) -> Sequence[ClockWarningRow]:
    """The warnings of a matter, those withdrawn among them, in the order they were given."""
    return (
        await session.scalars(
            select(ClockWarningRow)
            .where(ClockWarningRow.matter_id == matter_id)
            .order_by(ClockWarningRow.id)
        )
    ).all()


async def add_warning(session: AsyncSession, row: ClockWarningRow) -> None:
    """Keep a warning."""
    session.add(row)
    await session.flush()


async def list_warnings(
    session: AsyncSession,
    *,
    scope: Scope | None,
    beneath: Collection[Beneath],
    matter_id: str | None,
    withdrawn: bool | None,
    known_at: datetime,
    after: str | None,
    limit: int,
) -> Sequence[ClockWarningRow]:
    """A page of the warnings known at an instant, in the order they were given.

    Whether one is ``withdrawn`` goes by the same instant.
    """
    row = ClockWarningRow
    query = select(row).order_by(row.id).limit(limit)
    query = query.where(row.beneath.in_([each.value for each in beneath]))
    query = query.where(row.given_at <= known_at)
    if scope is not None:
        query = query.where(issued_within(scope, row.org_number, row.agreement_id))
    if matter_id is not None:
        query = query.where(row.matter_id == matter_id)
    if withdrawn is not None:
        stands = row.withdrawn_at.is_(None) | (row.withdrawn_at > known_at)
        query = query.where(~stands if withdrawn else stands)
    if after is not None:
        query = query.where(row.id > after)
    return (await session.scalars(query)).all()
