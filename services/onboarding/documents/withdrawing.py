"""Use case: withdraw a document that was added by mistake."""

from __future__ import annotations

from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.service import get, note, take
from services.onboarding.cases.timeline import Reference
from services.onboarding.documents import repository
from services.onboarding.documents.domain import Document, DocumentKind
from services.onboarding.documents.problems import (
    DOCUMENT_NOT_YOURS,
    DOCUMENT_RELIED_ON,
    DOCUMENT_SIGNED,
    DOCUMENT_WITHDRAWN,
)
from services.onboarding.gates import evidence


async def withdraw(uow: UnitOfWork, case_id: str, document_id: str, reason: str) -> Document:
    """Withdraw evidence that one's own side added; its entry stays, with the reason.

    From then on its bytes are not handed out, it shows no item of a gate, and nothing can
    refer to it. They are kept, since what came to an authority is not erased by a party.

    Raises:
        Problem: ``not_found``, ``document_signed``, ``document_not_yours``,
            ``document_withdrawn``, ``document_relied_on`` with what a party has stated by
            it, ``precondition_failed``, ``case_paused``, ``case_closed``,
            ``changed_meanwhile``.
    """
    await get(uow, case_id)
    change = await take(uow, case_id)
    document = await repository.find(uow.session, case_id, document_id)
    if document is None:
        raise not_found("document")
    if document.kind is not DocumentKind.EVIDENCE:
        raise Problem(
            DOCUMENT_SIGNED,
            f"{document.name} is what the parties have signed; it is replaced by signing anew.",
        )
    if document.withdrawn_at is not None:
        raise withdrawn_already(document)
    if document.party is not change.party:
        raise Problem(DOCUMENT_NOT_YOURS, "The side that added a document withdraws it.")
    if relying := await repository.relied_on_by(uow.session, case_id, document_id):
        raise Problem(
            DOCUMENT_RELIED_ON,
            f"{document.name} shows what was stated of {', '.join(relying)}. State that anew with"
            " the right document first.",
            relying=list(relying),
        )
    await repository.withdraw(uow.session, document, reason, uow.now)
    shown = await evidence.forget(uow, case_id, document_id)
    no_more = f" It shows {', '.join(shown)} no more." if shown else ""
    await note(
        uow,
        change,
        "document-withdrawn",
        f"withdrew the document {document.name}: {reason}{no_more}",
        [Reference("document", document.id, document.name)],
    )
    found = await repository.find(uow.session, case_id, document_id)
    if found is None:
        raise not_found("document")
    return found


def withdrawn_already(document: Document) -> Problem:
    """That a document is withdrawn, since when and why."""
    return Problem(
        DOCUMENT_WITHDRAWN,
        f"{document.name} was withdrawn; the timeline says by whom and why.",
        withdrawn_at=document.withdrawn_at.isoformat() if document.withdrawn_at else None,
    )
