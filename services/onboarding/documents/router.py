"""HTTP of documents: evidence in and out, and the papers of a case as PDF."""

from __future__ import annotations

from hashlib import sha256
from string import ascii_letters, digits
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from services.chassis import pdf
from services.chassis.app import (
    UnitOfWorkRoute,
    Uow,
    UploadedFile,
    upload_route,
    upload_schema,
)
from services.chassis.preconditions import HONOURS_IF_MATCH
from services.chassis.schemas import After, Identifier, Limit, Page, Text, one_more, page_of
from services.onboarding.documents import papers, service, withdrawing
from services.onboarding.documents.content import EXTENSIONS
from services.onboarding.documents.domain import MOST_BYTES, DocumentKind
from services.onboarding.documents.schemas import AddedDocument, DocumentOut, WithdrawDocument
from services.onboarding.letter_of_intent import signing
from services.onboarding.roles import WORKS_ON_CASES

router = APIRouter(tags=["documents"], route_class=UnitOfWorkRoute)

_MEDIA_TYPES = tuple(EXTENSIONS)
_uploads = APIRouter(
    tags=["documents"], route_class=upload_route(*_MEDIA_TYPES, max_bytes=MOST_BYTES)
)


def _file_response(*media_types: str) -> dict[int | str, dict[str, Any]]:
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in media_types}
    return {
        200: {"description": "The file, as an attachment", "content": content},
        304: {"description": "It is the one that If-None-Match names"},
    }


@_uploads.post(
    "/cases/{case_id}/documents",
    status_code=201,
    dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH],
    openapi_extra=upload_schema(*_MEDIA_TYPES),
)
async def add_document(
    uow: Uow,
    case_id: Identifier,
    file: UploadedFile,
    name: Annotated[Text, Query(description="The file's name, with its extension.")],
    purpose: Annotated[Text, Query(description="What it shows, for whoever looks for it.")],
) -> AddedDocument:
    """Add a document as evidence; the body is the file itself, at most 10 MB.

    Content that the case has already is not stored again: the answer is the document as it
    was added first.
    """
    document, new = await service.add_evidence(
        uow, case_id, name, purpose, file.media_type, file.content
    )
    return AddedDocument(**dict(DocumentOut.of(document)), new=new)


router.include_router(_uploads)


@router.get("/cases/{case_id}/documents")
async def list_documents(
    uow: Uow,
    case_id: Identifier,
    kind: DocumentKind | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[DocumentOut]:
    """A case's documents in the order they came: evidence, and what both have signed."""
    rows = await service.page(uow, case_id, kind, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=DocumentOut.of)


@router.get("/cases/{case_id}/documents/{document_id}")
async def read_document(uow: Uow, case_id: Identifier, document_id: Identifier) -> DocumentOut:
    """One document, without its bytes."""
    return DocumentOut.of(await service.read(uow, case_id, document_id))


@router.get(
    "/cases/{case_id}/documents/{document_id}/content",
    response_class=Response,
    responses=_file_response(*_MEDIA_TYPES),
)
async def download_document(
    request: Request, uow: Uow, case_id: Identifier, document_id: Identifier
) -> Response:
    """A document's bytes, as they came."""
    document = await service.read(uow, case_id, document_id)
    if document.withdrawn_at is not None:
        raise withdrawing.withdrawn_already(document)
    tag = f'"{document.sha256}"'
    if _has(request, tag):
        return _not_modified(tag)
    content = await service.read_content(uow, document)
    return _attachment(content, document.name, document.media_type, tag)


@router.post(
    "/cases/{case_id}/documents/{document_id}/withdrawal",
    status_code=201,
    dependencies=[WORKS_ON_CASES, HONOURS_IF_MATCH],
)
async def withdraw_document(
    uow: Uow, case_id: Identifier, document_id: Identifier, request: WithdrawDocument
) -> DocumentOut:
    """Withdraw a document that your side added by mistake; its entry stays, with the reason."""
    return DocumentOut.of(await withdrawing.withdraw(uow, case_id, document_id, request.reason))


@router.get(
    "/cases/{case_id}/letter-of-intent.pdf",
    response_class=Response,
    responses=_file_response(pdf.MEDIA_TYPE),
)
async def letter_of_intent_pdf(request: Request, uow: Uow, case_id: Identifier) -> Response:
    """The letter of intent as PDF: a draft until both have signed, then as it was signed."""
    name, content = await signing.pdf(uow, case_id)
    return _made(request, name, content)


_Version = Annotated[
    int | None,
    Query(ge=1, le=1_000_000, description="Which version; the latest when absent."),
]


@router.get(
    "/cases/{case_id}/agreement.pdf",
    response_class=Response,
    responses=_file_response(pdf.MEDIA_TYPE),
)
async def agreement_pdf(
    request: Request, uow: Uow, case_id: Identifier, version: _Version = None
) -> Response:
    """A version of a case's agreement as PDF, with its annexes."""
    name, content = await papers.agreement_of_case(uow, case_id, version)
    return _made(request, name, content)


@router.get(
    "/agreements/{agreement_id}/agreement.pdf",
    response_class=Response,
    responses=_file_response(pdf.MEDIA_TYPE),
)
async def agreement_pdf_for_any_party(
    request: Request, uow: Uow, agreement_id: Identifier, version: _Version = None
) -> Response:
    """A version of an agreement as PDF, for every party of it."""
    name, content = await papers.agreement_of_party(uow, agreement_id, version)
    return _made(request, name, content)


_PLAIN = frozenset(ascii_letters + digits + ".-")


def _made(request: Request, name: str, content: bytes) -> Response:
    tag = f'"{sha256(content).hexdigest()}"'
    if _has(request, tag):
        return _not_modified(tag)
    return _attachment(content, name, pdf.MEDIA_TYPE, tag)


def _has(request: Request, tag: str) -> bool:
    named = request.headers.get("If-None-Match", "")
    return tag in {one.strip().removeprefix("W/") for one in named.split(",")}


def _not_modified(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag})


def _attachment(content: bytes, name: str, media_type: str, tag: str) -> Response:
    """A file to save, never to show inside of a page of the centre's own (RFC 6266)."""
    plain = "".join(sign if sign in _PLAIN else "_" for sign in name)
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{plain}";'
            f" filename*=UTF-8''{quote(name, safe='')}",
            "ETag": tag,
            "Cache-Control": "private, no-cache",
            "X-Content-Type-Options": "nosniff",
        },
    )
