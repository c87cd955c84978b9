"""HTTP of cases: open, list, read the timeline. One case whole is in ``gates``."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber, Phase
from services.onboarding.cases import service
from services.onboarding.cases.schemas import CaseSummary, OpenCase, TimelineOut
from services.onboarding.roles import LEADS_CASES

router = APIRouter(prefix="/cases", tags=["cases"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/cases", tags=["cases"], route_class=UnitOfWorkRoute)


@staff_router.post("", status_code=201, dependencies=[LEADS_CASES])
async def open_case(uow: Uow, request: OpenCase) -> CaseSummary:
    """Begin an agency's way into one or more services."""
    return CaseSummary.of(await service.open_case(uow, request.org_number, request.services))


@router.get("")
async def list_cases(
    uow: Uow,
    org_number: OrgNumber | None = None,
    phase: Phase | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[CaseSummary]:
    """Cases in the order they were opened."""
    rows = await service.page(uow, org_number, phase, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=CaseSummary.of)


@router.get("/{case_id}/timeline")
async def read_timeline(
    uow: Uow, case_id: Identifier, after: After = None, limit: Limit = 50
) -> Page[TimelineOut]:
    """Who did what when, from the beginning."""
    rows = await service.timeline(uow, case_id, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=TimelineOut.model_validate)
