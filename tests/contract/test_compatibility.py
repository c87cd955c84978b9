"""The rule of compatible change, on small schemas."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.contract.compatibility import breaks

RELEASED: dict[str, Any] = {
    "type": "object",
    "required": ["case_id", "level", "count"],
    "properties": {
        "case_id": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 80},
        "count": {"type": "integer", "minimum": 1, "maximum": 12},
        "level": {"$ref": "#/$defs/Level"},
        "share": {"type": "string", "format": "decimal", "x-maximum": "100"},
        "until": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
        "minutes": {
            "type": "object",
            "propertyNames": {"$ref": "#/$defs/Level"},
            "additionalProperties": {"type": "integer", "minimum": 0},
        },
        "volumes": {"type": "object", "patternProperties": {"^[a-z]$": {"type": "integer"}}},
        "hint": {"type": "string", "default": "none"},
    },
    "$defs": {
        "Level": {"type": "string", "enum": ["high", "low"]},
        "Line": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string"}},
        },
    },
}


def _changed(path: str, value: Any) -> dict[str, Any]:
    """The released schema with one thing set, or removed when the value is None."""
    schema = copy.deepcopy(RELEASED)
    *parents, last = path.split("/")
    node = schema
    for parent in parents:
        node = node[parent]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return schema


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("properties/share", None, "event.share was removed"),
        ("$defs/Line/properties/text", None, "event.lines[].text was removed"),
        ("properties/count", {"type": "string"}, "event.count is now string, was integer"),
        ("properties/until", {"type": "null"}, "event.until is now null, was null or string"),
        (
            "properties/case_id",
            {"anyOf": [RELEASED["properties"]["case_id"], {"type": "null"}]},
            "event.case_id is now null or string, was string",
        ),
        (
            "required",
            ["case_id", "level", "count", "share"],
            "event.share was optional and is now required",
        ),
        (
            "$defs/Line",
            {
                "type": "object",
                "required": ["text", "amount"],
                "properties": {"text": {"type": "string"}, "amount": {"type": "integer"}},
            },
            "event.lines[].amount is new and required",
        ),
        ("$defs/Level/enum", ["high"], "event.level no longer allows 'low'"),
        ("properties/hint/enum", ["none"], "event.hint now allows certain values only"),
        ("properties/count/minimum", 2, "event.count: minimum is now 2, was 1"),
        ("properties/count/maximum", 11, "event.count: maximum is now 11, was 12"),
        ("properties/case_id/maxLength", 79, "event.case_id: maxLength is now 79, was 80"),
        ("properties/case_id/minLength", 1, "event.case_id: minLength is now 1, was none"),
        ("properties/share/x-maximum", "99.5", "event.share: x-maximum is now 99.5, was 100"),
        (
            "properties/case_id/pattern",
            "^[a-z]*$",
            "event.case_id: pattern is now '^[a-z]*$', was '^[a-z]+$'",
        ),
        ("properties/share/format", None, "event.share: format is now None, was 'decimal'"),
        ("properties/hint/default", "some", "event.hint: default is now 'some', was 'none'"),
        (
            "properties/minutes/additionalProperties/minimum",
            5,
            "event.minutes{}: minimum is now 5, was 0",
        ),
        (
            "properties/volumes/patternProperties",
            {"^[a-z]$": {"type": "string"}},
            "event.volumes{^[a-z]$} is now string, was integer",
        ),
        (
            "properties/volumes/patternProperties",
            {"^[0-9]$": {"type": "integer"}},
            "event.volumes{^[a-z]$} is now described otherwise",
        ),
    ],
)
def test_a_break_is_named(path: str, value: object, sentence: str) -> None:
    assert sentence in breaks(RELEASED, _changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/note", {"type": "string"}),
        ("$defs/Line/properties/note", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ("$defs/Level/enum", ["high", "low", "middle"]),
        ("properties/count/maximum", 13),
        ("properties/count/minimum", None),
        ("properties/case_id/maxLength", 81),
        ("properties/share/x-maximum", "100.5"),
        ("required", ["case_id", "level"]),
    ],
)
def test_growth_breaks_nothing(path: str, value: object) -> None:
    assert breaks(RELEASED, _changed(path, value)) == []


def test_the_name_of_a_shared_type_is_free() -> None:
    renamed = _changed("properties/level", {"$ref": "#/$defs/Rank"})
    renamed["properties"]["minutes"]["propertyNames"] = {"$ref": "#/$defs/Rank"}
    renamed["$defs"]["Rank"] = renamed["$defs"].pop("Level")
    assert breaks(RELEASED, renamed) == []


def test_every_break_is_named_not_only_the_first() -> None:
    after = _changed("properties/share", None)
    after["$defs"]["Level"]["enum"] = []
    assert len(breaks(RELEASED, after)) == 5
