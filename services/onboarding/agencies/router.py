"""HTTP of agencies: staff register them, an agency sees itself."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber
from services.onboarding.agencies import service
from services.onboarding.agencies.schemas import AgencyOut, RegisterAgency
from services.onboarding.roles import REGISTERS_AGENCIES

router = APIRouter(prefix="/agencies", tags=["agencies"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/agencies", tags=["agencies"], route_class=UnitOfWorkRoute)


@router.get("/{org_number}")
async def read_agency(uow: Uow, org_number: OrgNumber) -> AgencyOut:
    """One agency; an agency sees its own entry only."""
    return AgencyOut.model_validate(await service.get(uow, org_number))


@staff_router.post("", status_code=201, dependencies=[REGISTERS_AGENCIES])
async def register_agency(uow: Uow, request: RegisterAgency) -> AgencyOut:
    """Make an agency known to the centre."""
    agency = await service.register(
        uow,
        request.org_number,
        request.name,
        request.headcount,
        part_of_state=request.part_of_state,
    )
    return AgencyOut.model_validate(agency)


@staff_router.get("")
async def list_agencies(uow: Uow, after: After = None, limit: Limit = 50) -> Page[AgencyOut]:
    """Agencies in the order of their organisation numbers."""
    rows = await service.page(uow, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.org_number, show=AgencyOut.model_validate)
