"""HTTP of a whole case and its way through the gates."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Identifier
from services.onboarding.cases.schemas import CaseSummary
from services.onboarding.gates import service
from services.onboarding.gates.schemas import CaseOut, EnterPhase, GoLive, LiveOut, case_out
from services.onboarding.roles import LEADS_CASES

router = APIRouter(prefix="/cases/{case_id}", tags=["cases"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/cases/{case_id}", tags=["cases"], route_class=UnitOfWorkRoute)


@router.get("")
async def read_case(uow: Uow, case_id: Identifier) -> CaseOut:
    """A case, whole: phase, gates, what is missing, and all that is known of it."""
    return case_out(await service.standing(uow, case_id))


@staff_router.post("/phase", dependencies=[LEADS_CASES])
async def enter_phase(uow: Uow, case_id: Identifier, request: EnterPhase) -> CaseSummary:
    """Let the case pass the gate into its next phase; refused with all that is missing."""
    return CaseSummary.of(await service.enter_phase(uow, case_id, request.to))


@staff_router.post("/go-live", dependencies=[LEADS_CASES])
async def go_live(uow: Uow, case_id: Identifier, request: GoLive) -> LiveOut:
    """Report that a service is in operation; refused with all that is missing."""
    entry = await service.go_live(uow, case_id, request.service, request.live_on)
    return LiveOut.model_validate(entry)
