"""What a change to an event's schema may be without breaking whoever speaks it.

Old and new releases of the services run side by side for a while, and messages of the old
release rest in outboxes and parking queues. So an event type may gain an optional field, and
may come to allow more values of the same type: an older reader drops the first, and parks the
second to be replayed after its own update. Anything else needs a new version of the event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

Json = dict[str, Any]

_LOWER_LIMITS: Final = (
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "x-minimum",
    "x-exclusive-minimum",
)
_UPPER_LIMITS: Final = (
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "x-maximum",
    "x-exclusive-maximum",
)
_UNCHANGING: Final = ("pattern", "format", "const", "uniqueItems")


def breaks(before: Json, after: Json) -> list[str]:
    """What in a schema breaks readers of its earlier form; empty when nothing does.

    Args:
        before: the JSON schema as it was released, with its ``$defs``.
        after: the same as it is now.

    Returns:
        A sentence per break, each beginning with the path of the field.
    """
    return list(_Comparison(before, after).compare("event", before, after))


class _Comparison:
    """Walks two documents side by side; names of shared types are free to change."""

    def __init__(self, before: Json, after: Json) -> None:
        self._before = before.get("$defs", {})
        self._after = after.get("$defs", {})

    def compare(self, where: str, before: Json, after: Json) -> Iterator[str]:
        was = _alternatives(before, self._before)
        now = _alternatives(after, self._after)
        if was.keys() != now.keys():
            yield f"{where} is now {' or '.join(sorted(now))}, was {' or '.join(sorted(was))}"
            return
        yield from _changed(where, before, after, ("default",))
        for kind, old in was.items():
            yield from self._same_kind(where, old, now[kind])

    def _same_kind(self, where: str, before: Json, after: Json) -> Iterator[str]:
        yield from _changed(where, before, after, _UNCHANGING)
        yield from _tightened(where, before, after)
        yield from _lost_values(where, before, after)
        yield from self._fields(where, before, after)
        for key, place in (
            ("items", f"{where}[]"),
            ("additionalProperties", f"{where}{{}}"),
            ("propertyNames", f"keys of {where}"),
        ):
            yield from self._inner(place, before.get(key), after.get(key))
        for pattern, old in before.get("patternProperties", {}).items():
            new = after.get("patternProperties", {}).get(pattern)
            yield from self._inner(f"{where}{{{pattern}}}", old, new)

    def _inner(self, where: str, before: Json | None, after: Json | None) -> Iterator[str]:
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self.compare(where, before, after)
        elif before != after:
            yield f"{where} is now described otherwise"

    def _fields(self, where: str, before: Json, after: Json) -> Iterator[str]:
        was: Mapping[str, Json] = before.get("properties", {})
        now: Mapping[str, Json] = after.get("properties", {})
        newly_required = set(after.get("required", ())) - set(before.get("required", ()))
        for name, old in was.items():
            if name not in now:
                yield f"{where}.{name} was removed"
                continue
            if name in newly_required:
                yield f"{where}.{name} was optional and is now required"
            yield from self.compare(f"{where}.{name}", old, now[name])
        for name in now:
            if name not in was and name in newly_required:
                yield f"{where}.{name} is new and required"


def _alternatives(schema: Json, definitions: Mapping[str, Json]) -> dict[str, Json]:
    """The kinds of value a schema allows, each with its own part of it."""
    schema = _resolved(schema, definitions)
    options = [_resolved(option, definitions) for option in schema.get("anyOf", [schema])]
    return {str(option.get("type", "anything")): option for option in options}


def _resolved(schema: Json, definitions: Mapping[str, Json]) -> Json:
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else schema


def _changed(where: str, before: Json, after: Json, keys: Sequence[str]) -> Iterator[str]:
    for key in keys:
        if before.get(key) != after.get(key):
            yield f"{where}: {key} is now {after.get(key)!r}, was {before.get(key)!r}"


def _tightened(where: str, before: Json, after: Json) -> Iterator[str]:
    for keys, sign in ((_LOWER_LIMITS, 1), (_UPPER_LIMITS, -1)):
        for key in keys:
            old, new = before.get(key), after.get(key)
            if new is None or (old is not None and sign * (Decimal(new) - Decimal(old)) <= 0):
                continue
            yield f"{where}: {key} is now {new}, was {'none' if old is None else old}"


def _lost_values(where: str, before: Json, after: Json) -> Iterator[str]:
    if "enum" not in after:
        return
    if "enum" not in before:
        yield f"{where} now allows certain values only"
        return
    for value in before["enum"]:
        if value not in after["enum"]:
            yield f"{where} no longer allows {value!r}"
