"""HTTP of phase 2."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Identifier
from services.onboarding.gap_analysis import service
from services.onboarding.gap_analysis.domain import ActivityRef
from services.onboarding.gap_analysis.schemas import (
    ComparisonOut,
    ComparisonsOut,
    PutComparison,
    PutDecision,
)
from services.onboarding.roles import WORKS_ON_CASES

router = APIRouter(
    prefix="/cases/{case_id}/comparisons", tags=["gap analysis"], route_class=UnitOfWorkRoute
)

Key = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


@router.get("")
async def list_comparisons(uow: Uow, case_id: Identifier) -> ComparisonsOut:
    """Every activity of the case's services, compared or not."""
    states = await service.of_case(uow, case_id)
    return ComparisonsOut(items=[ComparisonOut.of(state) for state in states])


@router.put("/{service_key}/{activity}", dependencies=[WORKS_ON_CASES])
async def put_comparison(
    uow: Uow, case_id: Identifier, service_key: Key, activity: Key, request: PutComparison
) -> ComparisonOut:
    """Hold an activity against the customer's way; a change takes its decision back."""
    state = await service.compare(
        uow,
        case_id,
        ActivityRef(service_key, activity),
        customer_way=request.customer_way,
        gap=request.gap,
        kind=request.kind,
        size=request.size,
        expected_version=request.expected_version,
    )
    return ComparisonOut.of(state)


@router.put("/{service_key}/{activity}/decision", dependencies=[WORKS_ON_CASES])
async def put_decision(
    uow: Uow, case_id: Identifier, service_key: Key, activity: Key, request: PutDecision
) -> ComparisonOut:
    """Decide what to do about a gap."""
    state = await service.decide(
        uow,
        case_id,
        ActivityRef(service_key, activity),
        request.draft(),
        request.expected_version,
    )
    return ComparisonOut.of(state)
