"""Use cases of files of volumes: receive one piece by piece, then take it in as a whole.

Each piece is kept in a unit of work of its own, and counts for nothing until the file is
through. What breaks off leaves its pieces behind; the same file sent again is known by them
and goes on after the last one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from services.billing.problems import FILE_CUT_SHORT, FILE_UNREADABLE
from services.billing.schedule import settlement_rules
from services.billing.tables import VolumeFilePieceRow, VolumeFileRow
from services.billing.volumes import staging, taking_in
from services.billing.volumes.pieces import LineTooLongError, Pieces
from services.billing.volumes.reading import (
    COLUMNS,
    FileReader,
    HeadLineError,
    PlaceKey,
    Read,
    Refusal,
)
from services.billing.volumes.taking_in import STAGED_TIMER, Reception, taken_meanwhile
from services.billing.volumes.units import known_units
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.streaming import StreamedFile
from services.chassis.unit_of_work import UnitOfWork

MANY_ROWS = 50_000
"""From so many rows on, it pays to look at them before they are joined with their places."""

MAX_PLACES = 250_000
"""Customers x services x units x months that one file can be about: they are kept in memory."""


async def take_in(file: StreamedFile, source: str, rows: int | None) -> Response:
    """Receive a file and take it in: all rows that hold, or nothing when it is cut.

    Args:
        file: what is being sent.
        source: who reports.
        rows: how many rows the sender says there are, the head line apart.

    Raises:
        Problem: ``file_unreadable``, ``file_cut_short``, ``changed_meanwhile``.
    """
    known = await file.earlier_answer()
    if known is not None:
        return known
    reception = await _Receiver(file, source).receive()
    if rows is not None and reception.rows != rows:
        raise Problem(
            FILE_CUT_SHORT,
            f"The file has {reception.rows} rows, and {rows} were announced. Nothing of it "
            "counts; send it again whole, and what is kept of it is not read again.",
            row=reception.lines,
            column=None,
            rows=reception.rows,
        )
    if reception.rows >= MANY_ROWS:
        # In a step of its own: its lock would otherwise last as long as the merge.
        async with file.step() as uow:
            await staging.gather_statistics(uow.session)

    async def conclude(uow: UnitOfWork) -> BaseModel:
        return await taking_in.take_in(uow, source, reception)

    return await file.conclude(conclude)


class _Receiver:
    """One sending of a file."""

    def __init__(self, file: StreamedFile, source: str) -> None:
        self._file = file
        self._source = source
        self._reader: FileReader | None = None
        self._kept: Sequence[VolumeFilePieceRow] = ()
        self._storing: asyncio.Task[None] | None = None
        self.reception = Reception()

    async def receive(self) -> Reception:
        """Keep the file piece by piece to its end."""
        pieces = Pieces()
        try:
            async for part in self._file.parts():
                for piece in pieces.add(part):
                    await self._take(piece)
            rest = pieces.rest()
            if rest and not rest.endswith(b"\n"):
                raise self._cut_short(rest)
            if rest:
                await self._take(rest)
        except LineTooLongError as error:
            raise _unreadable("it has no line breaks") from error
        finally:
            # What was read is kept, also when the sender goes away now.
            await self._stored()
        if self.reception.rows == 0:
            raise _unreadable("it has no rows")
        if len(self._kept) > self.reception.pieces:
            await self._forget_rest()
        return self.reception

    async def _take(self, piece: bytes) -> None:
        digest = await asyncio.to_thread(_digest, piece)
        reader = self._reader or await self._begin(digest)
        state = self.reception
        if state.pieces < len(self._kept):
            kept = self._kept[state.pieces]
            if kept.digest == digest:
                reader.skip(piece, kept.lines)
                self._count(kept)
                state.resumed_rows += kept.rows
                return
            await self._forget_rest()
        try:
            read = await asyncio.to_thread(reader.read, piece)
        except HeadLineError as error:
            raise _unreadable(str(error)) from error
        except UnicodeDecodeError as error:
            line = state.lines + piece[: error.start].count(b"\n") + 1
            raise _unreadable(f"line {line} is not text in UTF-8") from error
        await self._stored()
        new = self._new_places(read)
        kept = VolumeFilePieceRow(
            file_id=state.file_id,
            number=state.pieces,
            digest=digest,
            bytes=len(piece),
            lines=read.lines,
            rows=len(read.rows) + read.refused,
            refused=read.refused,
            refusals=[_shown(each) for each in read.refusals],
        )
        self._storing = asyncio.create_task(self._store(kept, read, new))
        self._count(kept)

    def _count(self, kept: VolumeFilePieceRow) -> None:
        state = self.reception
        state.pieces += 1
        state.lines += kept.lines
        state.rows += kept.rows
        state.bytes += kept.bytes
        state.refused += kept.refused
        state.refusals.extend(kept.refusals[: taking_in.SHOWN - len(state.refusals)])

    def _new_places(self, read: Read) -> dict[PlaceKey, int]:
        places = self.reception.places
        new: dict[PlaceKey, int] = {}
        for place in {row.place for row in read.rows} - places.keys():
            new[place] = len(places) + len(new)
        if len(places) + len(new) > MAX_PLACES:
            raise _unreadable(
                f"it is about more than {MAX_PLACES} customers, services, units and months; "
                "send it in several files"
            )
        places.update(new)
        return new

    async def _begin(self, digest: str) -> FileReader:
        """Find what is kept of the file from an earlier sending, or begin anew."""
        async with self._file.step() as uow:
            media_type = self._file.media_type
            row = await staging.receiving(uow.session, self._source, media_type, digest)
            units = await known_units(uow.session)
            if row is None:
                row = VolumeFileRow(
                    id=new_id(),
                    source=self._source,
                    media_type=media_type,
                    digest=digest,
                    status=staging.RECEIVING,
                    rows=0,
                    bytes=0,
                    sent_by=self._file.actor.client_id,
                    result=None,
                    started_at=uow.now,
                    changed_at=uow.now,
                )
                uow.session.add(row)
                await uow.session.flush()
            self.reception.file_id = row.id
            self._kept = await staging.pieces_of(uow.session, row.id)
            self.reception.places = await staging.places_of(uow.session, row.id)
        self._reader = FileReader(media_type, units)
        return self._reader

    async def _forget_rest(self) -> None:
        """What was kept from here on belongs to another file, or to a version of this one."""
        state = self.reception
        async with self._file.step() as uow:
            row = await staging.lock(uow.session, state.file_id)
            if row is None or row.status != staging.RECEIVING:
                raise taken_meanwhile()
            await staging.forget_from(uow.session, state.file_id, state.pieces, state.lines)
            row.rows, row.bytes = state.rows, state.bytes
        self._kept = self._kept[: state.pieces]

    async def _stored(self) -> None:
        """Wait until the piece read last is kept."""
        storing, self._storing = self._storing, None
        if storing is not None:
            await storing

    async def _store(self, kept: VolumeFilePieceRow, read: Read, new: dict[PlaceKey, int]) -> None:
        state = self.reception
        async with self._file.step() as uow:
            row = await staging.lock(uow.session, state.file_id)
            if row is None or row.status != staging.RECEIVING:
                raise taken_meanwhile()
            await staging.add_places(uow.session, state.file_id, new)
            await staging.add_rows(uow.session, state.file_id, read.rows, state.places)
            uow.session.add(kept)
            row.rows += kept.rows
            row.bytes += kept.bytes
            row.changed_at = uow.now
            days = timedelta(days=settlement_rules().staged_volume_days)
            await uow.set_timer(STAGED_TIMER, state.file_id, uow.now + days)

    def _cut_short(self, rest: bytes) -> Problem:
        reader = self._reader
        if reader is None:
            reader = FileReader(self._file.media_type, frozenset())
            with contextlib.suppress(HeadLineError):
                reader.skip(rest, lines=0)
        line, column = reader.place_of_cut(rest)
        return Problem(
            FILE_CUT_SHORT,
            f"The file stops within line {line}: its last line has no line break. Nothing of it "
            "counts; send it again whole, and what is kept of it is not read again.",
            row=line,
            column=column,
            rows=self.reception.rows,
        )


def _unreadable(why: str) -> Problem:
    return Problem(FILE_UNREADABLE, f"Nothing of the file counts: {why}.", columns=list(COLUMNS))


def _shown(refusal: Refusal) -> dict[str, Any]:
    """A refused row as it is kept and answered."""
    return {
        "row": refusal.line,
        "column": refusal.column,
        "code": refusal.code,
        "detail": refusal.detail,
        "id": refusal.id,
    }


def _digest(piece: bytes) -> str:
    return hashlib.sha256(piece).hexdigest()
