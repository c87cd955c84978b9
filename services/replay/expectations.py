"""What a flow expects of an answer, and how an answer differs from it.

Paths lead into a JSON document: ``phase``, ``items.0.total_ore``,
``items[service=payroll].met``, ``items.length``. An expected value is compared as it
is, a mapping by the members it names; a mapping with one of the words below asks
something else of the value found (``some`` of a list: that one item fits).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

HTTP_STATUS = "http"
"""The key under which a step expects a status code; without it, any success will do."""

_SEGMENT = re.compile(r"^([A-Za-z0-9_-]+)?(?:\[([a-z_]+)=([^\]]+)\])?$")

_MISSING = object()


def _comparable(found: Any, wanted: Any) -> bool:
    numbers = isinstance(found, int | float) and isinstance(wanted, int | float)
    return numbers or (isinstance(found, str) and isinstance(wanted, str))


def _at_least(found: Any, wanted: Any) -> bool:
    return _comparable(found, wanted) and bool(found >= wanted)


def _at_most(found: Any, wanted: Any) -> bool:
    return _comparable(found, wanted) and bool(found <= wanted)


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted in found
    return isinstance(found, list | dict) and wanted in list(found)


def _present(found: Any, wanted: Any) -> bool:
    return (found is not _MISSING and found is not None) is wanted


def _some(found: Any, wanted: Any) -> bool:
    return isinstance(found, list) and any(_fits(item, wanted) for item in found)


_WORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "contains": _contains,
    "present": _present,
    "some": _some,
}


def find(document: Any, path: str) -> Any:
    """The value a path leads to; a marker that equals nothing when it leads nowhere."""
    value = document
    # A dot inside a filter's value, as in [period=2026.1], is not a separator.
    for segment in re.findall(r"[^.\[]*(?:\[[^\]]*\])?", path):
        if segment == "":
            continue
        value = _descend(value, segment)
        if value is _MISSING:
            return _MISSING
    return value


def _descend(value: Any, segment: str) -> Any:
    match = _SEGMENT.match(segment)
    if match is None:
        return _MISSING
    name, key, wanted = match.groups()
    if name is not None:
        value = _member(value, name)
    if key is None:
        return value
    items = value if isinstance(value, list) else []
    return next((item for item in items if str(_member(item, key)) == wanted), _MISSING)


def _member(value: Any, name: str) -> Any:
    if isinstance(value, list):
        if name == "length":
            return len(value)
        if name.isdigit() and int(name) < len(value):
            return value[int(name)]
        return _MISSING
    if isinstance(value, dict):
        return value.get(name, _MISSING)
    return _MISSING


def leads_nowhere(found: Any) -> bool:
    """Whether ``find`` found nothing under its path."""
    return found is _MISSING


def differences(expected: Mapping[str, Any], status: int, document: Any) -> list[str]:
    """How an answer differs from what was expected, a readable line each."""
    lines = []
    wanted_status = expected.get(HTTP_STATUS)
    if wanted_status is None and status >= 400:
        code = document.get("code") if isinstance(document, dict) else None
        detail = document.get("detail") if isinstance(document, dict) else None
        lines.append(f"refused with {status} {code or ''}: {detail or ''}".rstrip(": "))
    elif wanted_status is not None and status != wanted_status:
        lines.append(f"http: expected {wanted_status}, got {status}: {_short(document)}")
    for path, wanted in expected.items():
        if path == HTTP_STATUS:
            continue
        found = find(document, path)
        if not _fits(found, wanted):
            shown = "nothing" if found is _MISSING else _short(found)
            lines.append(f"{path}: expected {_short(wanted)}, got {shown}")
    return lines


def _fits(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and len(wanted) == 1:
        ((word, argument),) = wanted.items()
        if word in _WORDS:
            return _WORDS[word](found, argument)
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(_fits(found.get(key, _MISSING), value) for key, value in wanted.items())
    return bool(found == wanted)


def _short(value: Any, most: int = 240) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
