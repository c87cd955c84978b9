"""Levels, readings and periods over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    UploadedFile,
    requires,
    upload_route,
    upload_schema,
)
from services.chassis.identity import Role
from services.chassis.schemas import (
    After,
    Identifier,
    Limit,
    Page,
    Text,
    one_more,
    page_of,
)
from services.collab_model.customers.service import scope_of
from services.collab_model.levels import closings, service
from services.collab_model.levels.domain import Month
from services.collab_model.levels.import_file import CSV, MAX_BYTES, NDJSON, rows_of
from services.collab_model.levels.reporting import keep_readings, keep_rows
from services.collab_model.levels.schemas import (
    ClosePeriod,
    CorrectPeriod,
    LevelOut,
    PeriodOut,
    ReadingsImported,
    ReadingsKept,
    ReportReadings,
)
from services.contracts.values import OrgNumber, Slug, YearMonth

router = APIRouter(route_class=UnitOfWorkRoute, tags=["levels"])
staff_router = APIRouter(route_class=UnitOfWorkRoute, tags=["levels"])
upload_router = APIRouter(
    route_class=upload_route(CSV, NDJSON, max_bytes=MAX_BYTES), tags=["levels"]
)

FOLLOWS_UP = Depends(requires(Role.SERVICE_MANAGER))

ServiceFilter = Annotated[Slug | None, Query(alias="service")]


@router.get("/levels")
async def list_levels(
    uow: Uow,
    actor: CurrentActor,
    service_key: ServiceFilter = None,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[LevelOut]:
    """The service levels in operation, as they were signed."""
    rows = await service.list_levels(
        uow,
        scope=await scope_of(uow, actor, org_number),
        service=service_key,
        after=after,
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda level: level.row.id, show=LevelOut.of)


@router.get("/periods")
async def list_periods(
    uow: Uow,
    actor: CurrentActor,
    service_key: ServiceFilter = None,
    period: YearMonth | None = None,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[PeriodOut]:
    """Closed months in the order they were closed, with how each level came out."""
    periods = await service.list_periods(
        uow,
        scope=await scope_of(uow, actor, org_number),
        service=service_key,
        period=period,
        after=after,
        limit=one_more(limit),
    )
    return page_of(periods, limit, cursor=lambda row: row.id, show=PeriodOut.of)


@staff_router.post("/readings", status_code=201, dependencies=[FOLLOWS_UP])
async def report_readings(uow: Uow, body: ReportReadings) -> ReadingsKept:
    """Report what was measured; the whole batch is kept, or nothing of it."""
    kept = await keep_readings(uow, body.source, [row.as_reading() for row in body.rows])
    return ReadingsKept(accepted=kept.accepted, already_known=kept.already_known)


@upload_router.post(
    "/readings/imports",
    dependencies=[FOLLOWS_UP],
    openapi_extra=upload_schema(CSV, NDJSON),
)
async def import_readings(
    uow: Uow, source: Annotated[Text, Query()], file: UploadedFile
) -> ReadingsImported:
    """Bring in a file of readings: the rows that hold are kept, and each is reported on.

    The same file once more changes nothing.
    """
    return ReadingsImported.of(await keep_rows(uow, source, rows_of(file.media_type, file.content)))


@staff_router.post("/periods/closings", status_code=201, dependencies=[FOLLOWS_UP])
async def close_period(uow: Uow, body: ClosePeriod) -> PeriodOut:
    """Close a month that is over for a service before it closes by itself."""
    month = Month.parse(body.period)
    return PeriodOut.of(await closings.close_by_hand(uow, body.org_number, body.service, month))


@staff_router.post("/periods/{period_id}/corrections", status_code=201, dependencies=[FOLLOWS_UP])
async def correct_period(uow: Uow, period_id: Identifier, body: CorrectPeriod) -> PeriodOut:
    """Put a correction beside a closed month, by everything that is known now."""
    readings = [row.as_reading() for row in body.readings]
    return PeriodOut.of(await closings.correct(uow, period_id, body.reason, body.source, readings))
