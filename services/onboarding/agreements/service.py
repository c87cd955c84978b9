"""Use cases of phase 3: draft the agreement, read it, sign it."""

from __future__ import annotations

from functools import cache

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgreementSigned
from services.contracts.values import Phase
from services.onboarding.agreements import repository
from services.onboarding.agreements.document import (
    AgreementStandard,
    CollaborationTemplate,
    CollaborationTemplates,
)
from services.onboarding.agreements.domain import (
    AgreementSignature,
    AgreementSubject,
    AgreementTerms,
    AgreementVersion,
    assemble,
    content_hash,
)
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import Change, get, note, take, today
from services.onboarding.catalogue.service import catalogue
from services.onboarding.data_files import load
from services.onboarding.gap_analysis import repository as comparisons
from services.onboarding.letter_of_intent.domain import FeeIndication
from services.onboarding.letter_of_intent.service import preparation
from services.onboarding.parties import Party
from services.onboarding.problems import (
    AGREEMENT_ALREADY_SIGNED,
    AGREEMENT_NOT_DRAFTED,
    AGREEMENT_TEXT_CHANGED,
    ALREADY_SIGNED,
    FEE_INDICATION_MISSING,
    TEMPLATE_UNKNOWN,
)

STANDARD_IN_FORCE = "2026-1"


@cache
def standard_in_force() -> AgreementStandard:
    """The version of the standard agreement that drafts are made from."""
    return load(AgreementStandard, "agreement_standard", f"{STANDARD_IN_FORCE}.yaml")


@cache
def collaboration_templates() -> CollaborationTemplates:
    """The structures in ``data/collaboration_templates.yaml``."""
    return load(CollaborationTemplates, "collaboration_templates.yaml")


async def draft(
    uow: UnitOfWork, case_id: str, template_key: str, terms: AgreementTerms
) -> AgreementVersion:
    """Draft the agreement, or a new version of it; signatures do not carry over.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``template_unknown``,
            ``agreement_already_signed``, ``fee_indication_missing``,
            ``changed_meanwhile``.
    """
    template = _template(template_key)
    change = await take(uow, case_id, Phase.AGREEMENT)
    case = change.case
    known = await repository.latest(uow.session, case_id)
    if known is not None and known.is_signed:
        raise Problem(
            AGREEMENT_ALREADY_SIGNED,
            f"Version {known.version} is signed by both parties and stands.",
        )
    subject = AgreementSubject(
        agreement_id=known.agreement_id if known else new_id(),
        case_id=case_id,
        version=known.version + 1 if known else 1,
        org_number=case.org_number,
        customer_name=case.customer_name,
        part_of_state=case.part_of_state,
    )
    content = assemble(
        subject,
        terms,
        standard_in_force(),
        template,
        [catalogue().service(key) for key in case.service_keys],
        await comparisons.of_case(uow.session, case_id),
        await _fee(uow, case),
    )
    document = content.model_dump(mode="json")
    version = AgreementVersion(
        id=new_id(),
        agreement_id=subject.agreement_id,
        case_id=case_id,
        version=subject.version,
        document=document,
        content_hash=content_hash(document),
        drafted_at=uow.now,
        signed_on=None,
        signatures=(),
    )
    await repository.add(uow.session, version)
    did = f"drafted version {version.version} of the {content.form} with its annexes."
    await note(uow, change, "agreement-drafted", did)
    return version


async def latest(uow: UnitOfWork, case_id: str) -> AgreementVersion:
    """The latest version of a case's agreement.

    Raises:
        Problem: ``not_found``, for a foreign case and before the first draft.
    """
    await get(uow, case_id)
    version = await repository.latest(uow.session, case_id)
    if version is None:
        raise not_found("agreement")
    return version


async def sign(
    uow: UnitOfWork, case_id: str, name: str, title: str, mandate: str, signed_hash: str
) -> AgreementVersion:
    """Sign the latest version for the actor's own side.

    When both parties have signed the same text, signing configures the services: the
    event carries the document's own data.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``agreement_not_drafted``,
            ``agreement_text_changed``, ``already_signed``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, Phase.AGREEMENT)
    version = await repository.latest(uow.session, case_id)
    if version is None:
        raise Problem(AGREEMENT_NOT_DRAFTED, "There is no text to sign; the centre drafts it.")
    if signed_hash != version.content_hash or content_hash(version.document) != signed_hash:
        raise Problem(
            AGREEMENT_TEXT_CHANGED,
            f"The hash is not that of version {version.version}, the latest. Read the"
            " agreement again and sign the hash it shows.",
            version=version.version,
            content_hash=version.content_hash,
        )
    if change.party in version.signed_by:
        raise Problem(
            ALREADY_SIGNED, f"Your side has signed version {version.version}; once is enough."
        )
    signature = AgreementSignature(change.party, name, title, mandate, signed_hash, uow.now)
    await repository.sign(uow.session, version, signature)
    did = f"signed version {version.version} of the agreement through {name}, {title}."
    await note(uow, change, "agreement-signed", did)
    if version.signed_by | {change.party} == frozenset(Party):
        await _conclude(uow, change, version)
    return await latest(uow, case_id)


async def _conclude(uow: UnitOfWork, change: Change, version: AgreementVersion) -> None:
    signed_on = today(uow)
    await repository.set_signed(uow.session, version, signed_on)
    content = version.content
    uow.record(
        AgreementSigned(
            agreement_id=content.agreement_id,
            case_id=content.case_id,
            org_number=content.customer.org_number,
            customer_name=content.customer.name,
            version=content.version,
            content_hash=version.content_hash,
            signed_on=signed_on,
            valid_from=content.valid_from,
            valid_until=content.valid_until,
            tariff=content.tariff,
            services=content.services,
            responsibilities=content.responsibilities,
            service_hours=content.service_hours,
            collaboration_template=content.collaboration_template,
            forums=content.forums,
            credit_terms=content.credit_terms,
            true_up_days=content.true_up_days,
            stabilisation_periods=content.stabilisation_periods,
        ),
        version=change.case.version,
    )


def _template(key: str) -> CollaborationTemplate:
    templates = {template.key: template for template in collaboration_templates().templates}
    if key not in templates:
        raise Problem(
            TEMPLATE_UNKNOWN,
            f"{key} is no collaboration template; choose one of {', '.join(sorted(templates))}.",
            templates=sorted(templates),
        )
    return templates[key]


async def _fee(uow: UnitOfWork, case: Case) -> FeeIndication:
    fee = (await preparation(uow, case)).fee_in_force
    if fee is None:
        raise Problem(
            FEE_INDICATION_MISSING,
            "The agreement carries the fee that was indicated from the baseline as it stands;"
            " ask for a fee indication first.",
        )
    return fee
