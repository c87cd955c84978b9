"""HTTP of the pipeline: the board for both sides, the planner for the centre's staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber, Phase, Slug
from services.onboarding.parties import Owner
from services.onboarding.pipeline import planner
from services.onboarding.pipeline.board import BoardFilter, read_board
from services.onboarding.pipeline.board_schemas import BoardOut
from services.onboarding.pipeline.lights import Light
from services.onboarding.pipeline.schemas import (
    CapacityOut,
    CapacityPut,
    PipelinePlanOut,
    PlanSummaryOut,
    PutCapacity,
    RequestPlan,
    RoleCapacity,
)
from services.onboarding.pipeline.weeks import week_name
from services.onboarding.roles import LEADS_CASES

router = APIRouter(prefix="/pipeline", tags=["pipeline"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/pipeline", tags=["pipeline"], route_class=UnitOfWorkRoute)


@router.get("", response_model=BoardOut)
async def read_pipeline(
    uow: Uow,
    phase: Phase | None = None,
    light: Light | None = None,
    service_area: Slug | None = None,
    missing_from: Owner | None = None,
    org_number: OrgNumber | None = None,
    overdue: Annotated[bool, Query(description="Only cases with overdue items.")] = False,
    obliged: Annotated[bool, Query(description="Only cases that a law sets a day for.")] = False,
) -> Response:
    """All open cases by phase with their deadlines, what is missing and the forecast.

    Agencies that are obliged to join and have no case stand beside them. An agency sees
    itself.
    """
    wanted = BoardFilter(
        phase=phase,
        light=light,
        service_area=service_area,
        missing_from=missing_from,
        org_number=org_number,
        overdue=overdue,
        obliged=obliged,
    )
    board = BoardOut.of(await read_board(uow, wanted))
    # Written here: a board is large, and checking it again would take longer than reading it.
    return Response(board.model_dump_json().encode(), media_type="application/json")


@staff_router.put("/capacity", dependencies=[LEADS_CASES])
async def put_capacity(uow: Uow, request: PutCapacity) -> CapacityPut:
    """Register how many hours the centre's people in a role have in each of some weeks."""
    first, last = await planner.put_capacity(
        uow, request.role, request.from_week, request.to_week, request.hours
    )
    return CapacityPut(
        role=request.role,
        from_week=week_name(first),
        to_week=week_name(last),
        hours=request.hours,
    )


@staff_router.get("/capacity")
async def read_capacity(uow: Uow) -> CapacityOut:
    """The registered hours of every role, from this week on."""
    return CapacityOut(roles=[RoleCapacity.of(role) for role in await planner.read_capacity(uow)])


@staff_router.post("/plans", status_code=202, dependencies=[LEADS_CASES])
async def request_plan(uow: Uow, request: RequestPlan) -> PlanSummaryOut:
    """Ask for a plan of the pipeline as it stands; read it here when it is computed."""
    plan = await planner.request_plan(uow, request.title, request.include, request.services)
    return PlanSummaryOut.of(plan)


@staff_router.get("/plans")
async def list_plans(uow: Uow, after: After = None, limit: Limit = 50) -> Page[PlanSummaryOut]:
    """The plans that are kept, the newest first."""
    rows = await planner.list_plans(uow, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=PlanSummaryOut.of)


@staff_router.get("/plans/{plan_id}")
async def read_plan(
    uow: Uow,
    plan_id: Identifier,
    late: Annotated[bool, Query(description="Only who misses, or is not placed.")] = False,
) -> PipelinePlanOut:
    """A plan: when each agency goes live, who misses and why, and what it would take."""
    return PipelinePlanOut.whole(await planner.read_plan(uow, plan_id), late_only=late)
