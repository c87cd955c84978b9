"""HTTP of phase 4; going live is in ``gates``, since it asks whether they hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH
from services.chassis.schemas import Identifier
from services.contracts.values import Slug
from services.onboarding.implementation import decisions, overview, roll_backs, service
from services.onboarding.implementation.schemas import (
    GoDecisionOut,
    ImplementationOut,
    PostGoDecision,
    PostRollBack,
    PutReadiness,
    ReadinessOut,
    RollBackOut,
)
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

router = APIRouter(prefix="/cases/{case_id}", tags=["implementation"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(
    prefix="/cases/{case_id}", tags=["implementation"], route_class=UnitOfWorkRoute
)

Key = Annotated[Slug, Path()]


@router.get("/implementation")
async def read_implementation(uow: Uow, case_id: Identifier) -> ImplementationOut:
    """Phase 4 whole: what each service waits for, decisions and roll-backs with history."""
    return ImplementationOut.of(await overview.overview(uow, case_id))


@router.put("/readiness/{item}", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def put_readiness(
    uow: Uow, case_id: Identifier, item: Key, request: PutReadiness
) -> ReadinessOut:
    """Say for your side whether an item is ready."""
    case, known, statements = await service.put_readiness(uow, case_id, request.said(item))
    return ReadinessOut.of(known, statements, case.service_keys)


@router.post("/go-decisions", status_code=201, dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def post_go_decision(uow: Uow, case_id: Identifier, request: PostGoDecision) -> GoDecisionOut:
    """Decide go or no-go for your side; a later decision replaces it."""
    return GoDecisionOut.of(await decisions.decide_go(uow, case_id, request.verdicts()))


@staff_router.post(
    "/services/{service_key}/roll-back",
    status_code=201,
    dependencies=[LEADS_CASES, HONOURS_IF_MATCH],
)
async def roll_back(
    uow: Uow, case_id: Identifier, service_key: Key, request: PostRollBack
) -> RollBackOut:
    """Take a service back within the agreed time after go-live."""
    return RollBackOut.model_validate(
        await roll_backs.roll_back(uow, case_id, service_key, request.taken_back())
    )
