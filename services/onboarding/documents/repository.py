"""Documents in storage; their bytes are read only when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.documents.domain import Document, DocumentKind, Holdings
from services.onboarding.parties import Party
from services.onboarding.tables import ExitRow, ExitTaskStatementRow, PlanTaskRow, ReadinessRow
from services.onboarding.tables.documents import DocumentRow

WITHDRAWN = "withdrawn"
"""What the subject of a withdrawn document begins with, so that its content is free again."""


async def add(session: AsyncSession, document: Document, content: bytes) -> None:
    """Store a document.

    Raises:
        sqlalchemy.exc.IntegrityError: the case has one of that kind and subject.
    """
    session.add(
        DocumentRow(
            id=document.id,
            case_id=document.case_id,
            kind=document.kind.value,
            subject=document.subject,
            name=document.name,
            purpose=document.purpose,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
            party=document.party.value if document.party else None,
            added_at=document.added_at,
            content=content,
        )
    )
    await session.flush()


async def find(session: AsyncSession, case_id: str, document_id: str) -> Document | None:
    """A document of a case."""
    row = await session.scalar(
        select(DocumentRow)
        .where(DocumentRow.id == document_id, DocumentRow.case_id == case_id)
        .execution_options(populate_existing=True)
    )
    return _document(row) if row else None


async def find_by_subject(
    session: AsyncSession, case_id: str, kind: DocumentKind, subject: str
) -> Document | None:
    """The document of a case that is about one thing."""
    row = await session.scalar(
        select(DocumentRow).where(
            DocumentRow.case_id == case_id,
            DocumentRow.kind == kind.value,
            DocumentRow.subject == subject,
        )
    )
    return _document(row) if row else None


async def withdraw(session: AsyncSession, document: Document, reason: str, at: datetime) -> None:
    """Note that a document was withdrawn; the same content may be added anew."""
    await session.execute(
        update(DocumentRow)
        .where(DocumentRow.id == document.id)
        .values(withdrawn_at=at, withdrawal_reason=reason, subject=f"{WITHDRAWN}/{document.id}")
    )


async def relied_on_by(session: AsyncSession, case_id: str, document_id: str) -> tuple[str, ...]:
    """What the parties have stated by a document: readiness, tasks of the plan and of exits."""
    readiness = select(ReadinessRow.item).where(
        ReadinessRow.case_id == case_id, ReadinessRow.document_id == document_id
    )
    planned = select(PlanTaskRow.key).where(
        PlanTaskRow.case_id == case_id, PlanTaskRow.document_id == document_id
    )
    of_exits = (
        select(ExitTaskStatementRow.key)
        .join(ExitRow, ExitRow.id == ExitTaskStatementRow.exit_id)
        .where(ExitRow.case_id == case_id, ExitTaskStatementRow.document_id == document_id)
    )
    found = await session.scalars(union(readiness, planned, of_exits))
    return tuple(sorted(found))


async def content(session: AsyncSession, document_id: str) -> bytes:
    """A document's bytes."""
    found = await session.execute(select(DocumentRow.content).where(DocumentRow.id == document_id))
    return bytes(found.scalar_one())


async def page(
    session: AsyncSession,
    case_id: str,
    kind: DocumentKind | None,
    after: str | None,
    limit: int,
) -> Sequence[Document]:
    """A case's documents in the order they came, behind the given one."""
    query = (
        select(DocumentRow)
        .where(DocumentRow.case_id == case_id)
        .order_by(DocumentRow.id)
        .limit(limit)
    )
    if kind is not None:
        query = query.where(DocumentRow.kind == kind.value)
    if after is not None:
        query = query.where(DocumentRow.id > after)
    return [_document(row) for row in await session.scalars(query)]


async def holdings(session: AsyncSession, case_id: str) -> Holdings:
    """How much evidence a case holds."""
    found = await session.execute(
        select(func.count(), func.coalesce(func.sum(DocumentRow.size), 0)).where(
            DocumentRow.case_id == case_id, DocumentRow.kind == DocumentKind.EVIDENCE.value
        )
    )
    count, total = found.one()
    return Holdings(int(count), int(total))


def _document(row: DocumentRow) -> Document:
    return Document(
        id=row.id,
        case_id=row.case_id,
        kind=DocumentKind(row.kind),
        subject=row.subject,
        name=row.name,
        purpose=row.purpose,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        party=Party(row.party) if row.party else None,
        added_at=row.added_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
    )
