"""The event catalogue: a table for the README and a page of reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from services.documents.envelope import ATTRIBUTES, MEDIA_TYPE, example_envelope
from services.documents.facts import EventFacts, as_markdown, first_sentence
from services.documents.markdown import link, table
from services.documents.schemas import Json, resolve, wire_schemas
from services.documents.wording import constraints, type_words

EVENTS_PAGE: Final = "docs/reference/events.md"
_KEY_FIELDS: Final = 5
_NOBODY: Final = "nobody yet"


def catalogue_table(events: Sequence[EventFacts]) -> str:
    """The README's table of events."""
    rows = [
        (
            link(f"`{facts.type}`", facts.type, EVENTS_PAGE),
            facts.publisher,
            ", ".join(listener.service for listener in facts.listeners) or _NOBODY,
            facts.says,
            ", ".join(f"`{name}`" for name in key_fields(facts)),
        )
        for facts in events
    ]
    return table(("event", "published by", "heard by", "what it says", "key fields"), rows)


def key_fields(facts: EventFacts) -> tuple[str, ...]:
    """The field an event is about, then its first other single values; five at most."""
    schemas = wire_schemas([facts.kind])
    single = [
        name
        for name, schema in schemas[facts.name]["properties"].items()
        if name != facts.kind.aggregate_field and _is_single(schema, schemas)
    ]
    return (facts.kind.aggregate_field, *single)[:_KEY_FIELDS]


def _is_single(schema: Json, schemas: Mapping[str, Json]) -> bool:
    return resolve(schema, schemas).get("type") not in ("array", "object")


def events_page(events: Sequence[EventFacts]) -> str:
    """The reference of every event."""
    schemas = wire_schemas([facts.kind for facts in events])
    names = {facts.name for facts in events}
    shared = {name: schema for name, schema in schemas.items() if name not in names}
    parts = [_INTRODUCTION, _envelope_table()]
    for publisher, group in groupby(events, key=lambda facts: facts.publisher):
        parts.append(f"\n## Events of {publisher}\n")
        parts.extend(_section(facts, schemas) for facts in group)
    parts.append("\n## Values they are made of\n")
    parts.extend(_value_section(name, schema, schemas) for name, schema in shared.items())
    return "".join(parts)


_INTRODUCTION: Final = f"""\
# Events

What the services tell each other, and all they tell each other. Each event travels as a
CloudEvents 1.0 envelope in structured JSON mode (`{MEDIA_TYPE}`), in
RabbitMQ as well as in the embedded broker. The same as a machine reads it:
[asyncapi.json](asyncapi.json).

An event is delivered at least once, to every service that hears it; those about one subject are
published in order. A reader ignores members it does not know and takes the default of an
optional one that is missing. A change that it could not read is a new type, with the next
version number, beside the old one.

## The envelope

"""


def _envelope_table() -> str:
    return table(("member", "meaning"), [(f"`{n}`", text) for n, text in ATTRIBUTES.items()])


def _section(facts: EventFacts, schemas: Mapping[str, Json]) -> str:
    heard = [
        f"- {listener.service}: {listener.does}" if listener.does else f"- {listener.service}"
        for listener in facts.listeners
    ]
    example = example_envelope(facts).model_dump_json(exclude_none=True, indent=2)
    return (
        f"\n### {facts.type}\n\n"
        f"{facts.description}\n\n"
        f"Its subject is `{facts.kind.aggregate_field}`. Heard by"
        f"{':' if heard else f' {_NOBODY}.'}\n\n"
        + "".join(f"{line}\n" for line in heard)
        + ("\n" if heard else "")
        + _fields(schemas[facts.name], schemas)
        + f"\n```json\n{example}\n```\n"
    )


def _value_section(name: str, schema: Json, schemas: Mapping[str, Json]) -> str:
    text = f"\n### {name}\n\n{as_markdown(schema.get('description', ''))}\n\n"
    if "enum" in schema:
        return text + "One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + ".\n"
    return text + _fields(schema, schemas)


def _fields(schema: Json, schemas: Mapping[str, Json]) -> str:
    required = schema.get("required", ())
    rows = [
        (
            f"`{name}`",
            type_words(member, schemas),
            _meaning(member, optional=name not in required),
        )
        for name, member in schema["properties"].items()
    ]
    return table(("field", "type", "meaning"), rows)


def _meaning(member: Json, *, optional: bool) -> str:
    words = [first_sentence(member.get("description", "")), constraints(member)]
    if optional:
        default = member.get("default")
        words.append("Optional." if default is None else f"Optional, by default `{default}`.")
    return " ".join(word for word in words if word)
