"""HTTP of phase 3: the agreement of a case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import Identifier
from services.onboarding.agreements import (
    clause_service,
    repository,
    service,
    signature_service,
)
from services.onboarding.agreements import standing_service as standing
from services.onboarding.agreements.schemas import (
    AgreementOut,
    AgreementSummary,
    CheckOut,
    ClauseWordingOut,
    DifferencesOut,
    DraftAgreement,
    SignAgreement,
    VersionsOut,
    WordClause,
    WordedOut,
    WordingsOut,
)
from services.onboarding.roles import LEADS_CASES, WORKS_ON_CASES

PREFIX = "/cases/{case_id}/agreement"
router = APIRouter(prefix=PREFIX, tags=["agreement"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix=PREFIX, tags=["agreement"], route_class=UnitOfWorkRoute)

VersionNumber = Annotated[int, Path(ge=1, le=1000, description="The version's number.")]
ClauseKey = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


@staff_router.post("", status_code=201, dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def draft_agreement(
    uow: Uow, case_id: Identifier, request: DraftAgreement, response: Response
) -> AgreementOut:
    """Draft the agreement, or a new version; signatures do not carry over.

    The check refuses what is empty, contradicts itself or repeats what law regulates.
    """
    version = await service.draft(uow, case_id, request.choices())
    await _show_etag(uow, case_id, response)
    return AgreementOut.of(version)


@router.get("")
async def read_agreement(uow: Uow, case_id: Identifier, response: Response) -> AgreementOut:
    """The latest version, whole. Its ``ETag`` is the agreement's revision."""
    agreement, version = await service.latest(uow, case_id)
    response.headers["ETag"] = etag(agreement.revision)
    return AgreementOut.of(version)


@router.get("/check")
async def check_agreement(uow: Uow, case_id: Identifier) -> CheckOut:
    """Everything that keeps the latest version from being an agreement."""
    return CheckOut.of(*await service.findings(uow, case_id))


@router.get("/versions")
async def list_versions(uow: Uow, case_id: Identifier) -> VersionsOut:
    """Every version, from the first, in short."""
    _, found = await standing.versions_of_case(uow, case_id)
    return VersionsOut(items=[AgreementSummary.of(version) for version in found])


@router.get("/versions/{version}")
async def read_version(uow: Uow, case_id: Identifier, version: VersionNumber) -> AgreementOut:
    """One version, whole."""
    _, found = await standing.versions_of_case(uow, case_id)
    return AgreementOut.of(standing.version_of(found, version))


@router.get("/versions/{version}/differences/{other}")
async def read_differences(
    uow: Uow, case_id: Identifier, version: VersionNumber, other: VersionNumber
) -> DifferencesOut:
    """What differs from one version to another, as data and as Swedish text."""
    _, found = await standing.versions_of_case(uow, case_id)
    return DifferencesOut.of(version, other, standing.differing(found, version, other))


@router.get("/clause-deviations")
async def list_clause_deviations(uow: Uow, case_id: Identifier) -> WordingsOut:
    """The clauses that the drafts of the case word differently from the standard."""
    own = await clause_service.own_wordings(uow, case_id)
    return WordingsOut(items=[ClauseWordingOut.model_validate(one) for one in own])


@router.post("/clause-deviations", status_code=201, dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def word_clause(
    uow: Uow, case_id: Identifier, request: WordClause, response: Response
) -> WordedOut:
    """Word a clause differently, for a reason and until a day; an unsigned draft follows.

    A clause about what law already regulates is refused, and the law is named.
    """
    own, version = await clause_service.word_clause(uow, case_id, request.wording())
    await _show_etag(uow, case_id, response)
    return WordedOut(
        wording=ClauseWordingOut.model_validate(own),
        redrafted=AgreementSummary.of(version) if version else None,
    )


@router.post(
    "/clause-deviations/{clause}/withdrawal",
    status_code=201,
    dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH],
)
async def drop_clause_wording(
    uow: Uow, case_id: Identifier, clause: ClauseKey, response: Response
) -> WordedOut:
    """Go back to the standard's wording of a clause; an unsigned draft follows."""
    version = await clause_service.drop_wording(uow, case_id, clause)
    await _show_etag(uow, case_id, response)
    return WordedOut(wording=None, redrafted=AgreementSummary.of(version) if version else None)


@router.post("/signatures", status_code=201, dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH])
async def sign_agreement(
    uow: Uow, case_id: Identifier, request: SignAgreement, response: Response
) -> AgreementSummary:
    """Sign the latest version for your side; the last decision puts it into effect."""
    agreement, version = await signature_service.sign_in_case(
        uow, case_id, request.signatory(), request.content_hash
    )
    response.headers["ETag"] = etag(agreement.revision)
    return AgreementSummary.of(version)


async def _show_etag(uow: Uow, case_id: str, response: Response) -> None:
    agreement = await repository.of_case(uow.session, case_id)
    if agreement is not None:
        response.headers["ETag"] = etag(agreement.revision)
