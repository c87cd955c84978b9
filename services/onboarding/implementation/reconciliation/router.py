"""HTTP of migration reconciliations."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH
from services.chassis.schemas import Identifier
from services.onboarding.implementation.reconciliation import service
from services.onboarding.implementation.reconciliation.schemas import (
    PostApproval,
    PostReconciliation,
    ReconciliationOut,
    ReconciliationsOut,
)
from services.onboarding.roles import LEADS_CASES

_PREFIX = "/cases/{case_id}/reconciliations"

router = APIRouter(prefix=_PREFIX, tags=["implementation"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix=_PREFIX, tags=["implementation"], route_class=UnitOfWorkRoute)
agency_router = APIRouter(prefix=_PREFIX, tags=["implementation"], route_class=UnitOfWorkRoute)


@router.get("")
async def list_reconciliations(uow: Uow, case_id: Identifier) -> ReconciliationsOut:
    """Every run of the case's migrated batches, earlier ones included."""
    runs = await service.runs(uow, case_id)
    return ReconciliationsOut(items=[ReconciliationOut.of(run) for run in runs])


@staff_router.post("", status_code=201, dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def post_reconciliation(
    uow: Uow, case_id: Identifier, request: PostReconciliation
) -> ReconciliationOut:
    """Record how a migrated batch compares with its source."""
    run = await service.reconcile(
        uow, case_id, request.service, request.batch, request.figures(), request.explanation
    )
    return ReconciliationOut.of(run)


@agency_router.post("/{run_id}/approval", status_code=201, dependencies=[HONOURS_IF_MATCH])
async def decide_explanation(
    uow: Uow, case_id: Identifier, run_id: Identifier, request: PostApproval
) -> ReconciliationOut:
    """Approve or reject the explanation of a difference beyond tolerance."""
    run = await service.decide_explanation(
        uow, case_id, run_id, approved=request.approved, remark=request.note
    )
    return ReconciliationOut.of(run)
