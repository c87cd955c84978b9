"""The CloudEvents envelope of every event, described and by example."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from services.chassis.events import Envelope
from services.documents.examples import example_event, example_id
from services.documents.facts import EventFacts
from services.documents.schemas import SCHEMA_REF, Json, wire_schemas, without_null

MEDIA_TYPE: Final = "application/cloudevents+json"

ATTRIBUTES: Final = {
    "specversion": "Version of CloudEvents.",
    "id": "Identity of the event; whoever hears it twice drops it the second time.",
    "source": "The service that published it, as `/ssc/<service>`.",
    "type": "What happened, with its version; also the routing key.",
    "subject": "Identity of what it happened to; its events are published in order.",
    "time": "When it was recorded, in UTC.",
    "datacontenttype": "How `data` is written.",
    "correlationid": "The request that began the chain of events.",
    "causationid": "The event or command directly before this one.",
    "aggregateversion": "State it left its subject in; rises, not without gaps.",
    "traceparent": "W3C trace context, where tracing is on.",
    "data": "What the event tells.",
}
"""What each member of the envelope means (CloudEvents 1.0 and our extensions)."""

_EXAMPLE_TIME: Final = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
_EXAMPLE_TRACE: Final = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def envelope_schema() -> Json:
    """The envelope as sent: what it has no value for is left out, never null."""
    schema = dict(wire_schemas([Envelope])[Envelope.__name__])
    schema["properties"] = {
        name: {**without_null(member), "description": ATTRIBUTES[name]}
        for name, member in schema["properties"].items()
    }
    # The defaults are sent as well: an envelope without them is no CloudEvent.
    schema["required"] = [name for name in schema["properties"] if name != "traceparent"]
    return schema


def message_schema(facts: EventFacts) -> Json:
    """The whole message of one event type."""
    return {
        "allOf": [
            {"$ref": f"{SCHEMA_REF}{Envelope.__name__}"},
            {
                "type": "object",
                "properties": {
                    "type": {"const": facts.type},
                    "source": {"const": f"/ssc/{facts.publisher}"},
                    "data": {"$ref": f"{SCHEMA_REF}{facts.name}"},
                },
            },
        ]
    }


def example_envelope(facts: EventFacts) -> Envelope:
    """A plausible message, the same every time."""
    event = example_event(facts.kind)
    return Envelope(
        id=example_id(facts.type),
        source=f"/ssc/{facts.publisher}",
        type=facts.type,
        subject=event.aggregate_id,
        time=_EXAMPLE_TIME,
        correlationid=example_id("correlationid"),
        causationid=example_id("causationid"),
        aggregateversion=1,
        traceparent=_EXAMPLE_TRACE,
        data=event.model_dump(mode="json"),
    )
