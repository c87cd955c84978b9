"""HTTP of phase 4; going live is in ``gates``, since it asks whether they hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Identifier
from services.onboarding.implementation import service
from services.onboarding.implementation.schemas import (
    GoDecisionOut,
    PostGoDecision,
    PostReconciliation,
    PutReadiness,
    ReadinessOut,
    ReconciliationOut,
)
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

router = APIRouter(prefix="/cases/{case_id}", tags=["implementation"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(
    prefix="/cases/{case_id}", tags=["implementation"], route_class=UnitOfWorkRoute
)

Key = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


@router.put("/readiness/{item}", dependencies=[WORKS_ON_CASES])
async def put_readiness(
    uow: Uow, case_id: Identifier, item: Key, request: PutReadiness
) -> ReadinessOut:
    """Say for your side whether an item is ready."""
    known, statements = await service.put_readiness(
        uow, case_id, item, ready=request.ready, evidence=request.evidence
    )
    return ReadinessOut.of(known, statements)


@staff_router.post("/reconciliations", status_code=201, dependencies=[LEADS_CASES])
async def post_reconciliation(
    uow: Uow, case_id: Identifier, request: PostReconciliation
) -> ReconciliationOut:
    """Record how a migrated batch compares with its source."""
    result = await service.reconcile(
        uow,
        case_id,
        request.batch,
        source_count=request.source_count,
        target_count=request.target_count,
        source_sum_ore=request.source_sum_ore,
        target_sum_ore=request.target_sum_ore,
        explanation=request.explanation,
    )
    return ReconciliationOut.of(result, service.implementation_rules().reconciliation)


@router.post("/go-decisions", status_code=201, dependencies=[WORKS_ON_CASES])
async def post_go_decision(uow: Uow, case_id: Identifier, request: PostGoDecision) -> GoDecisionOut:
    """Decide go or no-go for your side; a later decision replaces it."""
    decision = await service.decide_go(
        uow,
        case_id,
        verdict=request.decision,
        go_live_on=request.go_live_on,
        mandate=request.mandate,
        reason=request.reason,
    )
    return GoDecisionOut.of(decision)
