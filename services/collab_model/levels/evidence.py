"""All SQL about what a month's results are made of: readings, and breaches of matters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.collab_model.levels.domain import Tally
from services.collab_model.matters.log import MatterEvent
from services.collab_model.tables import BreachRow, MatterLogRow, MatterRow, ReadingRow

_AT_ONCE = 500


async def known_readings(
    session: AsyncSession, source: str, source_ids: Sequence[str]
) -> dict[str, ReadingRow]:
    """The readings a source has reported before, by its own identifiers."""
    rows = await session.scalars(
        select(ReadingRow).where(ReadingRow.source == source, ReadingRow.source_id.in_(source_ids))
    )
    return {row.source_id: row for row in rows}


async def add_readings(session: AsyncSession, readings: Sequence[ReadingRow]) -> None:
    """Keep new readings."""
    session.add_all(readings)
    await session.flush()


def readings_count() -> ColumnElement[bool]:
    """That no other reading of the same source replaces a reading."""
    other = aliased(ReadingRow)
    return ~exists().where(
        other.source == ReadingRow.source, other.replaces == ReadingRow.source_id
    )


async def replacements(
    session: AsyncSession, source: str, source_ids: Sequence[str]
) -> dict[str, str]:
    """Which of a source's readings have been replaced, and by which, by its own identifiers."""
    rows = await session.execute(
        select(ReadingRow.replaces, ReadingRow.source_id).where(
            ReadingRow.source == source, ReadingRow.replaces.in_(source_ids)
        )
    )
    return {replaced: by for replaced, by in rows if replaced is not None}


async def tallies(
    session: AsyncSession, agreement_id: str, service: str, period: str
) -> Mapping[str, Tally]:
    """What a month's readings sum to, by level; those that were replaced do not count."""
    rows = await session.execute(
        select(ReadingRow.level, func.sum(ReadingRow.good), func.sum(ReadingRow.total))
        .where(
            ReadingRow.agreement_id == agreement_id,
            ReadingRow.service == service,
            ReadingRow.period == period,
            readings_count(),
        )
        .group_by(ReadingRow.level)
    )
    return {level: Tally(int(good), int(total)) for level, good, total in rows}


async def readings_of(
    session: AsyncSession,
    agreement_id: str,
    service: str,
    period: str,
    levels: Sequence[str],
) -> Sequence[ReadingRow]:
    """A month's readings of some levels that count, as they came."""
    return (
        await session.scalars(
            select(ReadingRow)
            .where(
                ReadingRow.agreement_id == agreement_id,
                ReadingRow.service == service,
                ReadingRow.period == period,
                ReadingRow.level.in_(levels),
                readings_count(),
            )
            .order_by(ReadingRow.id)
        )
    ).all()


async def breaches_of(
    session: AsyncSession, matter_ids: Collection[str]
) -> dict[tuple[str, str, datetime], str]:
    """The breaches of matters that stand, by matter, level and instant."""
    found: dict[tuple[str, str, datetime], str] = {}
    ids = sorted(matter_ids)
    for start in range(0, len(ids), _AT_ONCE):
        rows = await session.execute(
            select(BreachRow.matter_id, BreachRow.level, BreachRow.breached_at, BreachRow.id).where(
                BreachRow.matter_id.in_(ids[start : start + _AT_ONCE]),
                BreachRow.withdrawn_at.is_(None),
            )
        )
        found |= {(matter_id, level, at): breach_id for matter_id, level, at, breach_id in rows}
    return found


async def handed_to_teams(
    session: AsyncSession, agreement_id: str, start: datetime, end: datetime
) -> Sequence[str]:
    """The matters of an agreement, alive between two instants, that were ever handed to a team."""
    query = (
        select(MatterLogRow.matter_id)
        .join(MatterRow, MatterRow.id == MatterLogRow.matter_id)
        .where(
            MatterRow.agreement_id == agreement_id,
            MatterRow.raised_at < end,
            MatterRow.ended_at.is_(None) | (MatterRow.ended_at >= start),
            MatterLogRow.event == MatterEvent.HANDED_TO_TEAM.value,
        )
        .distinct()
        .order_by(MatterLogRow.matter_id)
    )
    return (await session.scalars(query)).all()
