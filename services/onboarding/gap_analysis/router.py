"""HTTP of phase 2."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import Identifier
from services.onboarding.gap_analysis import negotiating, precedents, service
from services.onboarding.gap_analysis.domain import ActivityRef
from services.onboarding.gap_analysis.reading_schemas import PrecedentsOut, StandardisationOut
from services.onboarding.gap_analysis.schemas import (
    AddNegotiationEntry,
    ComparisonOut,
    ComparisonsOut,
    NegotiationEntryOut,
    PutComparison,
    PutDecision,
    WholeComparisonOut,
)
from services.onboarding.gap_analysis.state import ActivityState
from services.onboarding.roles import WORKS_ON_CASES

router = APIRouter(prefix="/cases/{case_id}", tags=["gap analysis"], route_class=UnitOfWorkRoute)

Key = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
ACTIVITY = "/comparisons/{service_key}/{activity}"


@router.get("/comparisons")
async def list_comparisons(uow: Uow, case_id: Identifier) -> ComparisonsOut:
    """Every activity of the case's services, compared or not; and what fell away."""
    return ComparisonsOut.of(await service.of_case(uow, case_id))


@router.get("/standardisation")
async def read_standardisation(uow: Uow, case_id: Identifier) -> StandardisationOut:
    """How near the standard delivery the case comes, with the formula."""
    return StandardisationOut.of_case(await precedents.standardisation(uow, case_id))


@router.get(ACTIVITY)
async def read_comparison(
    uow: Uow, case_id: Identifier, service_key: Key, activity: Key, response: Response
) -> WholeComparisonOut:
    """One activity with every decision there was, and the negotiation."""
    found = await service.whole(uow, case_id, ActivityRef(service_key, activity))
    response.headers["ETag"] = etag(found.state.version)
    return WholeComparisonOut.of_whole(found)


@router.put(ACTIVITY, dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def put_comparison(
    uow: Uow,
    case_id: Identifier,
    service_key: Key,
    activity: Key,
    request: PutComparison,
    response: Response,
) -> ComparisonOut:
    """Hold an activity against the customer's way; a change takes its decision back."""
    ref = ActivityRef(service_key, activity)
    state = await service.compare(uow, case_id, ref, request.draft(), request.expected_version)
    return _tagged(response, state)


@router.put(f"{ACTIVITY}/decision", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def put_decision(
    uow: Uow,
    case_id: Identifier,
    service_key: Key,
    activity: Key,
    request: PutDecision,
    response: Response,
) -> ComparisonOut:
    """Decide what to do about a gap; the decision before it stays in the history."""
    ref = ActivityRef(service_key, activity)
    state = await service.decide(uow, case_id, ref, request.draft(), request.expected_version)
    return _tagged(response, state)


@router.post(
    f"{ACTIVITY}/negotiation", status_code=201, dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH]
)
async def add_negotiation_entry(
    uow: Uow,
    case_id: Identifier,
    service_key: Key,
    activity: Key,
    request: AddNegotiationEntry,
) -> NegotiationEntryOut:
    """Propose, answer or remark for your side; entries are added and never changed."""
    ref = ActivityRef(service_key, activity)
    return NegotiationEntryOut.of(await negotiating.negotiate(uow, case_id, ref, request.draft()))


@router.get(f"{ACTIVITY}/similar")
async def list_similar_gaps(
    uow: Uow,
    case_id: Identifier,
    service_key: Key,
    activity: Key,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> PrecedentsOut:
    """Earlier gaps in the same activity, most like first, and how they were decided."""
    ref = ActivityRef(service_key, activity)
    return PrecedentsOut.of(await precedents.precedents(uow, case_id, ref, limit))


def _tagged(response: Response, state: ActivityState) -> ComparisonOut:
    response.headers["ETag"] = etag(state.version)
    return ComparisonOut.of(state)
