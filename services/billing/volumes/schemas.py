"""What the API takes and says about volumes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.billing.months import Month
from services.billing.tables import VolumeRow
from services.billing.volumes.domain import SetAside, Volume, VolumeStatus
from services.billing.volumes.entering import ReportedRow
from services.billing.volumes.reading import MAX_QUANTITY, MAX_REVISION
from services.chassis.schemas import AS_A_NUMBER, RequestModel, ResponseModel, Text
from services.contracts.values import OrgNumber, Slug, YearMonth

MAX_ROWS = 1000

# Below nought is refused by a rule, which names the row.
Quantity = Annotated[int, Field(ge=-MAX_QUANTITY, le=MAX_QUANTITY), AS_A_NUMBER]
Revision = Annotated[int, Field(ge=1, le=MAX_REVISION), AS_A_NUMBER]


class VolumeIn(RequestModel):
    """How much of a service a customer used in a month; ``id`` is the source's own.

    What was wrong is corrected by a report with the same id and a higher ``revision``, or by one
    with an id of its own that says under ``corrects`` which one it takes the place of.
    """

    id: Text
    org_number: OrgNumber
    service: Slug
    unit: Slug
    period: YearMonth
    quantity: Quantity
    revision: Revision = 1
    corrects: Text | None = None

    def volume(self) -> Volume:
        """The row as the domain sees it."""
        return Volume(
            source_id=self.id,
            org_number=self.org_number,
            service=self.service,
            unit=self.unit,
            month=Month.parse(self.period),
            quantity=self.quantity,
            revision=self.revision,
            corrects=self.corrects,
        )


class VolumeReportIn(RequestModel):
    """A batch of volumes from one source; it is taken in whole or not at all."""

    source: Text
    rows: Annotated[tuple[VolumeIn, ...], Field(min_length=1, max_length=MAX_ROWS)]


class VolumeAnswerOut(ResponseModel):
    """What became of a row.

    ``known``: it had come before, with the same content. ``reason``: why it was set
    aside. ``late``: its month was trued up or closed before; it belongs to the next true-up.
    ``superseded``: another report counts in its place.
    """

    id: str
    revision: int
    status: VolumeStatus
    reason: SetAside | None
    late: bool
    known: bool
    superseded: bool


class VolumeReportOut(ResponseModel):
    """What became of a batch; the counts are of its new rows, apart from the known."""

    source: str
    accepted: int
    set_aside: int
    already_known: int
    rows: tuple[VolumeAnswerOut, ...]


class VolumeOut(ResponseModel):
    """A reported volume; ``superseded_by`` is the volume that counts in its place."""

    volume_id: str
    source: str
    id: str
    revision: int
    corrects: str | None
    org_number: str
    service: str
    unit: str
    period: str
    quantity: int
    status: VolumeStatus
    reason: SetAside | None
    late: bool
    subscription_id: str | None
    superseded_by: str | None
    received_at: datetime


def _reason(row: VolumeRow) -> SetAside | None:
    return SetAside(row.reason) if row.reason else None


def report_out(source: str, reported: Sequence[ReportedRow]) -> VolumeReportOut:
    """The answer to a batch."""
    new = [VolumeStatus(each.row.status) for each in reported if not each.known]
    return VolumeReportOut(
        source=source,
        accepted=new.count(VolumeStatus.ACCEPTED),
        set_aside=new.count(VolumeStatus.SET_ASIDE),
        already_known=len(reported) - len(new),
        rows=tuple(
            VolumeAnswerOut(
                id=each.row.source_id,
                revision=each.row.revision,
                status=VolumeStatus(each.row.status),
                reason=_reason(each.row),
                late=each.row.late,
                known=each.known,
                superseded=each.row.superseded_by is not None,
            )
            for each in reported
        ),
    )


def volume_out(row: VolumeRow) -> VolumeOut:
    """A volume as the API shows it."""
    return VolumeOut(
        volume_id=row.id,
        source=row.source,
        id=row.source_id,
        revision=row.revision,
        corrects=row.corrects,
        org_number=row.org_number,
        service=row.service,
        unit=row.unit,
        period=row.period,
        quantity=row.quantity,
        status=VolumeStatus(row.status),
        reason=_reason(row),
        late=row.late,
        subscription_id=row.subscription_id,
        superseded_by=row.superseded_by,
        received_at=row.received_at,
    )
