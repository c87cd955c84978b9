"""A case's timeline in storage."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import Phase
from services.onboarding.cases.timeline import Reference, TimelineEntry, TimelineFilter
from services.onboarding.tables import TimelineRow


async def entries(
    session: AsyncSession, case_id: str, wanted: TimelineFilter, limit: int
) -> Sequence[TimelineEntry]:
    """A case's timeline, from its beginning or from its end, behind the given entry."""
    query = select(TimelineRow).where(TimelineRow.case_id == case_id).limit(limit)
    if wanted.newest_first:
        query = query.order_by(TimelineRow.id.desc())
    else:
        query = query.order_by(TimelineRow.id)
    if wanted.after is not None:
        behind = TimelineRow.id < wanted.after if wanted.newest_first else None
        query = query.where(TimelineRow.id > wanted.after if behind is None else behind)
    if wanted.action is not None:
        query = query.where(TimelineRow.action == wanted.action)
    if wanted.who is not None:
        query = query.where(TimelineRow.who == wanted.who)
    if wanted.phase is not None:
        query = query.where(TimelineRow.phase == wanted.phase.value)
    return [_entry(row) for row in await session.scalars(query)]


async def latest(session: AsyncSession, case_id: str) -> TimelineEntry | None:
    """The newest thing that happened in a case."""
    row = await session.scalar(
        select(TimelineRow)
        .where(TimelineRow.case_id == case_id)
        .order_by(TimelineRow.id.desc())
        .limit(1)
    )
    return _entry(row) if row else None


def _entry(row: TimelineRow) -> TimelineEntry:
    return TimelineEntry(
        id=row.id,
        at=row.at,
        who=row.who,
        action=row.action,
        sentence=row.sentence,
        phase=Phase(row.phase),
        refs=tuple(Reference(ref["kind"], ref["id"], ref["label"]) for ref in row.refs),
    )
