"""Makes the documents of a case as PDF, and keeps those that both parties have signed."""

from __future__ import annotations

from datetime import datetime, time

from services.chassis import pdf
from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.agreements.data import wording
from services.onboarding.agreements.domain import AgreementVersion
from services.onboarding.data_files import DATA
from services.onboarding.documents import repository
from services.onboarding.documents.agreement import AgreementPaper, agreement_view
from services.onboarding.documents.domain import Document, DocumentKind, fingerprint
from services.onboarding.documents.letter import LetterPaper, letter_view
from services.onboarding.documents.words import words
from services.onboarding.staffing.service import staffing_rules

TEMPLATES = DATA / "documents"


async def letter_pdf(paper: LetterPaper) -> bytes:
    """A letter of intent as PDF.

    It is dated by its last signature, a draft by its day: the same draft gives the same
    bytes all day.
    """
    made_at = max(
        (signature.signed_at for signature in paper.signatures),
        default=datetime.combine(paper.day, time.min, STOCKHOLM),
    )
    view = letter_view(paper, words(), wording(), staffing_rules())
    return await pdf.make_pdf(TEMPLATES / "letter_of_intent.typ", view, made_at=made_at)


async def agreement_pdf(paper: AgreementPaper) -> bytes:
    """A version of an agreement as PDF, dated by its last signature or its draft."""
    made_at = max(
        (signature.signed_at for signature in paper.version.signatures),
        default=paper.version.drafted_at,
    )
    view = agreement_view(paper, words())
    return await pdf.make_pdf(TEMPLATES / "agreement.typ", view, made_at=made_at)


async def keep_letter(uow: UnitOfWork, case_id: str, paper: LetterPaper) -> Document:
    """Keep the letter that both parties have signed."""
    return await _keep(
        uow,
        case_id,
        DocumentKind.LETTER_OF_INTENT,
        subject=paper.subject,
        name=letter_name(paper),
        purpose="Undertecknad avsiktsförklaring",
        content=await letter_pdf(paper),
    )


async def keep_agreement(uow: UnitOfWork, paper: AgreementPaper) -> Document:
    """Keep a version of an agreement that all its parties have signed."""
    return await _keep(
        uow,
        paper.version.case_id,
        DocumentKind.AGREEMENT,
        subject=agreement_subject(paper.version),
        name=agreement_name(paper.version, paper.reference),
        purpose=f"Undertecknad {paper.version.content.form}",
        content=await agreement_pdf(paper),
    )


def letter_name(paper: LetterPaper) -> str:
    """What the file of a letter of intent is called."""
    return f"Avsiktsförklaring {paper.reference}.pdf"


def agreement_subject(version: AgreementVersion) -> str:
    """What the kept document of a version is found by."""
    return f"{version.agreement_id}/{version.version}"


def agreement_name(version: AgreementVersion, reference: str) -> str:
    """What the file of a version is called."""
    form = version.content.form
    return f"{form[:1].upper()}{form[1:]} {reference} version {version.version}.pdf"


async def _keep(
    uow: UnitOfWork,
    case_id: str,
    kind: DocumentKind,
    *,
    subject: str,
    name: str,
    purpose: str,
    content: bytes,
) -> Document:
    known = await repository.find_by_subject(uow.session, case_id, kind, subject)
    if known is not None:
        return known
    document = Document(
        id=new_id(),
        case_id=case_id,
        kind=kind,
        subject=subject,
        name=name,
        purpose=purpose,
        media_type=pdf.MEDIA_TYPE,
        size=len(content),
        sha256=fingerprint(content),
        party=None,
        added_at=uow.now,
    )
    await repository.add(uow.session, document, content)
    return document
