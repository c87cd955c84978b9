"""Use cases of documents: add evidence, list, read, refer to one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.service import get, note, take
from services.onboarding.cases.timeline import Reference
from services.onboarding.documents import repository
from services.onboarding.documents.content import (
    EmptyFileError,
    HasMacrosError,
    NameUnusableError,
    NotWhatItSaysError,
    ProtectedError,
    check_content,
    check_name,
)
from services.onboarding.documents.domain import (
    QUOTA_BYTES,
    QUOTA_COUNT,
    Document,
    DocumentKind,
    fingerprint,
)
from services.onboarding.documents.problems import (
    DOCUMENT_EMPTY,
    DOCUMENT_HAS_MACROS,
    DOCUMENT_NAME_UNUSABLE,
    DOCUMENT_NOT_WHAT_IT_SAYS,
    DOCUMENT_PROTECTED,
    DOCUMENT_QUOTA_REACHED,
    DOCUMENT_UNKNOWN,
)


async def add_evidence(
    uow: UnitOfWork, case_id: str, name: str, purpose: str, media_type: str, content: bytes
) -> tuple[Document, bool]:
    """Add a document to a case; content that the case has already is not stored again.

    Returns:
        The document, and whether it is new.

    Raises:
        Problem: ``not_found``, ``document_empty``, ``document_name_unusable``,
            ``document_not_what_it_says``, ``document_protected``, ``document_has_macros``,
            ``document_quota_reached``, and what ``take`` refuses.
    """
    await get(uow, case_id)
    name = unicodedata.normalize("NFC", name)
    _require_usable(name, media_type, content)
    sha256 = fingerprint(content)
    known = await _evidence(uow, case_id, sha256)
    if known is not None:
        return known, False
    change = await take(uow, case_id)
    holdings = await repository.holdings(uow.session, case_id)
    if not holdings.has_room_for(len(content)):
        raise Problem(
            DOCUMENT_QUOTA_REACHED,
            f"The case holds {holdings.count} documents of {holdings.total_bytes} bytes in all;"
            f" {QUOTA_COUNT} of {QUOTA_BYTES} bytes is the most. Keep the document with your"
            " own records and add a note of where it is.",
            count=holdings.count,
            total_bytes=holdings.total_bytes,
            size=len(content),
        )
    document = Document(
        id=new_id(),
        case_id=case_id,
        kind=DocumentKind.EVIDENCE,
        subject=sha256,
        name=name,
        purpose=purpose,
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        party=change.party,
        added_at=uow.now,
    )
    await repository.add(uow.session, document, content)
    await note(
        uow,
        change,
        "document-added",
        f"added the document {name}: {purpose}.",
        [Reference("document", document.id, name)],
    )
    return document, True


async def page(
    uow: UnitOfWork, case_id: str, kind: DocumentKind | None, after: str | None, limit: int
) -> Sequence[Document]:
    """A case's documents in the order they came.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, case_id)
    return await repository.page(uow.session, case_id, kind, after, limit)


async def read(uow: UnitOfWork, case_id: str, document_id: str) -> Document:
    """A document of a case the actor may see.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, case_id)
    document = await repository.find(uow.session, case_id, document_id)
    if document is None:
        raise not_found("document")
    return document


async def read_content(uow: UnitOfWork, document: Document) -> bytes:
    """A document's bytes, as they came."""
    return await repository.content(uow.session, document.id)


async def require(uow: UnitOfWork, case_id: str, document_id: str) -> Document:
    """A document that something in the case refers to as its evidence.

    Raises:
        Problem: ``document_unknown``, when it is not among the case's documents.
    """
    document = await repository.find(uow.session, case_id, document_id)
    if document is None or document.withdrawn_at is not None:
        raise Problem(
            DOCUMENT_UNKNOWN,
            f"{document_id} is not among the case's documents, or was withdrawn; add the document"
            " to the case first and refer to the id it gets.",
            document_id=document_id,
        )
    return document


async def _evidence(uow: UnitOfWork, case_id: str, sha256: str) -> Document | None:
    return await repository.find_by_subject(uow.session, case_id, DocumentKind.EVIDENCE, sha256)


def _require_usable(name: str, media_type: str, content: bytes) -> None:
    try:
        check_name(name, media_type)
        check_content(content, media_type)
    except NameUnusableError as error:
        raise Problem(
            DOCUMENT_NAME_UNUSABLE, f"The name does not do: {error}. Rename the file."
        ) from error
    except EmptyFileError as error:
        raise Problem(
            DOCUMENT_EMPTY, "Nothing is in the file; send the document itself."
        ) from error
    except ProtectedError as error:
        raise Problem(
            DOCUMENT_PROTECTED,
            "Evidence has to be readable by both parties, now and later. Save the document"
            " without a password, in a current format, and send it again.",
        ) from error
    except HasMacrosError as error:
        raise Problem(
            DOCUMENT_HAS_MACROS,
            "The document holds macros, which nobody should have to run. Save it without them.",
        ) from error
    except NotWhatItSaysError as error:
        raise Problem(
            DOCUMENT_NOT_WHAT_IT_SAYS,
            f"The content is not {media_type}: {error}. Send it with the Content-Type that fits,"
            " or save the file anew.",
            media_type=media_type,
        ) from error
