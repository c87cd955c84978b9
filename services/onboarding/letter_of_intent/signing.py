"""Use cases of the letter of intent: read it, sign it, have it as PDF.

A signature is bound to the hash of the letter it was given under. While the case is in
phase 1, a letter that changes makes the signatures under it fall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.agreements.data import standard_in_force
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import Case
from services.onboarding.cases.service import CENTRE_NAME, get, note, take, today
from services.onboarding.cases.timeline import Reference
from services.onboarding.catalogue.service import catalogue
from services.onboarding.documents import making
from services.onboarding.documents import repository as documents
from services.onboarding.documents.domain import Document, DocumentKind, case_reference
from services.onboarding.documents.letter import LetterPaper, letter_subject
from services.onboarding.letter_of_intent import repository
from services.onboarding.letter_of_intent.domain import LetterSignature
from services.onboarding.letter_of_intent.problems import LETTER_TEXT_CHANGED
from services.onboarding.letter_of_intent.service import Preparation, preparation
from services.onboarding.parties import Party
from services.onboarding.problems import ALREADY_SIGNED


@dataclass(frozen=True)
class LetterStanding:
    """A case's letter of intent; ``document`` is the kept one that both have signed."""

    case: Case
    gathered: Preparation
    document: Document | None


async def read(uow: UnitOfWork, case_id: str) -> LetterStanding:
    """The letter of intent of a case the actor may see, however far it has come.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    gathered = await preparation(uow, case)
    return LetterStanding(case, gathered, await _kept(uow, case_id, gathered))


async def sign(
    uow: UnitOfWork,
    case_id: str,
    name: str,
    title: str,
    mandate: str | None,
    signed_hash: str | None,
) -> LetterSignature:
    """Sign the letter of intent for the actor's own side; the second one makes the document.

    Args:
        signed_hash: the hash of the letter that the signatory has read; None signs it as
            it reads now.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``letter_text_changed``,
            ``already_signed``, and what ``take`` refuses.
    """
    change = await take(uow, case_id, Phase.LETTER_OF_INTENT)
    gathered = await preparation(uow, change.case)
    if signed_hash not in {None, gathered.letter_hash}:
        raise Problem(
            LETTER_TEXT_CHANGED,
            "The letter of intent reads otherwise than the one you have the hash of. Read it"
            " again and sign the hash it shows.",
            content_hash=gathered.letter_hash,
        )
    if any(signature.party is change.party for signature in gathered.letter_signatures):
        raise Problem(ALREADY_SIGNED, "Your side has signed the letter of intent; once is enough.")
    signature = LetterSignature(
        party=change.party,
        name=name,
        title=title,
        signed_at=uow.now,
        mandate=mandate,
        content_hash=gathered.letter_hash,
    )
    await repository.put_letter_signature(uow.session, case_id, signature)
    paper = _paper(uow, change.case, gathered, (*gathered.letter_signatures, signature))
    refs = []
    if paper.is_signed:
        document = await making.keep_letter(uow, case_id, paper)
        refs.append(Reference("document", document.id, document.name))
    did = f"signed the letter of intent through {name}, {title}."
    await note(uow, change, "letter-signed", did, refs)
    return signature


async def pdf(uow: UnitOfWork, case_id: str) -> tuple[str, bytes]:
    """The letter's file name and PDF: the kept one once both have signed, else a draft.

    Raises:
        Problem: ``not_found``.
    """
    standing = await read(uow, case_id)
    if standing.document is not None:
        kept = standing.document
        return kept.name, await documents.content(uow.session, kept.id)
    gathered = standing.gathered
    paper = _paper(uow, standing.case, gathered, gathered.letter_signatures)
    return making.letter_name(paper), await making.letter_pdf(paper)


async def let_fall(uow: UnitOfWork, case_id: str) -> tuple[Party, ...]:
    """Mark the signatures that a change of the letter has left without their text.

    Runs in the transaction of every change of a case, and says in the timeline whose
    signature fell.

    Returns:
        Whose signatures fell now.
    """
    if not await repository.is_signed_in(uow.session, case_id, Phase.LETTER_OF_INTENT):
        return ()
    case = await cases.find(uow.session, case_id, None)
    if case is None:
        return ()
    gathered = await preparation(uow, case)
    fallen = [one for one in gathered.fallen_signatures if one.fell_at is None]
    for signature in fallen:
        await repository.put_letter_signature(
            uow.session, case_id, replace(signature, fell_at=uow.now)
        )
        who = case.customer_name if signature.party is Party.CUSTOMER else CENTRE_NAME
        await cases.add_timeline(
            uow.session,
            case_id,
            uow.now,
            who,
            "letter-signature-fell",
            f"{who} has to sign the letter of intent anew: it changed after the signature of"
            f" {signature.name}.",
        )
    return tuple(signature.party for signature in fallen)


async def after_change(uow: UnitOfWork, case_id: str) -> None:
    """``let_fall`` as the work that follows every change of a case."""
    await let_fall(uow, case_id)


async def _kept(uow: UnitOfWork, case_id: str, gathered: Preparation) -> Document | None:
    if len(gathered.letter_signatures) < len(Party):
        return None
    subject = letter_subject(gathered.letter_signatures)
    return await documents.find_by_subject(
        uow.session, case_id, DocumentKind.LETTER_OF_INTENT, subject
    )


def _paper(
    uow: UnitOfWork,
    case: Case,
    gathered: Preparation,
    signatures: tuple[LetterSignature, ...],
) -> LetterPaper:
    offered = catalogue(case.catalogue_version)
    return LetterPaper(
        letter=gathered.letter,
        content_hash=gathered.letter_hash,
        centre_name=standard_in_force().centre_name,
        services={key: offered.service(key).name_sv for key in case.service_keys},
        signatures=signatures,
        comparison=gathered.cost_comparison,
        reference=case_reference(case.id, case.opened_at),
        day=today(uow),
    )
