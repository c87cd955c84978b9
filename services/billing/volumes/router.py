"""HTTP of volumes: staff report them, both parties see them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.billing.customers.service import scope_of
from services.billing.queries import ByOrgNumber, ByPeriod
from services.billing.volumes import files, service, staging, taking_up
from services.billing.volumes.domain import SetAside, VolumeStatus
from services.billing.volumes.file_schemas import (
    TakenUpOut,
    TakeUpIn,
    VolumeFileOut,
    file_out,
    taken_up_out,
)
from services.billing.volumes.reading import CSV, NDJSON
from services.billing.volumes.repository import Wanted
from services.billing.volumes.schemas import (
    VolumeOut,
    VolumeReportIn,
    VolumeReportOut,
    report_out,
    volume_out,
)
from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    requires,
    upload_schema,
)
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page, Text, one_more, page_of
from services.chassis.streaming import Streamed, stream_route

router = APIRouter(prefix="/volumes", tags=["volumes"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/volumes", tags=["volumes"], route_class=UnitOfWorkRoute)
file_router = APIRouter(
    prefix="/volumes/files", tags=["volumes"], route_class=stream_route(CSV, NDJSON)
)

REPORTS = Depends(requires(Role.FINANCE, Role.SERVICE_MANAGER))

ByStatus = Annotated[VolumeStatus | None, Query(description="Only accepted, or set aside.")]
ByReason = Annotated[SetAside | None, Query(description="Only what is set aside for it.")]
Rows = Annotated[
    int | None,
    Query(ge=0, le=1_000_000_000, description="How many rows the file has, its head line apart."),
]


@router.get("")
async def list_volumes(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    period: ByPeriod = None,
    status: ByStatus = None,
    reason: ByReason = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[VolumeOut]:
    """Reported volumes in the order they came, set-aside ones and corrected ones included."""
    scope = await scope_of(uow, actor, org_number)
    wanted = Wanted(period=period, status=status, reason=reason)
    rows = await service.page(uow, scope, wanted, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=volume_out)


@staff_router.post(
    "",
    dependencies=[REPORTS],
)
async def report_volumes(uow: Uow, report: VolumeReportIn) -> VolumeReportOut:
    """Report what customers used. A row sent again is recognised by source and id."""
    reported = await service.report(uow, report.source, [row.volume() for row in report.rows])
    return report_out(report.source, reported)


@staff_router.post("/taking-up", dependencies=[Depends(requires(Role.FINANCE))])
async def take_up_volumes(uow: Uow, body: TakeUpIn) -> TakenUpOut:
    """Place volumes anew that are set aside. Those of closed months count then, as late."""
    return taken_up_out(await taking_up.by_finance(uow, body.chosen))


@staff_router.get("/files")
async def list_files(uow: Uow, after: After = None, limit: Limit = 50) -> Page[VolumeFileOut]:
    """Files in the order they were first sent: how far each came, what became of its rows."""
    rows = await staging.page(uow.session, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=file_out)


@file_router.post(
    "",
    dependencies=[REPORTS],
    response_model=VolumeFileOut,
    openapi_extra=upload_schema(CSV, NDJSON),
)
async def send_file(
    file: Streamed, source: Annotated[Text, Query()], rows: Rows = None
) -> Response:
    """Send a file of volumes of any size. One that broke off goes on where it stopped when it is
    sent again; until it is through, nothing of it counts.
    """
    return await files.take_in(file, source, rows)
