"""Use case of the last step of a file: what is staged of it counts from now on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.billing.problems import VOLUME_CONFLICT
from services.billing.tables import VolumeFileRow
from services.billing.volumes import merging, repository, staging, taking_up
from services.billing.volumes.domain import Use
from services.billing.volumes.entering import enter
from services.billing.volumes.file_schemas import VolumeFileOut, file_out
from services.billing.volumes.placing import Placed, place_all
from services.billing.volumes.reading import PlaceKey
from services.chassis.ids import new_id
from services.chassis.problems import CHANGED_MEANWHILE, Problem
from services.chassis.unit_of_work import UnitOfWork

SHOWN = 200
"""How many refused rows an answer names."""

STAGED_TIMER = "volume-file"
"""Timer: what is staged of a file is not needed any more; its key is the file's."""

_CORRECTIONS_AT_ONCE = 1000
_HEAD = 24


@dataclass
class Reception:
    """How far a file has come; lines and rows are those of the pieces that are kept.

    ``resumed_rows`` were kept from an earlier sending of it.
    """

    file_id: str = ""
    rows: int = 0
    resumed_rows: int = 0
    lines: int = 0
    bytes: int = 0
    pieces: int = 0
    refused: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)
    places: dict[PlaceKey, int] = field(default_factory=dict)


class _Tally:
    """What became of a file's rows."""

    def __init__(self, reception: Reception) -> None:
        self.taken = self.known = self.late = 0
        self.refused = reception.refused
        self.refusals = list(reception.refusals)
        self.aside: Counter[str] = Counter()

    @property
    def new(self) -> int:
        """How many rows have come in, counting or set aside."""
        return self.taken + sum(self.aside.values())

    def count(self, reason: str, *, late: bool, number: int = 1) -> None:
        """Rows that came in now."""
        if reason:
            self.aside[reason] += number
        else:
            self.taken += number
        self.late += number if late else 0

    def conflict(self, line: int, source_id: str) -> None:
        """A row that had come before with another content."""
        if len(self.refusals) < SHOWN:
            self.refusals.append(
                {
                    "row": line,
                    "column": "id",
                    "code": VOLUME_CONFLICT.code,
                    "detail": "it came before with another content; send a higher revision",
                    "id": source_id,
                }
            )


async def take_in(uow: UnitOfWork, source: str, reception: Reception) -> VolumeFileOut:
    """Make volumes of what is staged of a file, all of it at once; what is staged goes after.

    Raises:
        Problem: ``changed_meanwhile``; another request took the same file in.
    """
    row = await staging.lock(uow.session, reception.file_id)
    if row is None or row.status != staging.RECEIVING:
        raise taken_meanwhile()
    uses = {number: merging.use_of(key) for key, number in reception.places.items()}
    placed = await place_all(uow, set(uses.values()))
    await merging.write_places(
        uow.session, row.id, {number: placed[use] for number, use in uses.items()}
    )
    head = new_id()[:_HEAD]
    staged = await merging.merge(
        uow.session,
        file_id=row.id,
        source=source,
        head=head,
        now=uow.now,
        through=reception.lines,
    )
    await repository.say_what_counts_of_new(uow.session, source, head)
    tally = _Tally(reception)
    for reason, late, number in await merging.came_new(uow.session, head):
        tally.count(reason, late=late, number=number)
    tally.known = staged - tally.new
    if tally.known:
        unlike, lines = await merging.conflicts(uow.session, row.id, source)
        tally.known -= unlike
        tally.refused += unlike
        for line, source_id in lines:
            tally.conflict(line, source_id)
    await _corrections(uow, row, placed, tally)
    await taking_up.corrections_of(uow, source)
    await uow.set_timer(STAGED_TIMER, row.id, uow.now)
    return _close(uow, row, reception, tally)


async def _corrections(
    uow: UnitOfWork, row: VolumeFileRow, placed: Mapping[Use, Placed], tally: _Tally
) -> None:
    """Take in the rows that correct something: one after the other, for they build on others."""
    after = 0
    while found := await merging.corrections(uow.session, row.id, after, _CORRECTIONS_AT_ONCE):
        after = found[-1][0]
        entered = await enter(uow, row.source, [volume for _, volume in found], placed)
        for each in entered.reports:
            if each.known:
                tally.known += 1
            else:
                tally.count(each.row.reason, late=each.row.late)
        tally.refused += len(entered.conflicts)
        for line, volume in found:
            if volume in entered.conflicts:
                tally.conflict(line, volume.source_id)


def _close(
    uow: UnitOfWork, row: VolumeFileRow, reception: Reception, tally: _Tally
) -> VolumeFileOut:
    result: dict[str, Any] = {
        "resumed_rows": reception.resumed_rows,
        "taken": tally.taken,
        "known": tally.known,
        "late": tally.late,
        "set_aside": dict(tally.aside),
        "refused": tally.refused,
        "refusals": tally.refusals,
    }
    row.status, row.result, row.changed_at = staging.TAKEN_IN, result, uow.now
    row.rows, row.bytes = reception.rows, reception.bytes
    return file_out(row)


def taken_meanwhile() -> Problem:
    """The same file was sent twice at the same moment, and the other one was through first."""
    return Problem(
        CHANGED_MEANWHILE,
        "The same file was taken in by another request meanwhile; this one did nothing. Send it "
        "again to see that its rows are known.",
    )
