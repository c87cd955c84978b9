"""Tertial reports over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.following_up.files import PDF, attachment, file_response
from services.collab_model.following_up.tertials import service
from services.collab_model.following_up.tertials.domain import Tertial
from services.collab_model.following_up.tertials.schemas import (
    MakeReport,
    ReportOut,
    ReportSummary,
    TertialText,
)
from services.contracts.values import OrgNumber

_PREFIX = "/tertial-reports"
router = APIRouter(prefix=_PREFIX, route_class=UnitOfWorkRoute, tags=["following up"])
staff_router = APIRouter(prefix=_PREFIX, route_class=UnitOfWorkRoute, tags=["following up"])


@router.get("")
async def list_reports(
    uow: Uow,
    actor: CurrentActor,
    tertial: TertialText | None = None,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[ReportSummary]:
    """Tertial reports in the order they were made, revisions among them."""
    rows = await service.page(
        uow,
        scope=await scope_of(uow, actor, org_number),
        tertial=tertial,
        after=after,
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=ReportSummary.of)


@router.get("/{report_id}")
async def read_report(uow: Uow, actor: CurrentActor, report_id: Identifier) -> ReportOut:
    """A tertial in green, amber and red, with trend, risk picture and agreed actions."""
    return ReportOut.of(await service.read(uow, report_id, await scope_of(uow, actor)))


@router.get("/{report_id}/report.pdf", response_class=Response, responses=file_response(PDF))
async def report_pdf(
    request: Request, uow: Uow, actor: CurrentActor, report_id: Identifier
) -> Response:
    """A tertial report as a Swedish paper (PDF/A-2a, PDF/UA-1)."""
    file = await service.as_pdf(uow, report_id, await scope_of(uow, actor))
    return attachment(request, file.name, file.content, PDF)


@staff_router.post(
    "",
    status_code=201,
    dependencies=[Depends(requires(Role.SERVICE_MANAGER, Role.ACCOUNT_MANAGER))],
)
async def make_report(uow: Uow, body: MakeReport) -> ReportOut:
    """Report a tertial when its months are closed, or report it anew by what is known now."""
    row = await service.report(
        uow,
        body.agreement_id,
        Tertial.parse(body.tertial),
        body.reason or "",
        body.comment or "",
    )
    return ReportOut.of(row)
