"""JSON schemas of fields in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from services.contracts import values
from services.documents.markdown import link
from services.documents.schemas import DECIMAL, SCHEMA_REF, Json, resolve

_FORMATS: Final = {
    "date": "date",
    "date-time": "instant, UTC",
    "time-local": "time of day",
    DECIMAL: "decimal number as text",
}
_NAMED: Final[Mapping[str, Any]] = {
    "organisation number": values.OrgNumber,
    "slug": values.Slug,
    "month (`YYYY-MM`)": values.YearMonth,
}


@cache
def _names_by_pattern() -> dict[str, str]:
    return {TypeAdapter(kind).json_schema()["pattern"]: name for name, kind in _NAMED.items()}


def type_words(schema: Json, schemas: Mapping[str, Json]) -> str:
    """What kind of value a schema describes; shared types are linked to by name."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMA_REF)
        return link(name, name)
    if "anyOf" in schema:
        return " or ".join(type_words(option, schemas) for option in schema["anyOf"])
    match schema.get("type"):
        case "array":
            return f"list of {type_words(schema['items'], schemas)}"
        case "object":
            return _mapping_words(schema, schemas)
        case "string":
            return _string_words(schema)
        case other:
            return str(other)


def _mapping_words(schema: Json, schemas: Mapping[str, Json]) -> str:
    keys: Json = schema.get("propertyNames", {})
    items: Any = schema.get("additionalProperties")
    for pattern, described in schema.get("patternProperties", {}).items():
        keys, items = {"pattern": pattern}, described
    if not isinstance(items, dict):
        return "object"
    limits = constraints(resolve(items, schemas)).rstrip(".").lower()
    of_items = type_words(items, schemas) + (f" ({limits})" if limits else "")
    return f"{of_items} by {type_words({'type': 'string', **keys}, schemas)}"


def _string_words(schema: Json) -> str:
    named = _names_by_pattern().get(schema.get("pattern", ""))
    return named or _FORMATS.get(schema.get("format", ""), "text")


def constraints(schema: Json) -> str:
    """The limits a schema sets, as a sentence; empty when there are none."""
    low, high = (_limit(schema, name) for name in ("minimum", "maximum"))
    above = _limit(schema, "exclusive-minimum")
    words = {
        (True, False, True): f"{low} to {high}.",
        (True, False, False): f"At least {low}.",
        (False, True, True): f"More than {above}, at most {high}.",
        (False, True, False): f"More than {above}.",
        (False, False, True): f"At most {high}.",
    }.get((low is not None, above is not None, high is not None))
    if words is not None:
        return words
    pattern = schema.get("pattern") or schema.get("items", {}).get("pattern")
    if pattern is not None and pattern not in _names_by_pattern():
        return f"Matches `{pattern}`."
    return ""


def _limit(schema: Json, name: str) -> str | None:
    """A limit of a number, or of a decimal that travels as text."""
    in_schema = {"exclusive-minimum": "exclusiveMinimum"}.get(name, name)
    value = schema.get(in_schema, schema.get(f"x-{name}"))
    return None if value is None else str(value)
