"""HTTP of staffing; each party names its own side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH
from services.chassis.schemas import Day, Identifier
from services.onboarding.roles import WORKS_ON_CASES
from services.onboarding.staffing import service
from services.onboarding.staffing.schemas import (
    MemberOut,
    PutStaffing,
    StaffingOnDay,
    StaffingOut,
)

router = APIRouter(prefix="/cases/{case_id}/staffing", tags=["cases"], route_class=UnitOfWorkRoute)


@router.put("", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def put_staffing(uow: Uow, case_id: Identifier, request: PutStaffing) -> StaffingOut:
    """Name who works on the case on your side."""
    party, members = await service.put(uow, case_id, request.staff())
    return StaffingOut(
        party=party, members=[MemberOut.model_validate(member) for member in members]
    )


@router.get("")
async def read_staffing(
    uow: Uow,
    case_id: Identifier,
    on: Annotated[Day | None, Query(description="The day to look at; today when absent.")] = None,
) -> StaffingOnDay:
    """Who does which role on a day, deputies standing in, and which roles nobody does."""
    return StaffingOnDay.of(await service.on_day(uow, case_id, on))
