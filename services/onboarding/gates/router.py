"""HTTP of a whole case and its way through the gates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import Identifier
from services.contracts.values import Phase
from services.onboarding.cases.schemas import CaseSummary
from services.onboarding.gates import evidence, service
from services.onboarding.gates.schemas import (
    CaseOut,
    EnterPhase,
    GateItemOut,
    GoLive,
    LiveOut,
    PutGateItem,
    WithdrawEvidence,
    case_out,
)
from services.onboarding.roles import LEADS_CASES

router = APIRouter(prefix="/cases/{case_id}", tags=["cases"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/cases/{case_id}", tags=["cases"], route_class=UnitOfWorkRoute)

ItemKey = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


@router.get("")
async def read_case(uow: Uow, case_id: Identifier, response: Response) -> CaseOut:
    """A case, whole: phase, gates, what is missing, and all that is known of it."""
    standing = await service.standing(uow, case_id)
    response.headers["ETag"] = etag(standing.case.version)
    return case_out(standing)


@staff_router.post("/phase", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def enter_phase(
    uow: Uow, case_id: Identifier, request: EnterPhase, response: Response
) -> CaseSummary:
    """Let the case pass the gate into its next phase; refused with all that is missing."""
    case = await service.enter_phase(uow, case_id, request.to)
    response.headers["ETag"] = etag(case.version)
    return CaseSummary.of(case)


@staff_router.post("/go-live", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def go_live(uow: Uow, case_id: Identifier, request: GoLive) -> LiveOut:
    """Report that a service is in operation; refused with all that is missing."""
    entry = await service.go_live(uow, case_id, request.service, request.live_on)
    return LiveOut.model_validate(entry)


@staff_router.put("/gate-items/{phase}/{item}", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def put_gate_item(
    uow: Uow, case_id: Identifier, phase: Phase, item: ItemKey, request: PutGateItem
) -> GateItemOut:
    """Set the day and the evidence of an item of the gate that leaves a phase, by hand."""
    await service.put_item(
        uow,
        case_id,
        phase,
        item,
        due_on=request.due_on,
        evidence=request.evidence,
        document_id=request.document_id,
    )
    standing = await service.standing(uow, case_id)
    return GateItemOut.of(standing.item(item), standing)


@staff_router.post(
    "/gate-items/{phase}/{item}/evidence/withdrawal",
    status_code=201,
    dependencies=[LEADS_CASES, HONOURS_IF_MATCH],
)
async def withdraw_gate_evidence(
    uow: Uow, case_id: Identifier, phase: Phase, item: ItemKey, request: WithdrawEvidence
) -> GateItemOut:
    """Withdraw what was wrongly given as an item's evidence; the timeline keeps what it said."""
    await evidence.withdraw(uow, case_id, phase, item, request.reason)
    standing = await service.standing(uow, case_id)
    return GateItemOut.of(standing.item(item), standing)
