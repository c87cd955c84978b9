"""Use cases of phase 3: draft the agreement, word its clauses, read it, check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.chassis.ids import new_id
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.agencies import repository as agencies
from services.onboarding.agreements import delegation_repository as wordings
from services.onboarding.agreements import repository
from services.onboarding.agreements.assembly import (
    AgreementSubject,
    AgreementTerms,
    ClauseWording,
    assemble,
)
from services.onboarding.agreements.checks import Finding, check
from services.onboarding.agreements.data import (
    regulated_matters,
    standard_in_force,
    template,
    wording,
)
from services.onboarding.agreements.differences import differences
from services.onboarding.agreements.document import AgreementContent, AgreementParty, PartyRole
from services.onboarding.agreements.domain import Agreement, AgreementVersion
from services.onboarding.agreements.holding import Held, hold, in_short
from services.onboarding.agreements.joining import joined
from services.onboarding.agreements.problems import (
    AGREEMENT_NOT_SIGNED,
    AGREEMENT_NOT_SOUND,
    DEVIATION_END_INVALID,
    EFFECTIVE_DAY_INVALID,
    FURTHER_PARTY_UNKNOWN,
)
from services.onboarding.canonical import content_hash
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import Change, get, note, take, today
from services.onboarding.cases.timeline import Reference
from services.onboarding.catalogue.service import catalogue
from services.onboarding.gap_analysis import repository as comparisons
from services.onboarding.letter_of_intent.domain import FeeIndication
from services.onboarding.letter_of_intent.service import preparation
from services.onboarding.problems import AGREEMENT_ALREADY_SIGNED, FEE_INDICATION_MISSING


@dataclass(frozen=True)
class Choices:
    """What the parties choose for a draft; further parties by organisation number.

    ``joins`` is the agreement that the case's services are taken into, instead of one of
    their own; its terms and parties then stay.
    """

    terms: AgreementTerms
    template: str
    further_parties: tuple[str, ...] = ()
    joins: str | None = None


async def draft(uow: UnitOfWork, case_id: str, choices: Choices) -> AgreementVersion:
    """Draft the agreement, or a new version of it; signatures do not carry over.

    A signed version stands, unless the case was sent back or something has changed since.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``template_unknown``,
            ``further_party_unknown``, ``agreement_already_signed``,
            ``effective_day_invalid``, ``agreement_not_signed`` of an agreement to join,
            ``fee_indication_missing``, ``deviation_end_invalid``, ``agreement_not_sound``
            with all findings, ``precondition_failed``, ``changed_meanwhile``.
    """
    template(choices.template)
    change = await take(uow, case_id, Phase.AGREEMENT, if_match=False)
    held = await _held(uow, change.case, choices.joins)
    own = await wordings.wordings(uow.session, case_id)
    return await _next_version(uow, change, held, choices, own)


async def latest(uow: UnitOfWork, case_id: str) -> tuple[Agreement, AgreementVersion]:
    """A case's agreement and the version that the case rests on.

    Raises:
        Problem: ``not_found``, for a foreign case and before the first draft.
    """
    await get(uow, case_id)
    version = await repository.latest(uow.session, case_id)
    agreement = await repository.of_case(uow.session, case_id)
    if version is None or agreement is None:
        raise not_found("agreement")
    return agreement, version


async def findings(uow: UnitOfWork, case_id: str) -> tuple[AgreementVersion, tuple[Finding, ...]]:
    """What the check says of the version that a case rests on.

    Raises:
        Problem: ``not_found``.
    """
    _, version = await latest(uow, case_id)
    return version, check(version.document, regulated_matters())


def choices_of(content: AgreementContent) -> Choices:
    """What was chosen for a draft, to draft it anew."""
    terms = AgreementTerms(
        # Of services that join an agreement, the day from which they do.
        valid_from=content.effective_on or content.valid_from,
        years=content.renewal.years,
        stabilisation_periods=content.stabilisation_periods,
        renewal=content.renewal.kind,
        sub_processors=content.data_processing.sub_processors if content.data_processing else None,
        credit_terms=content.credit_terms,
    )
    further = tuple(
        party.org_number
        for party in content.parties
        if party.role is PartyRole.FURTHER and party.org_number is not None
    )
    return Choices(terms, content.collaboration_template, further)


def require_sound(found: Sequence[Finding]) -> None:
    """Refuse a text that the check finds fault with.

    Raises:
        Problem: ``agreement_not_sound`` with the findings, each naming its law if there is one.
    """
    if found:
        raise Problem(
            AGREEMENT_NOT_SOUND,
            f"{len(found)} things keep the text from being an agreement; they are listed.",
            findings=[
                {"code": one.code, "subject": one.subject, "text": one.text, "law": one.law}
                for one in found
            ],
        )


async def _held(uow: UnitOfWork, case: Case, joins: str | None) -> Held:
    agreement = await repository.of_case(uow.session, case.id)
    if agreement is None and joins is not None:
        agreement = await repository.find(uow.session, joins, case.org_number)
        if agreement is None or agreement.org_number != case.org_number:
            raise not_found("agreement of the customer")
    if agreement is not None:
        if joins not in {None, agreement.id}:
            raise not_found("agreement of the customer that the case, drafted already, may join")
        return await hold(uow, agreement)
    agreement = Agreement(new_id(), case.id, case.org_number, revision=1)
    # Nothing is there yet whose ETag anybody can have seen.
    require_version(uow, 0, "agreement", in_short(replace(agreement, revision=0)))
    await repository.add_agreement(uow.session, agreement)
    return Held(agreement, ())


async def redrafted(uow: UnitOfWork, change: Change) -> AgreementVersion | None:
    """Draft an unsigned version anew, after something that it is made from has changed.

    Returns:
        The new version; None when no draft waits for signatures.

    Raises:
        Problem: what ``draft`` refuses.
    """
    agreement = await repository.of_case(uow.session, change.case.id)
    if agreement is None:
        return None
    held = await hold(uow, agreement)
    waiting = held.pending
    if waiting is None:
        return None
    own = await wordings.wordings(uow.session, change.case.id)
    return await _next_version(uow, change, held, choices_of(waiting.content), own)


async def _next_version(
    uow: UnitOfWork,
    change: Change,
    held: Held,
    choices: Choices,
    own: Sequence[ClauseWording],
) -> AgreementVersion:
    case = change.case
    _require_ends_ahead(own, uow)
    offer = catalogue(case.catalogue_version)
    signed = held.signed
    subject = AgreementSubject(
        agreement_id=held.agreement.id,
        case_id=case.id,
        version=held.next_version,
        org_number=case.org_number,
        customer_name=case.customer_name,
        part_of_state=case.part_of_state,
        further_parties=await _further_parties(uow, case, choices.further_parties),
        amends_version=signed.version if signed else None,
    )
    content = assemble(
        subject,
        choices.terms,
        standard_in_force(),
        template(choices.template),
        [offer.service(key) for key in case.service_keys],
        await comparisons.of_case(uow.session, case.id),
        await _fee(uow, case),
        wording(),
        own,
    )
    if held.agreement.case_id != case.id:
        content = _joined(uow, held, content, own)
    _require_future(uow, content)
    document = content.model_dump(mode="json")
    require_sound(check(document, regulated_matters()))
    newest = held.versions[-1] if held.versions else None
    if newest is not None and newest.signed_on is not None:
        _require_something_new(case, newest, document)
    version = AgreementVersion(
        id=new_id(),
        agreement_id=subject.agreement_id,
        case_id=case.id,
        version=subject.version,
        document=document,
        content_hash=content_hash(document),
        drafted_at=uow.now,
        signed_on=None,
        signatures=(),
    )
    await repository.add(uow.session, version)
    did = f"drafted version {version.version} of the {content.form} with its annexes."
    refs = [Reference("agreement", version.id, f"Version {version.version}")]
    await note(uow, change, "agreement-drafted", did, refs)
    return version


def _joined(
    uow: UnitOfWork, held: Held, own: AgreementContent, clauses: Sequence[ClauseWording]
) -> AgreementContent:
    """The customer's agreement with the case's services taken in.

    Both parties have planned for it since the letter of intent, so it does not wait for a
    window of scope change.
    """
    base = held.signed
    if base is None:
        raise Problem(AGREEMENT_NOT_SIGNED, "The agreement to join is not signed yet.")
    last = base.content.valid_until
    if held.agreement.ending is not None:
        last = min(last, held.agreement.ending.last_day)
    earliest = max(today(uow), base.content.holds_from)
    if not earliest <= own.valid_from <= last:
        raise Problem(
            EFFECTIVE_DAY_INVALID,
            f"Services can join the agreement from {earliest} until {last}; {own.valid_from} is"
            " not among those days.",
            earliest=str(earliest),
            latest=str(last),
        )
    return joined(
        base.content,
        own,
        version=own.version,
        effective_on=own.valid_from,
        standard=standard_in_force(),
        clauses=clauses,
    )


def _require_future(uow: UnitOfWork, content: AgreementContent) -> None:
    if content.valid_until < today(uow):
        raise Problem(
            EFFECTIVE_DAY_INVALID,
            f"It would have ended on {content.valid_until}, before anybody can sign it.",
            latest=str(content.valid_until),
        )


def _require_something_new(
    case: Case, signed: AgreementVersion, document: dict[str, object]
) -> None:
    was_reopened = not case.counts("agreement", signed.drafted_at)
    if not was_reopened and not differences(signed.document, document):
        raise Problem(
            AGREEMENT_ALREADY_SIGNED,
            f"Version {signed.version} is signed by all parties and nothing has changed since;"
            " it stands.",
        )


def _require_ends_ahead(own: Sequence[ClauseWording], uow: UnitOfWork) -> None:
    passed = [entry.clause for entry in own if entry.ends_on <= today(uow)]
    if passed:
        raise Problem(
            DEVIATION_END_INVALID,
            f"The end of the own wording of {', '.join(passed)} has passed; give it another end"
            " or go back to the standard.",
            clauses=passed,
        )


async def _further_parties(
    uow: UnitOfWork, case: Case, org_numbers: Sequence[str]
) -> tuple[AgreementParty, ...]:
    parties: list[AgreementParty] = []
    for org_number in dict.fromkeys(org_numbers):
        agency = await agencies.find(uow.session, org_number)
        if agency is None or org_number == case.org_number:
            raise Problem(
                FURTHER_PARTY_UNKNOWN,
                f"{org_number} is not registered, or is the customer itself; a further party is"
                " another registered agency.",
                org_number=org_number,
            )
        parties.append(
            AgreementParty(
                role=PartyRole.FURTHER,
                name=agency.name,
                org_number=org_number,
                part_of_state=agency.part_of_state,
            )
        )
    return tuple(sorted(parties, key=lambda party: party.key))


async def _fee(uow: UnitOfWork, case: Case) -> FeeIndication:
    fee = (await preparation(uow, case)).fee_in_force
    if fee is None:
        raise Problem(
            FEE_INDICATION_MISSING,
            "The agreement carries the fee that was indicated from the baseline as it stands;"
            " ask for a fee indication first.",
        )
    return fee
