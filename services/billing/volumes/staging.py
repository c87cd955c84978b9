"""SQL of files that are being received: their pieces and staged rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.tables import (
    StagedPlaceRow,
    StagedVolumeRow,
    VolumeFilePieceRow,
    VolumeFileRow,
)
from services.billing.volumes.reading import PlaceKey, Row

RECEIVING, TAKEN_IN, FORGOTTEN = "receiving", "taken_in", "forgotten"

_NOTHING = r"\N"
_INSERT = """
    INSERT INTO staged_volumes (file_id, line, source_id, revision, corrects, place, quantity)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_COPY = """
    COPY staged_volumes (file_id, line, source_id, revision, corrects, place, quantity)
    FROM STDIN
"""


async def receiving(
    session: AsyncSession, source: str, media_type: str, digest: str
) -> VolumeFileRow | None:
    """The file of a source that begins with a piece and is not through yet; held."""
    return await session.scalar(
        select(VolumeFileRow)
        .where(
            VolumeFileRow.source == source,
            VolumeFileRow.digest == digest,
            VolumeFileRow.media_type == media_type,
            VolumeFileRow.status == RECEIVING,
        )
        .order_by(VolumeFileRow.id.desc())
        .limit(1)
        .with_for_update()
    )


async def lock(session: AsyncSession, file_id: str) -> VolumeFileRow | None:
    """A file, held until the transaction ends."""
    return await session.scalar(
        select(VolumeFileRow)
        .where(VolumeFileRow.id == file_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def pieces_of(session: AsyncSession, file_id: str) -> Sequence[VolumeFilePieceRow]:
    """The pieces of a file that are kept, in order."""
    return (
        await session.scalars(
            select(VolumeFilePieceRow)
            .where(VolumeFilePieceRow.file_id == file_id)
            .order_by(VolumeFilePieceRow.number)
        )
    ).all()


async def places_of(session: AsyncSession, file_id: str) -> dict[PlaceKey, int]:
    """The places of a file, with their numbers."""
    rows = await session.execute(
        select(
            StagedPlaceRow.org_number,
            StagedPlaceRow.service,
            StagedPlaceRow.unit,
            StagedPlaceRow.period,
            StagedPlaceRow.place,
        ).where(StagedPlaceRow.file_id == file_id)
    )
    return {PlaceKey(org, service, unit, period): n for org, service, unit, period, n in rows}


async def forget_from(session: AsyncSession, file_id: str, number: int, line: int) -> None:
    """Take back the pieces from a number on, with the rows behind a line."""
    await session.execute(
        delete(StagedVolumeRow).where(
            StagedVolumeRow.file_id == file_id, StagedVolumeRow.line > line
        )
    )
    await session.execute(
        delete(VolumeFilePieceRow).where(
            VolumeFilePieceRow.file_id == file_id, VolumeFilePieceRow.number >= number
        )
    )


async def clear(session: AsyncSession, file_id: str) -> None:
    """Take back all that is staged of a file."""
    for table in (StagedVolumeRow, StagedPlaceRow, VolumeFilePieceRow):
        await session.execute(delete(table).where(table.file_id == file_id))


async def add_places(session: AsyncSession, file_id: str, places: Mapping[PlaceKey, int]) -> None:
    """Keep places that rows of a piece were the first to be about."""
    if places:
        await session.execute(
            insert(StagedPlaceRow),
            [{"file_id": file_id, "place": n, **key._asdict()} for key, n in places.items()],
        )


async def add_rows(
    session: AsyncSession, file_id: str, rows: Iterable[Row], places: Mapping[PlaceKey, int]
) -> None:
    """Stage rows, as fast as the database takes them: PostgreSQL by COPY."""
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        staged = [
            (
                file_id,
                row.line,
                row.source_id,
                row.revision,
                row.corrects,
                places[row.place],
                row.quantity,
            )
            for row in rows
        ]
        if staged:
            await connection.exec_driver_sql(
                _INSERT,
                staged,
            )
        return
    driver = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        raise LookupError("a connection in a transaction has a driver")
    async with (
        driver.cursor() as cursor,
        cursor.copy(_COPY) as copy,
    ):
        await copy.write(_as_copied(file_id, rows, places))


def _as_copied(file_id: str, rows: Iterable[Row], places: Mapping[PlaceKey, int]) -> str:
    r"""Rows in the text format of COPY: tabs between, ``\N`` where there is nothing."""
    return "".join(
        f"{file_id}\t{line}\t{_escaped(source_id)}\t{revision}\t"
        f"{_escaped(corrects) if corrects is not None else _NOTHING}\t{places[place]}\t{quantity}\n"
        for line, source_id, revision, corrects, place, quantity in rows
    )


def _escaped(text: str) -> str:
    # No control character gets here, so that the backslash alone means anything to COPY.
    return text.replace("\\", r"\\") if "\\" in text else text


async def gather_statistics(session: AsyncSession) -> None:
    """Tell PostgreSQL's planner of rows that came a moment ago; it would take them for none."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("ANALYZE staged_volumes, staged_places"))


async def page(session: AsyncSession, after: str | None, limit: int) -> Sequence[VolumeFileRow]:
    """Files in the order they were first sent."""
    query = select(VolumeFileRow).order_by(VolumeFileRow.id).limit(limit)
    if after is not None:
        query = query.where(VolumeFileRow.id > after)
    return (await session.scalars(query)).all()
