"""HTTP of phase 1; what a party does, it does for its own side."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import Identifier
from services.onboarding.letter_of_intent import service, signing
from services.onboarding.letter_of_intent.baseline_schemas import (
    BaselineOut,
    BaselineRecorded,
    PutBaseline,
)
from services.onboarding.letter_of_intent.schemas import (
    FeeIndicationOut,
    LetterOut,
    LetterSignatureOut,
    RequestFeeIndication,
    SignLetter,
)
from services.onboarding.roles import WORKS_ON_CASES

router = APIRouter(
    prefix="/cases/{case_id}", tags=["letter of intent"], route_class=UnitOfWorkRoute
)


@router.put("/baseline", dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def put_baseline(uow: Uow, case_id: Identifier, request: PutBaseline) -> BaselineRecorded:
    """Record what the customer's own way costs and holds; a signed letter then falls."""
    baseline = await service.put_baseline(uow, case_id, request.baseline())
    fallen = await signing.let_fall(uow, case_id)
    return BaselineRecorded(**dict(BaselineOut.of(baseline)), signatures_fallen=list(fallen))


@router.post(
    "/fee-indications",
    status_code=202,
    dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH],
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


@router.get("/letter-of-intent")
async def read_letter(uow: Uow, case_id: Identifier, response: Response) -> LetterOut:
    """The letter of intent as it reads now, with its hash, its calculation and signatures."""
    standing = await signing.read(uow, case_id)
    response.headers["ETag"] = etag(standing.case.version)
    return LetterOut.of(standing)


@router.post(
    "/letter-of-intent/signatures",
    status_code=201,
    dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH],
)
async def sign_letter(uow: Uow, case_id: Identifier, request: SignLetter) -> LetterSignatureOut:
    """Sign the letter of intent for your side; with the second signature it is kept as PDF."""
    signature = await signing.sign(
        uow, case_id, request.name, request.title, request.mandate, request.content_hash
    )
    return LetterSignatureOut.model_validate(signature)
