"""HTTP of phase 1; what a party does, it does for its own side."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Identifier
from services.onboarding.letter_of_intent import service
from services.onboarding.letter_of_intent.schemas import (
    BaselineOut,
    FeeIndicationOut,
    LetterSignatureOut,
    MemberOut,
    PutBaseline,
    PutStaffing,
    PutTimePlan,
    RequestFeeIndication,
    SignLetter,
    StaffingOut,
    TimePlanOut,
)
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

router = APIRouter(
    prefix="/cases/{case_id}", tags=["letter of intent"], route_class=UnitOfWorkRoute
)
staff_router = APIRouter(
    prefix="/cases/{case_id}", tags=["letter of intent"], route_class=UnitOfWorkRoute
)


@router.put("/staffing", dependencies=[WORKS_ON_CASES])
async def put_staffing(uow: Uow, case_id: Identifier, request: PutStaffing) -> StaffingOut:
    """Name who works on the case on your side."""
    party, members = await service.put_staffing(uow, case_id, request.staff())
    return StaffingOut(
        party=party, members=[MemberOut.model_validate(member) for member in members]
    )


@staff_router.put("/time-plan", dependencies=[LEADS_CASES])
async def put_time_plan(uow: Uow, case_id: Identifier, request: PutTimePlan) -> TimePlanOut:
    """Set the preliminary time plan; under 20 weeks it needs a reason."""
    return TimePlanOut.model_validate(await service.put_time_plan(uow, case_id, request.plan()))


@router.put("/baseline", dependencies=[WORKS_ON_CASES])
async def put_baseline(uow: Uow, case_id: Identifier, request: PutBaseline) -> BaselineOut:
    """Record what the customer's own way costs and holds today."""
    baseline = await service.put_baseline(uow, case_id, request.baseline())
    return BaselineOut.model_validate(baseline)


@router.post(
    "/fee-indications",
    status_code=202,
    dependencies=[WORKS_ON_CASES],
)
async def request_fee_indication(
    uow: Uow, case_id: Identifier, request: RequestFeeIndication
) -> FeeIndicationOut:
    """Ask what the services would cost; the answer shows up here and in the case."""
    indication = await service.request_fee_indication(uow, case_id, request.tariff)
    return FeeIndicationOut.of(indication)


@router.get("/fee-indications/{indication_id}")
async def read_fee_indication(
    uow: Uow, case_id: Identifier, indication_id: Identifier
) -> FeeIndicationOut:
    """One fee indication, with its calculation once it is answered."""
    return FeeIndicationOut.of(await service.get_fee_indication(uow, case_id, indication_id))


@router.post(
    "/letter-of-intent/signatures",
    status_code=201,
    dependencies=[WORKS_ON_CASES],
)
async def sign_letter(uow: Uow, case_id: Identifier, request: SignLetter) -> LetterSignatureOut:
    """Sign the letter of intent for your side."""
    signature = await service.sign_letter(uow, case_id, request.name, request.title)
    return LetterSignatureOut.model_validate(signature)
