"""HTTP of start-up cost: the centre's own books, so staff only."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.onboarding.roles import LEADS_CASES
from services.onboarding.start_up_costs import service
from services.onboarding.start_up_costs.schemas import (
    CostTotalsOut,
    PostCorrection,
    PostPurchase,
    PostTime,
    StartUpCostOut,
)

staff_router = APIRouter(
    prefix="/cases/{case_id}/start-up-costs", tags=["start-up costs"], route_class=UnitOfWorkRoute
)


@staff_router.get("")
async def list_start_up_costs(
    uow: Uow, case_id: Identifier, after: After = None, limit: Limit = 50
) -> Page[StartUpCostOut]:
    """What was spent on the case, entry by entry."""
    rows = await service.page(uow, case_id, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=StartUpCostOut.model_validate)


@staff_router.get("/totals")
async def read_totals(uow: Uow, case_id: Identifier) -> CostTotalsOut:
    """What the case has cost before operation, by service."""
    return CostTotalsOut.of(await service.case_totals(uow, case_id))


@staff_router.post("/time", status_code=201, dependencies=[LEADS_CASES])
async def register_time(uow: Uow, case_id: Identifier, request: PostTime) -> StartUpCostOut:
    """Register working time, at the role's hourly rate on its day."""
    entry = await service.register_time(
        uow, case_id, request.spent(), request.role, request.minutes
    )
    return StartUpCostOut.model_validate(entry)


@staff_router.post("/purchases", status_code=201, dependencies=[LEADS_CASES])
async def register_purchase(uow: Uow, case_id: Identifier, request: PostPurchase) -> StartUpCostOut:
    """Register something bought for the case."""
    entry = await service.register_purchase(uow, case_id, request.spent(), request.amount_ore)
    return StartUpCostOut.model_validate(entry)


@staff_router.post("/{cost_id}/correction", status_code=201, dependencies=[LEADS_CASES])
async def correct(
    uow: Uow, case_id: Identifier, cost_id: Identifier, request: PostCorrection
) -> StartUpCostOut:
    """Take an entry back; what is right is registered anew."""
    return StartUpCostOut.model_validate(
        await service.correct(uow, case_id, cost_id, request.reason)
    )
