"""Documents in requests and responses."""

from __future__ import annotations

from pydantic import AwareDatetime

from services.chassis.schemas import LongText, RequestModel, ResponseModel
from services.onboarding.documents.domain import Document, DocumentKind
from services.onboarding.parties import Party


class DocumentOut(ResponseModel):
    """A document of a case; its bytes are at ``content`` below it.

    ``added_by`` is the side that added it, and null for one that the system made from what
    both sides signed. Of one that was withdrawn, ``withdrawn_at`` and ``withdrawal_reason``
    say when and why; its bytes are not handed out.
    """

    id: str
    kind: DocumentKind
    name: str
    purpose: str
    media_type: str
    size: int
    sha256: str
    added_by: Party | None
    added_at: AwareDatetime
    withdrawn_at: AwareDatetime | None
    withdrawal_reason: str | None

    @classmethod
    def of(cls, document: Document) -> DocumentOut:
        """The response for a document."""
        return cls(
            id=document.id,
            kind=document.kind,
            name=document.name,
            purpose=document.purpose,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
            added_by=document.party,
            added_at=document.added_at,
            withdrawn_at=document.withdrawn_at,
            withdrawal_reason=document.withdrawal_reason,
        )


class WithdrawDocument(RequestModel):
    """Why a document is withdrawn."""

    reason: LongText


class AddedDocument(DocumentOut):
    """A document as it is kept; ``new`` is false when the case had its content already."""

    new: bool
