"""Files that following up hands out: attachments with the tag of their bytes."""

from __future__ import annotations

from hashlib import sha256
from string import ascii_letters, digits
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response

PDF, CSV = "application/pdf", "text/csv"
_PLAIN = frozenset(ascii_letters + digits + ".-")


def file_response(media_type: str) -> dict[int | str, dict[str, Any]]:
    """``responses`` of an operation that answers with a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {
        200: {"description": "The file, as an attachment", "content": {media_type: schema}},
        304: {"description": "It is the one that If-None-Match names"},
    }


def attachment(request: Request, name: str, content: bytes, media_type: str) -> Response:
    """A file to save (RFC 6266), or 304 when the client has its bytes already."""
    tag = f'"{sha256(content).hexdigest()}"'
    named = request.headers.get("If-None-Match", "")
    if tag in {one.strip().removeprefix("W/") for one in named.split(",")}:
        return Response(status_code=304, headers={"ETag": tag})
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
