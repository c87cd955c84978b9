"""Plausible events made from their schemas, the same every time.

Values that a schema alone cannot make plausible stand in ``data/samples.yaml``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from services.chassis.events import Event
from services.documents.schemas import DECIMAL, Json, resolve, wire_schemas

_SAMPLES: Final = Path(__file__).parent / "data" / "samples.yaml"
_BY_FORMAT: Final = {
    "date": "2026-03-02",
    "date-time": "2026-03-02T08:15:00Z",
    DECIMAL: "95",
}


def example_event(kind: type[Event]) -> Event:
    """A plausible event of a type.

    Raises:
        ValidationError: a field needs an entry in ``data/samples.yaml``.
    """
    schemas = wire_schemas([kind])
    return kind.model_validate(_object(kind.__name__, schemas))


def example_id(name: str) -> str:
    """An identifier in the form of ours (UUIDv7), always the same for a name."""
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"019cacf8-{digits[:4]}-7{digits[4:7]}-8{digits[7:10]}-{digits[10:22]}"


def _object(model: str, schemas: Mapping[str, Json]) -> Json:
    return {
        name: _member(model, name, schema, schemas)
        for name, schema in schemas[model].get("properties", {}).items()
    }


def _member(model: str, name: str, schema: Json, schemas: Mapping[str, Json]) -> Any:
    samples = _samples()
    for key in (f"{model}.{name}", name):
        if key in samples:
            return samples[key]
    if name.endswith("_id"):
        return example_id(name)
    return _value(name, schema, schemas)


def _value(name: str, schema: Json, schemas: Mapping[str, Json]) -> Any:
    if "$ref" in schema:
        target = resolve(schema, schemas)
        if "properties" in target:
            return _object(target["title"], schemas)
        return _value(name, target, schemas)
    if "anyOf" in schema:
        return _value(name, schema["anyOf"][0], schemas)
    for given in ("enum", "examples"):
        if given in schema:
            return schema[given][0]
    return _plain(name, schema, schemas)


def _plain(name: str, schema: Json, schemas: Mapping[str, Json]) -> Any:
    match schema.get("type"):
        case "array":
            return [_value(name, schema["items"], schemas)]
        case "boolean":
            return True
        case "integer":
            return schema.get("minimum", 1)
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), name.replace("_", "-"))
        case _:
            return {}


@cache
def _samples() -> dict[str, Any]:
    samples: dict[str, Any] = yaml.safe_load(_SAMPLES.read_text("utf-8"))
    return samples
