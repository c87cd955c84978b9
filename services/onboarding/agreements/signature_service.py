"""Use cases: decide on a version for one's own party; the last decision puts it into effect."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import ServiceEnded
from services.contracts.values import EndReason, Phase
from services.onboarding.agencies.domain import Head
from services.onboarding.agreements import calendar_service as calendar
from services.onboarding.agreements import decision_repository, repository
from services.onboarding.agreements import delegation_repository as delegations
from services.onboarding.agreements.checks import check
from services.onboarding.agreements.data import head_titles, regulated_matters
from services.onboarding.agreements.domain import (
    Agreement,
    AgreementSignature,
    AgreementVersion,
    VersionOrigin,
)
from services.onboarding.agreements.events import agreement_signed, record_of_case
from services.onboarding.agreements.holding import (
    Held,
    hold,
    party_key,
    party_name,
    tell,
    visible,
)
from services.onboarding.agreements.problems import (
    AGREEMENT_NOT_IN_FORCE,
    DELEGATION_EXCEEDED,
    DELEGATION_MISSING,
    DELEGATION_NOT_IN_FORCE,
    EFFECTIVE_DAY_PASSED,
    URGENCY_NOT_STATED,
)
from services.onboarding.agreements.service import require_sound
from services.onboarding.agreements.signing import (
    DelegationExceededError,
    DelegationMissingError,
    DelegationNotInForceError,
    delegation_for,
    signs_by_office,
)
from services.onboarding.canonical import content_hash
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import Case, CaseStatus
from services.onboarding.cases.service import changed_meanwhile, get, take, today
from services.onboarding.documents import papers
from services.onboarding.gap_analysis.problems import MANDATE_MISSING
from services.onboarding.parties import Party
from services.onboarding.problems import (
    AGREEMENT_ALREADY_SIGNED,
    AGREEMENT_NOT_DRAFTED,
    AGREEMENT_TEXT_CHANGED,
    ALREADY_SIGNED,
    WRONG_PHASE,
)


@dataclass(frozen=True)
class Signatory:
    """Who signs: name, title, and the mandate that the right rests on."""

    name: str
    title: str
    mandate: str


async def sign_in_case(
    uow: UnitOfWork, case_id: str, signatory: Signatory, signed_hash: str
) -> tuple[Agreement, AgreementVersion]:
    """Decide on the version that a case rests on, for the actor's own side.

    Raises:
        Problem: ``not_found``, ``agreement_not_drafted``, and what ``decide`` refuses.
    """
    await get(uow, case_id)
    agreement = await repository.of_case(uow.session, case_id)
    if agreement is None:
        await take(uow, case_id, Phase.AGREEMENT, if_match=False)
        raise Problem(AGREEMENT_NOT_DRAFTED, "There is no text to sign; the centre drafts it.")
    return await decide(uow, agreement.id, signatory, signed_hash)


async def decide(
    uow: UnitOfWork, agreement_id: str, signatory: Signatory, signed_hash: str
) -> tuple[Agreement, AgreementVersion]:
    """Decide on the newest version for the actor's own party.

    When every party has decided on the same text, signing configures the services: the
    event carries the document's own data.

    Raises:
        Problem: ``not_found``, ``not_a_party``, ``wrong_phase``, ``case_paused``,
            ``case_closed``, ``agreement_already_signed``, ``agreement_not_in_force``,
            ``agreement_text_changed``, ``already_signed``, ``mandate_missing``,
            ``urgency_not_stated``, ``effective_day_passed``, ``agreement_not_sound``,
            ``delegation_missing``, ``delegation_not_in_force``, ``delegation_exceeded``,
            ``precondition_failed``, ``changed_meanwhile``.
    """
    agreement = await visible(uow, agreement_id)
    newest = (await repository.versions(uow.session, agreement_id))[-1]
    party = party_key(uow, agreement, newest)
    if newest.origin is VersionOrigin.CASE:
        await _hold_case(uow, party, newest)
    held = await hold(uow, agreement)
    version = held.pending
    if version is None:
        if signed_hash == newest.content_hash and party in newest.decided_by:
            raise _already_signed(newest)
        raise Problem(
            AGREEMENT_ALREADY_SIGNED,
            f"Version {newest.version} is signed by all parties; nothing waits for a decision.",
        )
    await _require_signable(uow, held, version, party, signed_hash)
    delegation_id = await require_signatory(
        uow, agreement, party, signatory, version.content.yearly_fee_ore
    )
    signature = AgreementSignature(
        party=party,
        name=signatory.name,
        title=signatory.title,
        mandate=signatory.mandate,
        content_hash=signed_hash,
        signed_at=uow.now,
        delegation_id=delegation_id,
    )
    try:
        await decision_repository.sign(uow.session, version, signature)
    except IntegrityError as error:
        raise changed_meanwhile("agreement") from error
    by = "by delegation" if delegation_id else "by office"
    did = (
        f"signed version {version.version} of the agreement through {signatory.name},"
        f" {signatory.title}, {by}."
    )
    await tell(uow, agreement, party_name(version, party), "agreement-signed", did, version)
    if version.decided_by | {party} == {each.key for each in version.content.all_parties}:
        await _conclude(uow, held, version)
    signed = await repository.versions(uow.session, agreement_id)
    return held.agreement, next(each for each in signed if each.id == version.id)


async def require_signatory(
    uow: UnitOfWork, agreement: Agreement, party: str, signatory: Signatory, yearly_fee_ore: int
) -> str | None:
    """Make sure that somebody may bind a party; a head by office, others by delegation.

    Returns:
        The delegation's id; None for a head.

    Raises:
        Problem: ``mandate_missing``, ``delegation_missing``, ``delegation_not_in_force``,
            ``delegation_exceeded``.
    """
    if not signatory.mandate.strip():
        raise Problem(MANDATE_MISSING, "Say by what mandate you sign, such as a paragraph.")
    holder = agreement.org_number if party == Party.CUSTOMER else party
    head = await delegations.head_of(uow.session, holder)
    if signs_by_office(signatory.name, signatory.title, head_titles(), head):
        return None
    known = await delegations.delegations_of(uow.session, holder)
    who = f"{signatory.name}, {signatory.title}"
    try:
        return delegation_for(known, signatory.name, signatory.title, today(uow), yearly_fee_ore).id
    except DelegationMissingError as error:
        raise Problem(
            DELEGATION_MISSING,
            f"{who} is not the head of the authority{_by_register(head)} and has no delegation"
            " here; have the head sign, register the head's delegation at /delegations, or, when"
            " the head is a new one, put the register right first.",
        ) from error
    except DelegationNotInForceError as error:
        raise Problem(
            DELEGATION_NOT_IN_FORCE, f"No delegation of {who} holds on {today(uow)}."
        ) from error
    except DelegationExceededError as error:
        raise Problem(
            DELEGATION_EXCEEDED,
            f"The delegation of {who} reaches {error.limit_ore} öre a year; the agreement costs"
            f" {yearly_fee_ore}. Have the head sign.",
            limit_ore=error.limit_ore,
            yearly_fee_ore=yearly_fee_ore,
        ) from error


def _by_register(head: Head | None) -> str:
    """The register's head as a refusal names it: by office, since a name is personal data."""
    return f" (the register has its {head.title} under another name)" if head else ""


