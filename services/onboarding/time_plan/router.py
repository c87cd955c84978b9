"""HTTP of time plans and forecasts; a party reports the tasks it owns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.problems import Problem
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import Phase
from services.onboarding.parties import Owner
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES
from services.onboarding.time_plan import forecasts, service
from services.onboarding.time_plan.domain import TaskStatus
from services.onboarding.time_plan.problems import FORECAST_ENDED
from services.onboarding.time_plan.schemas import (
    ForecastOut,
    PastForecastOut,
    PutTimePlan,
    ReportedTasks,
    ReportTask,
    ReportTasks,
    TaskOut,
    TimePlanWithTasks,
)

router = APIRouter(prefix="/cases/{case_id}", tags=["time plan"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/cases/{case_id}", tags=["time plan"], route_class=UnitOfWorkRoute)

TaskKey = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=160)]


@staff_router.put("/time-plan", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def put_time_plan(
    uow: Uow, case_id: Identifier, request: PutTimePlan, response: Response
) -> TimePlanWithTasks:
    """Set the time plan and lay out its tasks; under 20 weeks it needs a reason."""
    standing = await service.put_time_plan(uow, case_id, request.plan())
    response.headers["ETag"] = etag(standing.version)
    return TimePlanWithTasks.of(standing)


@router.get("/time-plan")
async def read_time_plan(
    uow: Uow,
    case_id: Identifier,
    response: Response,
    phase: Phase | None = None,
    owner: Owner | None = None,
    status: TaskStatus | None = None,
) -> TimePlanWithTasks:
    """The time plan: tasks with their dates, the critical path, and whether it fits."""
    standing = await service.read_time_plan(uow, case_id)
    response.headers["ETag"] = etag(standing.version)
    return TimePlanWithTasks.of(standing, phase, owner, status)


@router.put("/time-plan/tasks", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def report_tasks(
    uow: Uow, case_id: Identifier, request: ReportTasks, response: Response
) -> ReportedTasks:
    """Report several tasks of yours that have come equally far, as after a meeting."""
    tasks, version = await service.report_progress(uow, case_id, request.keys, request.progress())
    response.headers["ETag"] = etag(version)
    return ReportedTasks(items=[TaskOut.of(task) for task in tasks])


@router.put("/time-plan/tasks/{key}", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def report_task(
    uow: Uow, case_id: Identifier, key: TaskKey, request: ReportTask, response: Response
) -> TaskOut:
    """Report how far a task of yours has come."""
    tasks, version = await service.report_progress(uow, case_id, [key], request.progress())
    response.headers["ETag"] = etag(version)
    return TaskOut.of(tasks[0])


@router.get("/forecast")
async def read_forecast(uow: Uow, case_id: Identifier) -> ForecastOut:
    """When the case will go live and be stable, with a range, and why that moved."""
    made = await forecasts.read_forecast(uow, case_id)
    if made is None:
        raise Problem(FORECAST_ENDED, "The case has ended; its past forecasts are kept.")
    return ForecastOut.of(case_id, made)


@router.get("/forecast/history")
async def read_forecast_history(
    uow: Uow, case_id: Identifier, after: After = None, limit: Limit = 50
) -> Page[PastForecastOut]:
    """The forecasts as they were made, the newest first, each with why it moved."""
    rows = await forecasts.forecast_history(uow, case_id, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=PastForecastOut.of)
