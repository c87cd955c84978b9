"""Levels, readings and periods over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    requires,
)
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.levels import service
from services.collab_model.levels.schemas import LevelOut, PeriodOut, ReadingsKept, ReportReadings
from services.contracts.values import OrgNumber, Slug, YearMonth

router = APIRouter(route_class=UnitOfWorkRoute, tags=["levels"])
staff_router = APIRouter(route_class=UnitOfWorkRoute, tags=["levels"])

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


@staff_router.post(
    "/readings",
    status_code=201,
    dependencies=[Depends(requires(Role.SERVICE_MANAGER))],
)
async def report_readings(uow: Uow, body: ReportReadings) -> ReadingsKept:
    """Report measured shares; the whole batch is kept, or nothing of it."""
    kept = await service.keep_readings(uow, body.source, [row.as_reading() for row in body.rows])
    return ReadingsKept(accepted=kept.accepted, already_known=kept.already_known)
