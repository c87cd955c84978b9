"""Use cases: an agreement as PDF, the kept one where there is one."""

from __future__ import annotations

from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements import repository as agreements
from services.onboarding.agreements.domain import AgreementVersion
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import acting, get
from services.onboarding.documents import making, repository
from services.onboarding.documents.agreement import AgreementPaper
from services.onboarding.documents.domain import Document, DocumentKind, case_reference


async def agreement_of_case(
    uow: UnitOfWork, case_id: str, version: int | None
) -> tuple[str, bytes]:
    """File name and PDF of a version of the agreement of a case the actor may see.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    latest = await agreements.latest(uow.session, case_id)
    if latest is None:
        raise not_found("agreement")
    return await _pdf(uow, case, await _version(uow, latest, version))


async def agreement_of_party(
    uow: UnitOfWork, agreement_id: str, version: int | None
) -> tuple[str, bytes]:
    """The same for an agreement that the actor is a party of, beside the case's two.

    Raises:
        Problem: ``not_found``.
    """
    agreement = await agreements.find(uow.session, agreement_id, acting(uow).scope)
    case = await cases.find(uow.session, agreement.case_id, None) if agreement else None
    latest = await agreements.latest(uow.session, case.id) if case else None
    if case is None or latest is None:
        raise not_found("agreement")
    return await _pdf(uow, case, await _version(uow, latest, version))


async def keep_signed(uow: UnitOfWork, agreement_id: str, version: int) -> Document:
    """Keep a version that holds as the PDF it is from now on, in the same transaction.

    Raises:
        LookupError: there is no such version.
    """
    versions = await agreements.versions(uow.session, agreement_id)
    signed = next((one for one in versions if one.version == version), None)
    case = await cases.find(uow.session, signed.case_id, None) if signed else None
    if signed is None or case is None:
        raise LookupError(f"the agreement {agreement_id} has no version {version}")
    reference = case_reference(case.id, case.opened_at)
    return await making.keep_agreement(uow, AgreementPaper(signed, reference))


async def _version(
    uow: UnitOfWork, latest: AgreementVersion, version: int | None
) -> AgreementVersion:
    if version in {None, latest.version}:
        return latest
    versions = await agreements.versions(uow.session, latest.agreement_id)
    found = next((one for one in versions if one.version == version), None)
    if found is None:
        raise not_found("version of the agreement")
    return found


async def _pdf(uow: UnitOfWork, case: Case, version: AgreementVersion) -> tuple[str, bytes]:
    reference = case_reference(case.id, case.opened_at)
    kept = await repository.find_by_subject(
        uow.session, case.id, DocumentKind.AGREEMENT, making.agreement_subject(version)
    )
    if kept is not None:
        return kept.name, await repository.content(uow.session, kept.id)
    content = await making.agreement_pdf(AgreementPaper(version, reference))
    return making.agreement_name(version, reference), content
