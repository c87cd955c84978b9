"""Refusals about documents."""

from __future__ import annotations

from services.chassis.problems import ProblemType

DOCUMENT_EMPTY = ProblemType("document_empty", 422, "The document is empty")
DOCUMENT_NAME_UNUSABLE = ProblemType(
    "document_name_unusable", 422, "A file cannot have that name everywhere"
)
DOCUMENT_NOT_WHAT_IT_SAYS = ProblemType(
    "document_not_what_it_says", 422, "The content is not of the stated kind"
)
DOCUMENT_PROTECTED = ProblemType(
    "document_protected", 422, "The document is encrypted or needs a password"
)
DOCUMENT_HAS_MACROS = ProblemType(
    "document_has_macros", 422, "The document carries a program of its own"
)
DOCUMENT_QUOTA_REACHED = ProblemType(
    "document_quota_reached", 409, "The case holds no more documents"
)
DOCUMENT_UNKNOWN = ProblemType("document_unknown", 422, "The case has no such document")
DOCUMENT_SIGNED = ProblemType("document_signed", 409, "The document is what both have signed")
DOCUMENT_NOT_YOURS = ProblemType("document_not_yours", 403, "The other party added the document")
DOCUMENT_RELIED_ON = ProblemType(
    "document_relied_on", 409, "Something was stated that the document shows"
)
DOCUMENT_WITHDRAWN = ProblemType("document_withdrawn", 410, "The document was withdrawn")

PROBLEMS: tuple[ProblemType, ...] = (
    DOCUMENT_EMPTY,
    DOCUMENT_NAME_UNUSABLE,
    DOCUMENT_NOT_WHAT_IT_SAYS,
    DOCUMENT_PROTECTED,
    DOCUMENT_HAS_MACROS,
    DOCUMENT_QUOTA_REACHED,
    DOCUMENT_UNKNOWN,
    DOCUMENT_SIGNED,
    DOCUMENT_NOT_YOURS,
    DOCUMENT_RELIED_ON,
    DOCUMENT_WITHDRAWN,
)
