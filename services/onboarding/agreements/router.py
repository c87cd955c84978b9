"""HTTP of phase 3."""

from __future__ import annotations

from fastapi import APIRouter

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Identifier
from services.onboarding.agreements import service
from services.onboarding.agreements.schemas import (
    AgreementOut,
    AgreementSummary,
    DraftAgreement,
    SignAgreement,
)
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

router = APIRouter(
    prefix="/cases/{case_id}/agreement", tags=["agreement"], route_class=UnitOfWorkRoute
)
staff_router = APIRouter(
    prefix="/cases/{case_id}/agreement", tags=["agreement"], route_class=UnitOfWorkRoute
)


@staff_router.post("", status_code=201, dependencies=[LEADS_CASES])
async def draft_agreement(uow: Uow, case_id: Identifier, request: DraftAgreement) -> AgreementOut:
    """Draft the agreement, or a new version; signatures do not carry over."""
    version = await service.draft(uow, case_id, request.collaboration_template, request.terms())
    return AgreementOut.of(version)


@router.get("")
async def read_agreement(uow: Uow, case_id: Identifier) -> AgreementOut:
    """The latest version, whole."""
    return AgreementOut.of(await service.latest(uow, case_id))


@router.post("/signatures", status_code=201, dependencies=[WORKS_ON_CASES])
async def sign_agreement(uow: Uow, case_id: Identifier, request: SignAgreement) -> AgreementSummary:
    """Sign the latest version for your side; the second signature puts it into effect."""
    version = await service.sign(
        uow, case_id, request.name, request.title, request.mandate, request.content_hash
    )
    return AgreementSummary.of(version)
