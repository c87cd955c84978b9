"""HTTP of phase 5."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Identifier
from services.onboarding.stabilisation import service
from services.onboarding.stabilisation.schemas import CaseStabilityOut

router = APIRouter(
    prefix="/cases/{case_id}/stabilisation", tags=["stabilisation"], route_class=UnitOfWorkRoute
)


@router.get("")
async def read_stabilisation(uow: Uow, case_id: Identifier) -> CaseStabilityOut:
    """Months met in a row, which level missed when, open critical matters, earliest day."""
    return CaseStabilityOut.of(await service.read(uow, case_id))
