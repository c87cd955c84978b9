"""Which request paths the door accepts: only those that every reader reads alike.

A path with ``..``, ``//``, an escape or a control character may mean one thing to the
gateway and another to the service behind it. No identifier of the centre needs an
escape, so the door accepts plain paths only and refuses the rest instead of repairing it.
"""

from __future__ import annotations

import re
from typing import Final

_SEGMENT: Final = rb"[A-Za-z0-9._~:@+=,!*()-]+"
_PLAIN: Final = re.compile(rb"(?:/" + _SEGMENT + rb")+")
_QUERY: Final = re.compile(rb"(?:[A-Za-z0-9._~:@+=,!*()/?&$';-]|%[0-9A-Fa-f]{2})*")
_CONTROL_ESCAPE: Final = re.compile(rb"%(?:[01][0-9A-Fa-f]|7[Ff])")

LONGEST_PATH: Final = 1024
LONGEST_QUERY: Final = 4096


def flaw_in_path(raw_path: bytes) -> str | None:
    """What keeps a path from being passed on, or None when it is plain.

    Args:
        raw_path: the path as it came over the wire, without the query.
    """
    if len(raw_path) > LONGEST_PATH:
        return f"it is longer than {LONGEST_PATH} characters"
    if b"%" in raw_path:
        return "it holds an escape (%)"
    if b"//" in raw_path or raw_path.endswith(b"/"):
        return "it holds an empty segment"
    if not _PLAIN.fullmatch(raw_path):
        return "it holds a character that has no place in a path here"
    if any(segment.strip(b".") == b"" for segment in raw_path[1:].split(b"/")):
        return "it holds a segment of dots"
    return None


def flaw_in_query(query: bytes) -> str | None:
    """What keeps a query string from being passed on, or None when it is plain."""
    if len(query) > LONGEST_QUERY:
        return f"its query is longer than {LONGEST_QUERY} characters"
    if not _QUERY.fullmatch(query):
        return "its query holds a character that must be escaped"
    if _CONTROL_ESCAPE.search(query):
        return "its query holds a control character"
    return None
