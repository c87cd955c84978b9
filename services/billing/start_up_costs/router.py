"""HTTP of start-up costs, for finance: they are the centre's own matter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.billing.months import Month
from services.billing.start_up_costs import service
from services.billing.start_up_costs.domain import Grouping, Selection
from services.billing.start_up_costs.schemas import (
    StartUpCostOut,
    TotalsOut,
    start_up_cost_out,
    totals_out,
)
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber, Slug, YearMonth

staff_router = APIRouter(
    prefix="/start-up-costs",
    tags=["start-up-costs"],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)

CASE_ID_PATTERN = r"^[0-9a-z-]{1,80}$"


def _selection(
    case_id: Annotated[
        str | None, Query(pattern=CASE_ID_PATTERN, description="Only this case's.")
    ] = None,
    org_number: Annotated[OrgNumber | None, Query(description="Only this customer's.")] = None,
    service_area: Annotated[Slug | None, Query(description="Only this service area's.")] = None,
    first_period: Annotated[
        YearMonth | None, Query(description="Only what was incurred in this month or later.")
    ] = None,
    last_period: Annotated[
        YearMonth | None, Query(description="Only what was incurred in this month or before.")
    ] = None,
) -> Selection:
    return Selection(
        case_id=case_id,
        org_number=org_number,
        service_area=service_area,
        since=Month.parse(first_period).first_day if first_period else None,
        until=Month.parse(last_period).last_day if last_period else None,
    )


Chosen = Annotated[Selection, Depends(_selection)]


@staff_router.get("")
async def list_start_up_costs(
    uow: Uow, selection: Chosen, after: After = None, limit: Limit = 50
) -> Page[StartUpCostOut]:
    """Start-up costs as they were registered, corrections beside what they correct."""
    rows = await service.page(uow, selection, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=start_up_cost_out)


@staff_router.get("/totals")
async def total_start_up_costs(
    uow: Uow, selection: Chosen, by: Grouping = Grouping.CASE
) -> TotalsOut:
    """What start-up came to by case, customer, service area or month."""
    return totals_out(by, await service.totals(uow, selection, by))
