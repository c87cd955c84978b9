"""All SQL about tertial reports and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.collab_model.customers.repository import issued_within
from services.collab_model.following_up.tertials.domain import AgreedAction, MonthOfLevel
from services.collab_model.levels.domain import plain
from services.collab_model.tables import (
    ActionRow,
    ForumRow,
    ForumTermsRow,
    LevelRow,
    MatterRow,
    MeetingRow,
    MinutesRow,
    PeriodResultRow,
    PeriodRow,
    StatementRow,
    TertialReportRow,
)
from services.contracts.succession import Scope
from services.contracts.values import MeasureKind, Priority


@cache
def not_superseded() -> ColumnElement[bool]:
    """That a closed month has not been corrected, or is its latest correction."""
    newer = aliased(PeriodRow)
    return ~exists().where(
        newer.agreement_id == PeriodRow.agreement_id,
        newer.service == PeriodRow.service,
        newer.period == PeriodRow.period,
        newer.revision > PeriodRow.revision,
    )


async def results(
    session: AsyncSession, agreement_id: str, first: str, last: str
) -> list[MonthOfLevel]:
    """How an agreement's levels came out in the months from one to another."""
    rows = await session.execute(
        select(PeriodRow, PeriodResultRow, LevelRow.kind, LevelRow.name_sv)
        .join(PeriodResultRow, PeriodResultRow.period_id == PeriodRow.id)
        .join(LevelRow, LevelRow.id == PeriodResultRow.level_id)
        .where(
            PeriodRow.agreement_id == agreement_id,
            PeriodRow.period >= first,
            PeriodRow.period <= last,
            not_superseded(),
        )
        .order_by(PeriodRow.service, PeriodRow.period, PeriodResultRow.position)
    )
    return [
        MonthOfLevel(
            service=period.service,
            level=result.level,
            name_sv=name_sv,
            kind=MeasureKind(kind),
            period=period.period,
            required_share_percent=plain(result.required_share_percent),
            outcome_percent=_plain(result.outcome_percent),
            met=result.met,
            good=result.good,
            total=result.total,
        )
        for period, result, kind, name_sv in rows
    ]


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else plain(value)


async def closed_periods(session: AsyncSession, agreement_id: str) -> set[tuple[str, str]]:
    """The months of an agreement that are closed, by service and period."""
    rows = await session.execute(
        select(PeriodRow.service, PeriodRow.period).where(
            PeriodRow.agreement_id == agreement_id, PeriodRow.revision == 1
        )
    )
    return {(service, period) for service, period in rows}


async def statements(session: AsyncSession, agreement_id: str, first: str, last: str) -> list[str]:
    """What the latest statements of an agreement's months say."""
    return list(
        await session.scalars(
            select(StatementRow.content)
            .join(PeriodRow, PeriodRow.id == StatementRow.period_id)
            .where(
                PeriodRow.agreement_id == agreement_id,
                PeriodRow.period >= first,
                PeriodRow.period <= last,
                not_superseded(),
            )
            .order_by(StatementRow.service, StatementRow.period)
        )
    )


async def count_open_critical(session: AsyncSession, agreement_id: str) -> int:
    """How many critical matters of an agreement nobody has ended."""
    count = await session.scalar(
        select(func.count())
        .select_from(MatterRow)
        .where(
            MatterRow.agreement_id == agreement_id,
            MatterRow.priority == Priority.CRITICAL.value,
            MatterRow.ended_at.is_(None),
        )
    )
    return count or 0


async def actions(
    session: AsyncSession, agreement_id: str, first: date, last: date
) -> list[AgreedAction]:
    """The actions that forums agreed on from a day to another, or that fell due then."""
    names = aliased(ForumTermsRow)
    newest = (
        select(func.max(ForumTermsRow.version))
        .where(ForumTermsRow.forum_id == ForumRow.id)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(ActionRow, MinutesRow.held_on, names.name_sv)
        .join(MinutesRow, MinutesRow.id == ActionRow.minutes_id)
        .join(MeetingRow, MeetingRow.id == MinutesRow.meeting_id)
        .join(ForumRow, ForumRow.id == MeetingRow.forum_id)
        .join(names, (names.forum_id == ForumRow.id) & (names.version == newest))
        .where(
            MeetingRow.agreement_id == agreement_id,
            MinutesRow.held_on <= last,
            (MinutesRow.held_on >= first) | (ActionRow.due_on >= first),
        )
        .order_by(ActionRow.due_on, ActionRow.id)
    )
    return [
        AgreedAction(row.text, row.owner_role, row.due_on, forum, held_on)
        for row, held_on, forum in rows
    ]


async def latest(session: AsyncSession, agreement_id: str, tertial: str) -> TertialReportRow | None:
    """The report of a tertial as it was revised last."""
    return await session.scalar(
        select(TertialReportRow)
        .where(TertialReportRow.agreement_id == agreement_id, TertialReportRow.tertial == tertial)
        .order_by(TertialReportRow.revision.desc())
        .limit(1)
    )


async def add(session: AsyncSession, row: TertialReportRow) -> None:
    """Keep a report."""
    session.add(row)
    await session.flush()


async def find(
    session: AsyncSession, report_id: str, *, scope: Scope | None
) -> TertialReportRow | None:
    """A report visible to a scope."""
    query = select(TertialReportRow).where(TertialReportRow.id == report_id)
    if scope is not None:
        query = query.where(
            issued_within(scope, TertialReportRow.org_number, TertialReportRow.agreement_id)
        )
    return await session.scalar(query)


async def page(
    session: AsyncSession,
    *,
    scope: Scope | None,
    tertial: str | None,
    after: str | None,
    limit: int,
) -> Sequence[TertialReportRow]:
    """A page of reports in the order they were made."""
    query = select(TertialReportRow).order_by(TertialReportRow.id).limit(limit)
    if scope is not None:
        query = query.where(
            issued_within(scope, TertialReportRow.org_number, TertialReportRow.agreement_id)
        )
    if tertial is not None:
        query = query.where(TertialReportRow.tertial == tertial)
    if after is not None:
        query = query.where(TertialReportRow.id > after)
    return (await session.scalars(query)).all()
