"""The AsyncAPI 3.0 document: how the services speak over RabbitMQ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.chassis.broker.amqp import ATTEMPT_HEADER
from services.chassis.broker.topology import Topology
from services.chassis.events import Envelope
from services.chassis.service import ServiceSpec
from services.contracts.outside import OUTSIDE
from services.documents.envelope import (
    MEDIA_TYPE,
    envelope_schema,
    example_envelope,
    message_schema,
)
from services.documents.facts import EventFacts, as_markdown
from services.documents.schemas import SCHEMA_REF, Json, wire_schemas

VERSION: Final = "1.0.0"
_SERVER: Final = "rabbitmq"
_BINDING: Final = {"bindingVersion": "0.3.0"}
_HEADERS: Final = "MessageHeaders"


def asyncapi_document(
    events: Sequence[EventFacts], services: Sequence[ServiceSpec], topology: Topology
) -> Json:
    """The whole centre's events as an AsyncAPI 3.0.0 document.

    One channel per event type, addressed by its routing key on the topic exchange; per
    service one operation for each event it sends, and one for each it receives.

    Args:
        events: every event.
        services: the services that speak.
        topology: names of the exchange and the queues.
    """
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of the shared service centre",
            "version": VERSION,
            "description": (
                "What the services tell each other. Each message is a CloudEvents 1.0 event in"
                f" structured JSON mode, published once to the topic exchange {topology.events}"
                " with its type as routing key, and delivered at least once to the queue of"
                " every service that hears it. Readers ignore members they do not know; a change"
                " they could not read is a new type, with the next version number."
            ),
        },
        "defaultContentType": MEDIA_TYPE,
        "servers": {_SERVER: _server()},
        "channels": {facts.type: _channel(facts, topology) for facts in events},
        "operations": dict(
            operation
            for spec in services
            for operation in (*_sent(spec, events), *_received(spec, events, topology))
        ),
        "components": {
            "messages": {facts.name: _message(facts) for facts in events},
            "schemas": _schemas(events),
            "securitySchemes": {
                "brokerUser": {
                    "type": "userPassword",
                    "description": "One broker user per service, with the least rights it needs.",
                }
            },
            "tags": {
                **{
                    spec.name: {"name": spec.name, "description": spec.description}
                    for spec in services
                },
                OUTSIDE: {
                    "name": OUTSIDE,
                    "description": "Systems that are none of the centre's services.",
                },
            },
        },
    }


def _server() -> Json:
    return {
        "host": "{host}:{port}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ, 3.10 or newer.",
        "variables": {
            "host": {"default": "localhost"},
            "port": {"default": "5672"},
        },
        "security": [{"$ref": "#/components/securitySchemes/brokerUser"}],
    }


def _channel(facts: EventFacts, topology: Topology) -> Json:
    return {
        "address": facts.type,
        "title": facts.name,
        "summary": facts.says,
        "servers": [{"$ref": f"#/servers/{_SERVER}"}],
        "messages": {facts.name: {"$ref": f"#/components/messages/{facts.name}"}},
        "tags": [{"$ref": f"#/components/tags/{facts.publisher}"}],
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": topology.events,
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                },
                **_BINDING,
            }
        },
    }


def _sent(spec: ServiceSpec, events: Sequence[EventFacts]) -> list[tuple[str, Json]]:
    return [
        (
            f"{spec.name}.sends.{facts.type}",
            {
                **_operation("send", spec, facts),
                "summary": facts.says,
                # Persistent and confirmed: returned when the broker has nowhere to put it.
                "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, **_BINDING}},
            },
        )
        for facts in events
        if facts.publisher == spec.name
    ]


def _received(
    spec: ServiceSpec, events: Sequence[EventFacts], topology: Topology
) -> list[tuple[str, Json]]:
    return [
        (
            f"{spec.name}.receives.{facts.type}",
            {
                **_operation("receive", spec, facts),
                "summary": listener.does or facts.says,
                "bindings": {"amqp": {"ack": True, **_BINDING}},
                "x-queue": topology.queue(spec.name),
                "x-parking-queue": topology.parking(spec.name),
            },
        )
        for facts in events
        for listener in facts.listeners
        if listener.service == spec.name
    ]


def _operation(action: str, spec: ServiceSpec, facts: EventFacts) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{facts.type}"},
        "messages": [{"$ref": f"#/channels/{facts.type}/messages/{facts.name}"}],
        "tags": [{"$ref": f"#/components/tags/{spec.name}"}],
    }


def _message(facts: EventFacts) -> Json:
    return {
        "name": facts.type,
        "title": facts.name,
        "summary": facts.says,
        "description": facts.description,
        "contentType": MEDIA_TYPE,
        "headers": {"$ref": f"{SCHEMA_REF}{_HEADERS}"},
        "payload": message_schema(facts),
        "correlationId": {
            "description": "The request that began the chain of events.",
            "location": "$message.payload#/correlationid",
        },
        "tags": [{"$ref": f"#/components/tags/{facts.publisher}"}],
        "bindings": {"amqp": {"messageType": facts.type, **_BINDING}},
        "examples": [{"name": "example", "payload": _example(facts)}],
    }


def _example(facts: EventFacts) -> Json:
    return example_envelope(facts).model_dump(mode="json", exclude_none=True)


def _schemas(events: Sequence[EventFacts]) -> dict[str, Json]:
    schemas = wire_schemas([facts.kind for facts in events])
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = as_markdown(schema["description"])
    schemas[Envelope.__name__] = envelope_schema()
    schemas[_HEADERS] = {
        "type": "object",
        "description": (
            "AMQP application headers. The event's attributes are in the payload (structured"
            " mode); these tell of its delivery only."
        ),
        "properties": {
            ATTEMPT_HEADER: {
                "type": "integer",
                "minimum": 1,
                "description": "How often it has been retried; absent the first time.",
            }
        },
    }
    return dict(sorted(schemas.items()))
