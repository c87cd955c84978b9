"""HTTP of volumes: staff report them, both parties see them."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from services.billing.customers.service import scope_of
from services.billing.queries import ByOrgNumber, ByPeriod
from services.billing.volumes import service
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
)
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page, one_more, page_of

router = APIRouter(prefix="/volumes", tags=["volumes"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/volumes", tags=["volumes"], route_class=UnitOfWorkRoute)


@router.get("")
async def list_volumes(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    period: ByPeriod = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[VolumeOut]:
    """Reported volumes in the order they came, set-aside ones included."""
    scope = await scope_of(uow, actor, org_number)
    rows = await service.page(uow, scope, period, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=volume_out)


@staff_router.post(
    "",
    dependencies=[
        Depends(requires(Role.FINANCE, Role.SERVICE_MANAGER)),
    ],
)
async def report_volumes(uow: Uow, report: VolumeReportIn) -> VolumeReportOut:
    """Report what customers used. A row sent again is recognised by source and id."""
    reported = await service.report(uow, report.source, [row.volume() for row in report.rows])
    return report_out(report.source, reported)
