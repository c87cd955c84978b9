"""All SQL about matters, their logs and their breaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.collab_model.customers.repository import issued_within
from services.collab_model.matters.domain import UNSETTLED, MatterStatus
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Party, Place
from services.collab_model.tables import BreachRow, MatterLogRow, MatterRow
from services.contracts.succession import Scope
from services.contracts.values import Priority

AT_ONCE = 500
"""How many identifiers one query names; databases limit it."""


async def add_matter(session: AsyncSession, matter: MatterRow, first: LogEntry) -> None:
    """Keep a new matter and the first line of its log."""
    session.add(matter)
    await session.flush()
    await add_entry(session, matter.id, first)


async def add_entry(session: AsyncSession, matter_id: str, entry: LogEntry) -> None:
    """Add a line to a matter's log."""
    session.add(
        MatterLogRow(
            id=new_id(),
            matter_id=matter_id,
            sequence=entry.sequence,
            event=entry.event.value,
            at=entry.at,
            recorded_at=entry.recorded_at,
            party=entry.party.value,
            note=entry.note,
            service=entry.place.service if entry.place else None,
            version=entry.place.version if entry.place else None,
            priority=entry.priority.value if entry.priority else None,
            counterpart=entry.counterpart,
            corrects=entry.corrects,
            withdrawn=entry.withdrawn,
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
    """A page of matters in the order they were registered."""
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


async def registered_by(
    session: AsyncSession,
    scope: Scope | None,
    service: str | None,
    known_at: datetime,
    after: str | None,
    limit: int,
) -> Sequence[MatterRow]:
    """A page of the matters that were registered by an instant, in that order.

    Args:
        session: the transaction.
        scope: the customer; None is all of them.
        service: only matters that have been with this service at some time.
        known_at: the instant.
        after: the matter behind which to begin.
        limit: the most matters to give.
    """
    line = (
        select(MatterLogRow.matter_id)
        .where(MatterLogRow.matter_id == MatterRow.id, MatterLogRow.recorded_at <= known_at)
        .correlate(MatterRow)
    )
    query = select(MatterRow).where(line.exists()).order_by(MatterRow.id).limit(limit)
    if scope is not None:
        query = query.where(issued_within(scope, MatterRow.org_number, MatterRow.agreement_id))
    if service is not None:
        query = query.where(line.where(MatterLogRow.service == service).exists())
    if after is not None:
        query = query.where(MatterRow.id > after)
    return (await session.scalars(query)).all()


async def open_matters(
    session: AsyncSession, agreement_id: str, *, lock: bool = False
) -> Sequence[MatterRow]:
    """The matters of an agreement that are neither resolved nor cancelled, oldest first."""
    query = (
        select(MatterRow)
        .where(
            MatterRow.agreement_id == agreement_id,
            MatterRow.status.in_([status.value for status in UNSETTLED]),
        )
        .order_by(MatterRow.id)
    )
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).all()


async def matters_ended_since(
    session: AsyncSession, agreement_id: str, start: datetime
) -> Sequence[MatterRow]:
    """The matters of an agreement that ended at an instant or later, held, oldest first."""
    return (
        await session.scalars(
            select(MatterRow)
            .where(MatterRow.agreement_id == agreement_id, MatterRow.ended_at >= start)
            .order_by(MatterRow.id)
            .with_for_update()
        )
    ).all()


async def matters_alive_between(
    session: AsyncSession, agreement_id: str, service: str, start: datetime, end: datetime
) -> Sequence[MatterRow]:
    """The matters that had a clock of a service ticking at some time between two instants.

    Those that have moved to another service since are among them.
    """
    been_there = select(MatterLogRow.matter_id).where(
        MatterLogRow.service == service, MatterLogRow.matter_id == MatterRow.id
    )
    return (
        await session.scalars(
            select(MatterRow)
            .where(
                MatterRow.agreement_id == agreement_id,
                or_(MatterRow.service == service, been_there.exists()),
                MatterRow.raised_at < end,
                or_(MatterRow.ended_at.is_(None), MatterRow.ended_at >= start),
            )
            .order_by(MatterRow.id)
        )
    ).all()


async def logs_of(session: AsyncSession, matter_ids: Sequence[str]) -> dict[str, MatterLog]:
    """The logs of matters."""
    entries: dict[str, list[LogEntry]] = {matter_id: [] for matter_id in matter_ids}
    row = MatterLogRow
    columns = (
        *(row.matter_id, row.sequence, row.event, row.at, row.party, row.recorded_at, row.note),
        *(row.service, row.version, row.priority, row.counterpart, row.corrects, row.withdrawn),
    )
    for begin in range(0, len(matter_ids), AT_ONCE):
        found = await session.execute(
            select(*columns)
            .where(row.matter_id.in_(matter_ids[begin : begin + AT_ONCE]))
            .order_by(row.matter_id, row.sequence)
        )
        for matter_id, sequence, event, at, party, recorded_at, note, *rest in found:
            service, version, priority, counterpart, corrects, withdrawn = rest
            entries[matter_id].append(
                LogEntry(
                    sequence=sequence,
                    event=MatterEvent(event),
                    at=at,
                    party=Party(party),
                    recorded_at=recorded_at,
                    note=note,
                    place=Place(service, version) if service else None,
                    priority=Priority(priority) if priority else None,
                    counterpart=counterpart,
                    corrects=corrects,
                    withdrawn=withdrawn,
                )
            )
    return {matter_id: MatterLog.of(lines) for matter_id, lines in entries.items()}


async def log_of(session: AsyncSession, matter_id: str) -> MatterLog:
    """The log of one matter."""
    return (await logs_of(session, [matter_id]))[matter_id]


async def breaches_of(session: AsyncSession, matter_id: str) -> Sequence[BreachRow]:
    """The breaches of a matter, those withdrawn among them, in the order they were recorded."""
    return (
        await session.scalars(
            select(BreachRow)
            .where(BreachRow.matter_id == matter_id)
            .order_by(BreachRow.round, BreachRow.number, BreachRow.id)
        )
    ).all()


async def add_breach(session: AsyncSession, breach: BreachRow) -> None:
    """Keep a breach."""
    session.add(breach)
    await session.flush()
