"""Errors as problems (RFC 9457), each with a stable code from its service's catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PROBLEM_MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """A kind of refusal: its stable code, HTTP status and short title."""

    code: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        """The problem's ``type`` member."""
        return f"urn:ssc:problem:{self.code}"


class Problem(Exception):
    """A refusal with one of the catalogued types; whatever was begun is rolled back.

    Args:
        type: the catalogued type.
        detail: what happened, what it means and what to do next.
        headers: HTTP headers of the answer.
        extra: further members of the problem document (``missing=[...]``).
    """

    def __init__(
        self,
        type: ProblemType,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.type = type
        self.detail = detail
        self.headers = headers or {}
        self.extra = extra

    def document(self, instance: str, correlation_id: str) -> dict[str, Any]:
        """The problem document as RFC 9457 describes it."""
        return {
            "type": self.type.uri,
            "code": self.type.code,
            "title": self.type.title,
            "status": self.type.status,
            "detail": self.detail,
            "instance": instance,
            "correlation_id": correlation_id,
            **self.extra,
        }


NOT_FOUND = ProblemType("not_found", 404, "There is no such thing here")
METHOD_NOT_ALLOWED = ProblemType("method_not_allowed", 405, "The method does not apply here")
NOT_AUTHENTICATED = ProblemType("not_authenticated", 401, "A valid access token is needed")
FORBIDDEN = ProblemType("forbidden", 403, "Your role does not allow this")
VALIDATION_FAILED = ProblemType("validation_failed", 422, "The request does not fit its schema")
NOT_JSON = ProblemType("not_json", 400, "The body is not JSON")
CONTENT_TYPE_NOT_JSON = ProblemType("content_type_not_json", 415, "The body must be JSON")
BODY_TOO_LARGE = ProblemType("body_too_large", 413, "The body is too large")
IDEMPOTENCY_KEY_MISSING = ProblemType(
    "idempotency_key_missing", 400, "A command needs an Idempotency-Key"
)
IDEMPOTENCY_KEY_REUSED = ProblemType(
    "idempotency_key_reused", 422, "The Idempotency-Key belongs to another request"
)
CHANGED_MEANWHILE = ProblemType("changed_meanwhile", 409, "Somebody else was first")
PRECONDITION_FAILED = ProblemType(
    "precondition_failed", 412, "It is no longer the version you have seen"
)
MEDIA_TYPE_NOT_ACCEPTED = ProblemType(
    "media_type_not_accepted", 415, "Files of that kind are not accepted here"
)
STORAGE_UNAVAILABLE = ProblemType("storage_unavailable", 503, "Storage does not answer")
INTERNAL_ERROR = ProblemType("internal_error", 500, "Something went wrong on our side")

CHASSIS_PROBLEMS = (
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    NOT_AUTHENTICATED,
    FORBIDDEN,
    VALIDATION_FAILED,
    NOT_JSON,
    CONTENT_TYPE_NOT_JSON,
    BODY_TOO_LARGE,
    IDEMPOTENCY_KEY_MISSING,
    IDEMPOTENCY_KEY_REUSED,
    CHANGED_MEANWHILE,
    PRECONDITION_FAILED,
    MEDIA_TYPE_NOT_ACCEPTED,
    STORAGE_UNAVAILABLE,
    INTERNAL_ERROR,
)


def not_found(what: str) -> Problem:
    """A 404 that does not tell a foreign thing from a missing one (ARCHITECTURE rule 9)."""
    return Problem(NOT_FOUND, f"No {what} with that identifier is visible to you.")
