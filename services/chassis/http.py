"""What every HTTP answer of a service goes through: correlation, limits, problems."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.context import WorkContext, current_context, enter_context
from services.chassis.database import is_conflict, is_connection_failure
from services.chassis.problems import (
    BODY_TOO_LARGE,
    CHANGED_MEANWHILE,
    INTERNAL_ERROR,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    NOT_JSON,
    PROBLEM_MEDIA_TYPE,
    STORAGE_UNAVAILABLE,
    VALIDATION_FAILED,
    Problem,
    ProblemType,
)
from services.chassis.schemas import PATTERNS_IN_WORDS
from services.chassis.telemetry import Metrics, Tracing

log = structlog.get_logger(__name__)

CORRELATION_HEADER = "X-Correlation-ID"
MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_STREAM_BYTES = 2 * 1024**3
"""What a body may hold that is never in memory as a whole."""
_BODY_LIMIT = "ssc.body_limit"

AGENCY_DOOR = "/v1"
STAFF_DOOR = "/ops/v1"
DOORS = (STAFF_DOOR, AGENCY_DOOR)


class RequestContextMiddleware:
    """Gives each request its correlation id, span, metric and log line."""

    def __init__(self, app: ASGIApp, service: str, metrics: Metrics, tracing: Tracing) -> None:
        self.app = app
        self._service = service
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request inside its context."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(service=self._service):
            await self._in_context(scope, receive, send)

    async def _in_context(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        context = WorkContext.begin(headers.get(CORRELATION_HEADER.lower().encode()))
        enter_context(context)
        started = time.perf_counter()
        status = 500

        async def send_with_correlation(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (CORRELATION_HEADER.lower().encode(), context.correlation_id.encode()),
                ]
            await send(message)

        try:
            with self._tracing.span(
                scope["method"], SpanKind.SERVER, headers.get(b"traceparent")
            ) as span:
                try:
                    await self.app(scope, receive, send_with_correlation)
                finally:
                    _describe(span, scope, status)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route_template(scope)
        self._metrics.request(scope["method"], route, status, seconds)
        log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


def _describe(span: Span, scope: Scope, status: int) -> None:
    # Which route it was is known only once it has been taken.
    route = _route_template(scope)
    span.update_name(f"{scope['method']} {route}")
    span.set_attributes(
        {
            "http.request.method": scope["method"],
            "http.route": route,
            "http.response.status_code": status,
        }
    )
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def _route_template(scope: Scope) -> str:
    """The route as written, behind its door; paths hold identifiers, and would each be a
    series of their own.
    """
    template = getattr(scope.get("route"), "path", None)
    if template is None:
        return "unmatched"
    door = next((door for door in DOORS if scope["path"].startswith(f"{door}/")), "")
    return template if template.startswith(f"{door}/") and door else f"{door}{template}"


@dataclass
class _BodyLimit:
    """What a request's body may hold; its route may allow more than usual."""

    max_bytes: int


def allow_body(request: Request, max_bytes: int, *, streamed: bool = False) -> None:
    """Let a request's body be as large as its route says, up to ``MAX_UPLOAD_BYTES``.

    Args:
        request: its route has been found.
        max_bytes: what the route says.
        streamed: nobody holds the body as a whole; then up to ``MAX_STREAM_BYTES``.
    """
    limit = request.scope.get(_BODY_LIMIT)
    if isinstance(limit, _BodyLimit):
        limit.max_bytes = min(max_bytes, MAX_STREAM_BYTES if streamed else MAX_UPLOAD_BYTES)


