"""HTTP of parallel runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.chassis.app import (
    UnitOfWorkRoute,
    Uow,
    UploadedFile,
    upload_route,
    upload_schema,
)
from services.chassis.preconditions import HONOURS_IF_MATCH
from services.chassis.schemas import Identifier
from services.contracts.values import Slug, YearMonth
from services.onboarding.implementation.parallel_runs import service
from services.onboarding.implementation.parallel_runs.csv_file import KIND_PATTERN
from services.onboarding.implementation.parallel_runs.schemas import (
    ParallelRunOut,
    ParallelRunsOut,
    ParallelRunSummary,
    PostParallelRun,
    PutExplanation,
)
from services.onboarding.implementation.reconciliation.schemas import PostApproval
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

_PREFIX = "/cases/{case_id}/parallel-runs"
_MAX_FILE_BYTES = 1_000_000

router = APIRouter(prefix=_PREFIX, tags=["implementation"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix=_PREFIX, tags=["implementation"], route_class=UnitOfWorkRoute)
agency_router = APIRouter(prefix=_PREFIX, tags=["implementation"], route_class=UnitOfWorkRoute)
upload_router = APIRouter(
    prefix=_PREFIX,
    tags=["implementation"],
    route_class=upload_route("text/csv", max_bytes=_MAX_FILE_BYTES),
)

Kind = Annotated[str, Path(pattern=KIND_PATTERN, max_length=20)]


@router.get("")
async def list_parallel_runs(uow: Uow, case_id: Identifier) -> ParallelRunsOut:
    """The parallel runs of the case."""
    runs = await service.runs(uow, case_id)
    return ParallelRunsOut(items=[ParallelRunSummary.of(run) for run in runs])


@router.get("/{run_id}")
async def read_parallel_run(uow: Uow, case_id: Identifier, run_id: Identifier) -> ParallelRunOut:
    """A parallel run with every kind of pay."""
    return ParallelRunOut.of(await service.read(uow, case_id, run_id))


@staff_router.post("", status_code=201, dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def report_parallel_run(
    uow: Uow, case_id: Identifier, request: PostParallelRun
) -> ParallelRunOut:
    """Report how a month came out in the old and the new system."""
    rows = [row.reported() for row in request.rows]
    return ParallelRunOut.of(
        await service.report(uow, case_id, request.service, request.period, rows)
    )


@upload_router.post(
    "/file",
    status_code=201,
    dependencies=[LEADS_CASES, HONOURS_IF_MATCH],
    openapi_extra=upload_schema("text/csv"),
)
async def upload_parallel_run(
    uow: Uow,
    case_id: Identifier,
    service_key: Annotated[Slug, Query(alias="service")],
    period: Annotated[YearMonth, Query()],
    file: UploadedFile,
) -> ParallelRunOut:
    """Report a run from a CSV file; its faults are listed by row and column."""
    return ParallelRunOut.of(
        await service.report_file(uow, case_id, service_key, period, file.content)
    )


@router.put("/{run_id}/differences/{kind}", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def explain_difference(
    uow: Uow, case_id: Identifier, run_id: Identifier, kind: Kind, request: PutExplanation
) -> ParallelRunOut:
    """Class and explain why a kind of pay differs beyond tolerance."""
    return ParallelRunOut.of(
        await service.explain(uow, case_id, run_id, kind, request.cause, request.explanation)
    )


@agency_router.post("/{run_id}/approval", status_code=201, dependencies=[HONOURS_IF_MATCH])
async def decide_parallel_run(
    uow: Uow, case_id: Identifier, run_id: Identifier, request: PostApproval
) -> ParallelRunOut:
    """Approve or reject the run."""
    return ParallelRunOut.of(
        await service.decide(uow, case_id, run_id, approved=request.approved, remark=request.note)
    )
