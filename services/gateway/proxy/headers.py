"""Which headers pass the door, in and out.

In: a short list of those a service has a use for; everything else, hop-by-hop headers
and made-up internal ones among it, stays outside. Out: everything except what belongs
to one connection and what the door answers for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

RawHeaders = list[tuple[bytes, bytes]]

_PASSED_IN: Final = frozenset(
    {
        b"accept",
        b"accept-language",
        b"authorization",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"tracestate",
    }
)
_HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_ANSWERED_HERE: Final = frozenset({b"date", b"server", b"set-cookie", b"x-correlation-id"})
_AT_MOST_ONCE: Final = (
    b"authorization",
    b"content-length",
    b"content-type",
    b"host",
    b"idempotency-key",
    b"transfer-encoding",
)
LONGEST_VALUE: Final = 8192


def ambiguity(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """What makes a request readable in two ways, or None when nothing does.

    Requests of this kind are how one request is smuggled inside another (RFC 9112
    section 11.2), so they are refused whatever the server in front made of them.
    """
    headers = list(headers)
    counts = Counter(name.lower() for name, _ in headers)
    for name in _AT_MOST_ONCE:
        if counts[name] > 1:
            return f"the header {name.decode()} appears more than once"
    if counts[b"content-length"] and counts[b"transfer-encoding"]:
        return "it has both Content-Length and Transfer-Encoding"
    for name, value in headers:
        if len(value) > LONGEST_VALUE:
            return f"the header {name.decode('latin-1')} is longer than {LONGEST_VALUE} characters"
        if name.lower() == b"content-length" and not value.isdigit():
            return "its Content-Length is not a number"
    return None


def to_service(
    headers: Iterable[tuple[bytes, bytes]], correlation_id: str, traceparent: str | None = None
) -> RawHeaders:
    """The headers a service gets for a client's request.

    Args:
        headers: as the client sent them.
        correlation_id: of this request.
        traceparent: of the gateway's own span, which continues the client's trace.
    """
    passed = [(name.lower(), value) for name, value in headers if name.lower() in _PASSED_IN]
    # Bodies go through as they are: a service that compressed would have to be believed
    # about sizes, so none is asked to.
    return [
        *passed,
        (b"accept-encoding", b"identity"),
        (b"x-correlation-id", correlation_id.encode("ascii")),
        *([(b"traceparent", traceparent.encode("ascii"))] if traceparent else []),
    ]


def to_client(headers: Iterable[tuple[bytes, bytes]], base_url: str) -> RawHeaders:
    """The headers a client gets for a service's answer.

    Args:
        headers: as the service sent them.
        base_url: where the service was reached; a ``Location`` there becomes relative,
            so that no inner address leaves the centre.
    """
    headers = [(name.lower(), value) for name, value in headers]
    named_by_connection = {
        token.strip().lower()
        for name, value in headers
        if name == b"connection"
        for token in value.split(b",")
    }
    dropped = _HOP_BY_HOP | _ANSWERED_HERE | named_by_connection
    return [
        (name, _relative(value, base_url) if name == b"location" else value)
        for name, value in headers
        if name not in dropped
    ]


def _relative(location: bytes, base_url: str) -> bytes:
    base = base_url.rstrip("/").encode()
    return location.removeprefix(base) if location.startswith(base + b"/") else location