class BodyLimitMiddleware:
    """Refuses bodies above a size, whether announced or streamed."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request, counting its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = scope[_BODY_LIMIT] = _BodyLimit(self._max_bytes)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        expected = int(announced) if announced.isdigit() else 0
        received = 0
        refusal: Problem | None = None

        async def counted_receive() -> Message:
            nonlocal received, refusal
            message = await receive() if expected <= limit.max_bytes else None
            if message is not None and message["type"] == "http.request":
                received += len(message.get("body", b""))
            if message is None or received > limit.max_bytes:
                refusal = _too_large(limit)
                raise refusal
            return message

        async def send_unless_refused(message: Message) -> None:
            # Whoever read the body may have made something else of the refusal.
            if refusal is None:
                await send(message)

        try:
            await self.app(scope, counted_receive, send_unless_refused)
        except Problem as problem:
            if problem is not refusal:
                raise
        if refusal is not None:
            await problem_response(refusal, scope["path"])(scope, receive, send)


def _too_large(limit: _BodyLimit) -> Problem:
    return Problem(
        BODY_TOO_LARGE,
        f"A body may hold at most {limit.max_bytes} bytes here; send it in several requests.",
        max_bytes=limit.max_bytes,
    )


def problem_response(problem: Problem, instance: str) -> JSONResponse:
    """A problem as an HTTP answer."""
    return JSONResponse(
        problem.document(instance, current_context().correlation_id),
        status_code=problem.type.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=problem.headers,
    )


def describe_validation(error: RequestValidationError) -> Problem:
    """The problem behind a request that does not fit its schema.

    The submitted values are left out: they may be personal data.
    """
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return _not_json()
    errors = [
        {
            "where": str(item["loc"][0]),
            "field": ".".join(str(part) for part in item["loc"][1:]) or "(whole)",
            "message": _in_words(item),
        }
        for item in error.errors()
    ]
    fields = ", ".join(dict.fromkeys(item["field"] for item in errors))
    return Problem(
        VALIDATION_FAILED,
        f"Nothing was changed. Look at: {fields}.",
        errors=errors,
    )


def _in_words(item: Mapping[str, Any]) -> str:
    """What a person is told about one error of validation."""
    pattern = item.get("ctx", {}).get("pattern")
    if pattern in PATTERNS_IN_WORDS:
        return PATTERNS_IN_WORDS[pattern]
    return str(item["msg"])


def _not_json() -> Problem:
    return Problem(NOT_JSON, "The body could not be read as JSON; nothing was changed.")


_HTTP_STATUS_PROBLEMS: dict[int, ProblemType] = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every failure with a problem document."""

    async def on_problem(request: Request, error: Exception) -> Response:
        problem = error if isinstance(error, Problem) else Problem(INTERNAL_ERROR, _INTERNAL_DETAIL)
        return problem_response(problem, request.url.path)

    async def on_validation(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return problem_response(describe_validation(error), request.url.path)

    async def on_http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        if error.status_code == 400:
            # FastAPI's own answer to a body it cannot even decode, such as one not in UTF-8.
            return problem_response(_not_json(), request.url.path)
        type_ = _HTTP_STATUS_PROBLEMS.get(
            error.status_code,
            ProblemType(f"http_{error.status_code}", error.status_code, str(error.detail)),
        )
        headers = dict(error.headers) if error.headers else None
        problem = Problem(type_, f"{request.method} does not lead anywhere here.", headers=headers)
        return problem_response(problem, request.url.path)

    async def on_unexpected(request: Request, error: Exception) -> Response:
        return problem_response(_unexpected(error), request.url.path)

    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        Problem: on_problem,
        RequestValidationError: on_validation,
        HTTPException: on_http,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(_UnexpectedMiddleware, answer=on_unexpected)


def _unexpected(error: Exception) -> Problem:
    if is_connection_failure(error):
        log.warning("storage_unavailable", reason=type(error).__name__)
        return Problem(
            STORAGE_UNAVAILABLE,
            "Nothing was changed. Try again in a moment, with the same Idempotency-Key.",
            headers={"Retry-After": "2"},
        )
    if is_conflict(error):
        log.warning("changed_meanwhile", reason=type(error).__name__)
        return Problem(
            CHANGED_MEANWHILE,
            "Nothing was changed: another request changed the same thing at the same moment."
            " Look at how it stands now; if the request still holds, send it again with the"
            " same Idempotency-Key.",
        )
    log.error("request_failed", exc_info=error)
    return Problem(INTERNAL_ERROR, _INTERNAL_DETAIL)


_INTERNAL_DETAIL = (
    "Nothing was changed. Try again; if it happens again, tell the service centre the"
    " correlation id of this answer."
)


class _UnexpectedMiddleware:
    """Answers what no handler knew. Starlette's own handler for that re-raises."""

    def __init__(
        self, app: ASGIApp, answer: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self.app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = False

        async def noting_send(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, receive, noting_send)
        except Exception as error:
            if began:
                raise
            request = Request(scope)
            response: Any
            if isinstance(error, Problem):
                response = problem_response(error, request.url.path)
            else:
                response = await self._answer(request, error)
            await response(scope, receive, send)
