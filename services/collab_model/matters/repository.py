"""All SQL about matters, their logs and their breaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.collab_model.customers.repository import issued_within
from services.collab_model.matters.domain import LogEntry, MatterEvent, MatterStatus, Party
from services.collab_model.tables import BreachRow, MatterLogRow, MatterRow
from services.contracts.succession import Scope


async def add_matter(session: AsyncSession, matter: MatterRow, first: LogEntry) -> None:
    """Keep a new matter and the first entry of its log."""
    session.add(matter)
    await session.flush()
    await add_entry(session, matter.id, first)


async def add_entry(session: AsyncSession, matter_id: str, entry: LogEntry) -> None:
    """Add an entry to a matter's log."""
    session.add(
        MatterLogRow(
            id=new_id(),
            matter_id=matter_id,
            sequence=entry.sequence,
            event=entry.event.value,
            at=entry.at,
            party=entry.party.value,
            note=entry.note,
        )
    )
    await session.flush()


async def find_matter(
    session: AsyncSession, matter_id: str, *, scope: Scope | None, lock: bool = False
) -> MatterRow | None:
    """A matter visible to a scope; ``lock`` holds it for the rest of the transaction."""
    query = select(MatterRow).where(MatterRow.id == matter_id)
    if scope is not None:
        query = query.where(issued_within(scope, MatterRow.org_number, MatterRow.agreement_id))
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def take_matter(session: AsyncSession, matter_id: str) -> MatterRow | None:
    """A matter, held for the rest of the transaction; ``None`` while another holds it."""
    return (
        await session.scalars(
            select(MatterRow).where(MatterRow.id == matter_id).with_for_update(skip_locked=True)
        )
    ).one_or_none()


async def list_matters(
    session: AsyncSession,
    *,
    scope: Scope | None,
    status: MatterStatus | None,
    service: str | None,
    after: str | None,
    limit: int,
) -> Sequence[MatterRow]:
    """A page of matters in the order they were raised."""
    query = select(MatterRow).order_by(MatterRow.id).limit(limit)
    if scope is not None:
        query = query.where(issued_within(scope, MatterRow.org_number, MatterRow.agreement_id))
    if status is not None:
        query = query.where(MatterRow.status == status.value)
    if service is not None:
        query = query.where(MatterRow.service == service)
    if after is not None:
        query = query.where(MatterRow.id > after)
    return (await session.scalars(query)).all()


async def open_matters(session: AsyncSession, agreement_id: str) -> Sequence[MatterRow]:
    """The matters of an agreement that are not resolved, oldest first."""
    return (
        await session.scalars(
            select(MatterRow)
            .where(MatterRow.agreement_id == agreement_id, MatterRow.resolved_at.is_(None))
            .order_by(MatterRow.id)
        )
    ).all()


async def matters_alive_between(
    session: AsyncSession, agreement_id: str, service: str, start: datetime, end: datetime
) -> Sequence[MatterRow]:
    """The matters of a service that had a clock ticking at some time between two instants."""
    return (
        await session.scalars(
            select(MatterRow)
            .where(
                MatterRow.agreement_id == agreement_id,
                MatterRow.service == service,
                MatterRow.raised_at < end,
                or_(MatterRow.resolved_at.is_(None), MatterRow.resolved_at >= start),
            )
            .order_by(MatterRow.id)
        )
    ).all()


async def logs_of(session: AsyncSession, matter_ids: Sequence[str]) -> dict[str, list[LogEntry]]:
    """The logs of matters, each in order."""
    logs: dict[str, list[LogEntry]] = {matter_id: [] for matter_id in matter_ids}
    rows = await session.scalars(
        select(MatterLogRow)
        .where(MatterLogRow.matter_id.in_(matter_ids))
        .order_by(MatterLogRow.matter_id, MatterLogRow.sequence)
    )
    for row in rows:
        logs[row.matter_id].append(
            LogEntry(row.sequence, MatterEvent(row.event), row.at, Party(row.party), row.note)
        )
    return logs


async def log_of(session: AsyncSession, matter_id: str) -> list[LogEntry]:
    """The log of one matter."""
    return (await logs_of(session, [matter_id]))[matter_id]


async def has_breach(session: AsyncSession, matter_id: str, level_id: str) -> bool:
    """Whether a breach of a level by a matter has been recorded."""
    found = await session.scalar(
        select(BreachRow.id).where(BreachRow.matter_id == matter_id, BreachRow.level_id == level_id)
    )
    return found is not None


async def add_breach(session: AsyncSession, breach: BreachRow) -> None:
    """Keep a breach."""
    session.add(breach)
    await session.flush()
