"""What the API says about files of volumes, and about taking volumes up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.billing.tables import VolumeFileRow
from services.billing.volumes.aside import Chosen
from services.billing.volumes.domain import SetAside
from services.billing.volumes.taking_up import TakenUp
from services.chassis.schemas import RequestModel, ResponseModel
from services.contracts.values import OrgNumber, YearMonth


class RefusedRowOut(ResponseModel):
    """A row that was refused: the file's line, the column where it is one, a code, and why."""

    row: int
    column: str | None
    code: str
    detail: str
    id: str | None


class VolumeFileOut(ResponseModel):
    """A file, and what became of its rows once it is through.

    ``status``: receiving, taken_in, or forgotten, for one with which nobody has gone on.
    ``rows`` are those kept so far; the head line and blank lines are none. ``resumed_rows`` were
    kept from an earlier sending and not read again. ``taken`` count now; ``known`` had come
    before; ``set_aside`` are kept by reason; ``late`` are those taken whose month was settled
    or closed. Of ``refused`` rows the first 200 are named.
    """

    id: str
    source: str
    media_type: str
    status: str
    rows: int
    bytes: int
    resumed_rows: int
    taken: int
    known: int
    late: int
    set_aside: dict[str, int]
    refused: int
    refusals: tuple[RefusedRowOut, ...]
    started_at: datetime
    changed_at: datetime


_NOTHING_YET: dict[str, Any] = {
    "resumed_rows": 0,
    "taken": 0,
    "known": 0,
    "late": 0,
    "set_aside": {},
    "refused": 0,
    "refusals": (),
}


def file_out(row: VolumeFileRow) -> VolumeFileOut:
    """A file as the API shows it."""
    return VolumeFileOut(
        id=row.id,
        source=row.source,
        media_type=row.media_type,
        status=row.status,
        rows=row.rows,
        bytes=row.bytes,
        started_at=row.started_at,
        changed_at=row.changed_at,
        **(row.result or _NOTHING_YET),
    )


class TakeUpIn(RequestModel):
    """Which of what is set aside to take up; what is left out does not matter."""

    reason: SetAside | None = None
    org_number: OrgNumber | None = None
    period: YearMonth | None = None

    @property
    def chosen(self) -> Chosen:
        """The choice."""
        return Chosen(org_number=self.org_number, reason=self.reason, period=self.period)


class TakenUseOut(ResponseModel):
    """Volumes of one use that count now: how many, and their sum."""

    org_number: str
    service: str
    unit: str
    period: str
    volumes: int
    quantity: int
    late: bool
    subscription_id: str


class TakenUpOut(ResponseModel):
    """What became of the volumes chosen; ``left`` counts those that stay aside, by reason."""

    taken_up: int
    taken: tuple[TakenUseOut, ...]
    left: dict[SetAside, int]


def taken_up_out(done: TakenUp) -> TakenUpOut:
    """The report of taking volumes up."""
    return TakenUpOut(
        taken_up=sum(each.volumes for each in done.taken),
        taken=tuple(
            TakenUseOut(
                org_number=each.use.org_number,
                service=each.use.service,
                unit=each.use.unit,
                period=str(each.use.month),
                volumes=each.volumes,
                quantity=each.quantity,
                late=each.placed.late,
                subscription_id=each.placed.placement.subscription_id or "",
            )
            for each in done.taken
        ),
        left=done.left,
    )
