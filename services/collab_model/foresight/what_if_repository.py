"""All SQL behind a question what if: the matters of a stretch, and how it is measured today."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.customers.repository import signed_within
from services.collab_model.levels.domain import Level
from services.collab_model.levels.repository import level_of
from services.collab_model.tables import (
    AgreementRow,
    CauseRow,
    CreditTermsRow,
    LevelRow,
    MatterLogRow,
    MatterRow,
    PeriodResultRow,
    PeriodRow,
)
from services.contracts.succession import Scope
from services.contracts.values import CreditTerms

_AT_ONCE = 500


async def agreements_within(
    session: AsyncSession, scope: Scope | None, agreement_id: str | None
) -> Sequence[str]:
    """The agreements that are meant: one, those of a customer, or all."""
    query = select(AgreementRow.id).order_by(AgreementRow.id)
    if scope is not None:
        query = query.where(signed_within(scope, AgreementRow.org_number, AgreementRow.id))
    if agreement_id is not None:
        query = query.where(AgreementRow.id == agreement_id)
    return (await session.scalars(query)).all()


def _alive(
    agreements: Collection[str], service: str | None, start: datetime, end: datetime
) -> ColumnElement[bool]:
    """That a matter could have a clock decided in a stretch."""
    alive = (
        MatterRow.agreement_id.in_(agreements)
        & (MatterRow.raised_at < end)
        & (MatterRow.ended_at.is_(None) | (MatterRow.ended_at >= start))
    )
    if service is None:
        return alive
    been_there = select(MatterLogRow.matter_id).where(
        MatterLogRow.service == service, MatterLogRow.matter_id == MatterRow.id
    )
    return alive & or_(MatterRow.service == service, been_there.exists())


async def count_alive(
    session: AsyncSession,
    agreements: Collection[str],
    service: str | None,
    start: datetime,
    end: datetime,
) -> int:
    """How many matters a stretch has."""
    count = await session.scalar(
        select(func.count()).select_from(MatterRow).where(_alive(agreements, service, start, end))
    )
    return count or 0


async def alive(
    session: AsyncSession,
    agreements: Collection[str],
    service: str | None,
    start: datetime,
    end: datetime,
) -> Sequence[MatterRow]:
    """The matters of a stretch, those of one agreement together."""
    return (
        await session.scalars(
            select(MatterRow)
            .where(_alive(agreements, service, start, end))
            .order_by(MatterRow.agreement_id, MatterRow.id)
        )
    ).all()


async def levels(
    session: AsyncSession, agreements: Collection[str]
) -> dict[tuple[str, int, str], list[Level]]:
    """The levels by agreement, version and service, in the order they were signed."""
    rows = await session.scalars(
        select(LevelRow).where(LevelRow.agreement_id.in_(agreements)).order_by(LevelRow.id)
    )
    found: dict[tuple[str, int, str], list[Level]] = {}
    for row in rows:
        found.setdefault((row.agreement_id, row.version, row.service), []).append(level_of(row))
    return found


async def credit_terms(
    session: AsyncSession, agreements: Collection[str]
) -> dict[tuple[str, int], CreditTerms]:
    """What versions say about credits, by agreement and version."""
    rows = await session.scalars(
        select(CreditTermsRow).where(CreditTermsRow.agreement_id.in_(agreements))
    )
    return {(row.agreement_id, row.version): CreditTerms.model_validate(row.terms) for row in rows}


async def closed_results(
    session: AsyncSession, agreements: Collection[str], first: str, last: str
) -> dict[tuple[str, str, str], list[PeriodResultRow]]:
    """The results of closed months as corrected last, by agreement, service and month."""
    periods = await session.scalars(
        select(PeriodRow)
        .where(
            PeriodRow.agreement_id.in_(agreements),
            PeriodRow.period >= first,
            PeriodRow.period <= last,
        )
        .order_by(PeriodRow.revision)
    )
    latest = {(row.agreement_id, row.service, row.period): row.id for row in periods}
    keys = {period_id: key for key, period_id in latest.items()}
    ids = list(keys)
    found: dict[tuple[str, str, str], list[PeriodResultRow]] = {}
    for begin in range(0, len(ids), _AT_ONCE):
        for row in await session.scalars(
            select(PeriodResultRow)
            .where(PeriodResultRow.period_id.in_(ids[begin : begin + _AT_ONCE]))
            .order_by(PeriodResultRow.position)
        ):
            found.setdefault(keys[row.period_id], []).append(row)
    return found


async def causes_of_matters(
    session: AsyncSession, agreements: Collection[str]
) -> Sequence[CauseRow]:
    """What was stated about matters, oldest first."""
    return (
        await session.scalars(
            select(CauseRow)
            .where(CauseRow.agreement_id.in_(agreements), CauseRow.subject.startswith("matter:"))
            .order_by(CauseRow.id)
        )
    ).all()
