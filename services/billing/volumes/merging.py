"""SQL of taking a whole file in: what is staged becomes volumes, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import String as SqlString
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.tables import Base, StagedPlaceRow, StagedVolumeRow, VolumeRow
from services.billing.volumes.domain import Use, Volume
from services.billing.volumes.placing import Placed
from services.billing.volumes.repository import ids_from
from services.chassis.columns import UTCDateTime

_LINES_AT_ONCE = 250_000
_PLACES_AT_ONCE = 5_000


async def write_places(session: AsyncSession, file_id: str, placed: Mapping[int, Placed]) -> None:
    """Note beside each place of a file where it counts."""
    values = [
        {
            "number": number,
            "to_status": each.placement.status.value,
            "to_reason": each.placement.reason.value if each.placement.reason else "",
            "to_late": each.late,
            "to_subscription": each.placement.subscription_id,
        }
        for number, each in placed.items()
    ]
    connection = await session.connection()
    table = Base.metadata.tables[StagedPlaceRow.__tablename__]
    for start in range(0, len(values), _PLACES_AT_ONCE):
        await connection.execute(
            update(table)
            .where(table.c.file_id == file_id, table.c.place == bindparam("number"))
            .values(
                status=bindparam("to_status"),
                reason=bindparam("to_reason"),
                late=bindparam("to_late"),
                subscription_id=bindparam("to_subscription"),
            ),
            values[start : start + _PLACES_AT_ONCE],
        )


async def merge(
    session: AsyncSession,
    *,
    file_id: str,
    source: str,
    head: str,
    now: datetime,
    through: int,
) -> int:
    """Make volumes of the staged rows that correct nothing and are new; gives how many were staged.

    In several statements, so that none runs for too long; they are one transaction.

    Args:
        session: the database session.
        file_id: the file, its places written.
        source: who reports.
        head: what the new volumes' identifiers begin with; their lines follow.
        now: when they came.
        through: the last line.
    """
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    line = StagedVolumeRow.line
    number = (
        func.printf("%012x", line) if dialect == "sqlite" else func.lpad(func.to_hex(line), 12, "0")
    )
    connection = await session.connection()
    for start in range(0, through, _LINES_AT_ONCE):
        found = (
            select(
                literal(head) + number,
                literal(source),
                StagedVolumeRow.source_id,
                literal(1),
                cast(null(), SqlString(200)),
                StagedPlaceRow.org_number,
                StagedPlaceRow.service,
                StagedPlaceRow.unit,
                StagedPlaceRow.period,
                StagedVolumeRow.quantity,
                StagedPlaceRow.status,
                StagedPlaceRow.reason,
                StagedPlaceRow.late,
                StagedPlaceRow.subscription_id,
                cast(null(), SqlString(36)),
                literal(now, UTCDateTime),
            )
            .where(*_staged(file_id), _PLAIN, line > start, line <= start + _LINES_AT_ONCE)
            # The order of an index is the fastest to put into it; and in one order by
            # everybody, so that two never wait for each other.
            .order_by(StagedVolumeRow.source_id, line)
        )
        await connection.execute(
            insert(VolumeRow)
            .from_select(_COLUMNS, found)
            .on_conflict_do_nothing(index_elements=["source", "source_id", "revision"])
        )
    staged = await session.scalar(
        select(func.count())
        .select_from(StagedVolumeRow)
        .where(StagedVolumeRow.file_id == file_id, _PLAIN)
    )
    return staged or 0


_COLUMNS = (
    "id",
    "source",
    "source_id",
    "revision",
    "corrects",
    "org_number",
    "service",
    "unit",
    "period",
    "quantity",
    "status",
    "reason",
    "late",
    "subscription_id",
    "superseded_by",
    "received_at",
)
_PLAIN = and_(StagedVolumeRow.revision == 1, StagedVolumeRow.corrects.is_(None))
_SHOWN = 200


def _staged(file_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        StagedVolumeRow.file_id == file_id,
        StagedPlaceRow.file_id == file_id,
        StagedPlaceRow.place == StagedVolumeRow.place,
    )


async def conflicts(
    session: AsyncSession, file_id: str, source: str
) -> tuple[int, tuple[tuple[int, str], ...]]:
    """Staged rows that came before with another content: how many, and the first of them.

    They are lines with their identities.
    """
    unlike = and_(
        *_staged(file_id),
        _PLAIN,
        VolumeRow.source == source,
        VolumeRow.source_id == StagedVolumeRow.source_id,
        VolumeRow.revision == 1,
        or_(
            VolumeRow.org_number != StagedPlaceRow.org_number,
            VolumeRow.service != StagedPlaceRow.service,
            VolumeRow.unit != StagedPlaceRow.unit,
            VolumeRow.period != StagedPlaceRow.period,
            VolumeRow.quantity != StagedVolumeRow.quantity,
            VolumeRow.corrects.is_not(None),
        ),
    )
    count = await session.scalar(select(func.count()).where(unlike)) or 0
    rows = await session.execute(
        select(StagedVolumeRow.line, StagedVolumeRow.source_id)
        .where(unlike)
        .order_by(StagedVolumeRow.line)
        .limit(_SHOWN)
    )
    return count, tuple((line, source_id) for line, source_id in rows)


async def corrections(
    session: AsyncSession, file_id: str, after: int, limit: int
) -> Sequence[tuple[int, Volume]]:
    """The staged rows that correct something, each with its line, behind a line."""
    rows = await session.execute(
        select(StagedVolumeRow, StagedPlaceRow)
        .where(*_staged(file_id), not_(_PLAIN), StagedVolumeRow.line > after)
        .order_by(StagedVolumeRow.line)
        .limit(limit)
    )
    return [
        (
            staged.line,
            Volume(
                source_id=staged.source_id,
                org_number=place.org_number,
                service=place.service,
                unit=place.unit,
                month=Month.parse(place.period),
                quantity=staged.quantity,
                revision=staged.revision,
                corrects=staged.corrects,
            ),
        )
        for staged, place in rows
    ]


async def came_new(session: AsyncSession, head: str) -> list[tuple[str, bool, int]]:
    """How many volumes came in by a merge, by why they are set aside and whether late."""
    rows = await session.execute(
        select(VolumeRow.reason, VolumeRow.late, func.count())
        .where(VolumeRow.id.between(*ids_from(head)))
        .group_by(VolumeRow.reason, VolumeRow.late)
    )
    return [(reason, bool(late), count) for reason, late, count in rows]


def use_of(place: tuple[str, str, str, str]) -> Use:
    """What a place is about."""
    org_number, service, unit, period = place
    return Use(org_number, service, unit, Month.parse(period))