async def _require_signable(
    uow: UnitOfWork, held: Held, version: AgreementVersion, party: str, signed_hash: str
) -> None:
    if signed_hash != version.content_hash or content_hash(version.document) != signed_hash:
        raise Problem(
            AGREEMENT_TEXT_CHANGED,
            f"The hash is not that of version {version.version}, the latest. Read the"
            " agreement again and sign the hash it shows.",
            version=version.version,
            content_hash=version.content_hash,
        )
    if party in version.decided_by:
        raise _already_signed(version)
    if held.agreement.has_ended_on(today(uow)):
        raise Problem(AGREEMENT_NOT_IN_FORCE, "The agreement has ended; it takes a new one.")
    if lacking := version.lacks_urgency_of:
        raise Problem(
            URGENCY_NOT_STATED,
            f"Version {version.version} takes effect outside the agreed windows. Both parties"
            f" have to say why it cannot wait; missing: {', '.join(lacking)}.",
            missing=list(lacking),
        )
    effective_on = version.content.effective_on
    if effective_on is not None and effective_on < today(uow):
        raise Problem(
            EFFECTIVE_DAY_PASSED,
            f"Version {version.version} was to hold from {effective_on}; draft it again for a"
            " day ahead.",
            effective_on=str(effective_on),
        )
    require_sound(check(version.document, regulated_matters()))


def _already_signed(version: AgreementVersion) -> Problem:
    return Problem(
        ALREADY_SIGNED, f"Your side has signed version {version.version}; once is enough."
    )


async def _hold_case(uow: UnitOfWork, party: str, version: AgreementVersion) -> None:
    """A version drafted in a case is signed while the case is in its agreement phase, and
    not once the case was sent back from there.
    """
    if party in set(Party):
        change = await take(uow, version.case_id, Phase.AGREEMENT, if_match=False)
        _require_standing(change.case, version)
        return
    # A further party does not see the case, so it cannot take it.
    case = await cases.find(uow.session, version.case_id, None)
    if case is None or case.phase is not Phase.AGREEMENT or case.status is not CaseStatus.ACTIVE:
        raise Problem(
            WRONG_PHASE,
            "The agreement is not up for signing; the customer's case stands elsewhere.",
        )
    _require_standing(case, version)
    if not await cases.advance_version(uow.session, case):
        raise changed_meanwhile("case")


def _require_standing(case: Case, version: AgreementVersion) -> None:
    if not case.counts("agreement", version.drafted_at):
        raise Problem(
            AGREEMENT_NOT_DRAFTED,
            f"Version {version.version} was drafted before the case was sent back and is"
            " history; the centre drafts it anew.",
        )


async def _conclude(uow: UnitOfWork, held: Held, version: AgreementVersion) -> None:
    before = held.signed
    await decision_repository.set_signed(uow.session, version, today(uow))
    content = version.content
    await record_of_case(uow, agreement_signed(version, today(uow)))
    if before is not None:
        kept = {service.service for service in content.services}
        for service in before.content.services:
            if service.service not in kept:
                uow.record(
                    ServiceEnded(
                        agreement_id=version.agreement_id,
                        case_id=held.agreement.case_id,
                        org_number=held.agreement.org_number,
                        service=service.service,
                        last_day=calendar.day_before(content.holds_from),
                        reason=EndReason.TERMINATED,
                    ),
                    version=held.agreement.revision,
                )
    await calendar.follow(uow, version.agreement_id)
    await papers.keep_signed(uow, version.agreement_id, version.version)
