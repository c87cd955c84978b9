"""JSON schemas of what travels, with each shared type described once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

Json = dict[str, Any]

SCHEMA_REF: Final = "#/components/schemas/"
DECIMAL: Final = "decimal"
"""Format of a number sent as text, so that no reader makes a float of it."""


class _WireSchema(GenerateJsonSchema):
    """Leaves out titles that repeat a field's name, and tells decimals from other text."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never: the field's name is there already."""
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """As sent: a text that holds a decimal number; its limits, which text has none of,
        as extensions.
        """
        limits = {
            "x-minimum": schema.get("ge"),
            "x-exclusive-minimum": schema.get("gt"),
            "x-maximum": schema.get("le"),
            "x-exclusive-maximum": schema.get("lt"),
        }
        given = {name: str(limit) for name, limit in limits.items() if limit is not None}
        return {"type": "string", "format": DECIMAL, **given}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """As inherited, and that a mapping with a pattern for its keys has no other keys."""
        described = super().dict_schema(schema)
        if "patternProperties" in described:
            described["additionalProperties"] = False
        return described


def wire_schemas(models: Iterable[type[BaseModel]], ref: str = SCHEMA_REF) -> dict[str, Json]:
    """Schemas of models as they are sent, and of all they are made of, by name, sorted.

    A field with a default counts as optional although it is always sent: it may have been
    added later, so that older messages lack it.

    Args:
        models: what is sent.
        ref: where the schemas will stand, so that they can refer to each other.
    """
    _, schemas = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template=f"{ref}{{model}}",
        schema_generator=_WireSchema,
    )
    return dict(sorted(schemas["$defs"].items()))


def resolve(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """The schema a reference points to, or the schema itself."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return schemas[reference.removeprefix(SCHEMA_REF)]


def without_null(schema: Json) -> Json:
    """A schema that no longer allows null, for a member that is left out instead."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**options[0], **rest}
