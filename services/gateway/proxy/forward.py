"""Passing one accepted request on to its service, and the answer back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable

import httpx
from starlette.responses import Response

from services.chassis.problems import PROBLEM_MEDIA_TYPE
from services.chassis.telemetry import current_traceparent
from services.gateway.proxy import headers as rules
from services.gateway.proxy.upstream import Upstream

STREAM_SECONDS = 3600.0
"""How long a file of millions of rows may take, from its first byte to the answer."""

_PATIENT = httpx.Timeout(STREAM_SECONDS, connect=5.0, pool=5.0)
_REPEATABLE_METHODS = frozenset({"GET", "PUT"})
# The body is read whole and sent anew, decoded, so these no longer hold.
_FRAMING = frozenset({b"content-length", b"content-encoding"})


async def forward(
    upstream: Upstream,
    *,
    method: str,
    path: str,
    query: str,
    headers: Iterable[tuple[bytes, bytes]],
    body: bytes | AsyncIterator[bytes],
    correlation_id: str,
) -> Response:
    """The service's answer to a request that the door has accepted.

    Args:
        upstream: the service.
        method: GET, POST, PUT, PATCH or DELETE.
        path: plain, as ``proxy.paths`` checks it.
        query: the query string, without the question mark.
        headers: as the client sent them; only the known ones are passed on.
        body: the whole body, or a large one as it comes; that one is sent once, and waited
            for as long as ``STREAM_SECONDS``.
        correlation_id: of this request.

    Raises:
        Problem: ``service_unavailable`` or ``service_timed_out``.
    """
    passed = rules.to_service(headers, correlation_id, current_traceparent())
    repeatable = method in _REPEATABLE_METHODS or any(
        name == b"idempotency-key" for name, _ in passed
    )
    request = upstream.client.build_request(
        method,
        httpx.URL(f"{path}?{query}" if query else path),
        headers=passed,
        content=body or None,
        timeout=upstream.client.timeout if isinstance(body, bytes) else _PATIENT,
    )
    if isinstance(body, bytes):
        answer = await upstream.send(request, repeatable=repeatable)
    else:
        answer = await upstream.send(request, repeatable=False, seconds=STREAM_SECONDS)
    return _response(answer, path, upstream.base_url)


def _response(answer: httpx.Response, path: str, base_url: str) -> Response:
    content = answer.content
    if answer.headers.get("content-type", "").startswith(PROBLEM_MEDIA_TYPE):
        content = _with_instance(content, path)
    response = Response(content=content, status_code=answer.status_code)
    kept = rules.to_client(answer.headers.raw, base_url)
    response.raw_headers.extend((name, value) for name, value in kept if name not in _FRAMING)
    return response


def _with_instance(content: bytes, path: str) -> bytes:
    """A problem that names the path the client asked for, not the one inside."""
    try:
        document = json.loads(content)
    except ValueError:
        return content
    if not isinstance(document, dict):
        return content
    return json.dumps({**document, "instance": path}, ensure_ascii=False).encode()
