"""The AsyncAPI document is one, and its examples are what it says."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from services.composition import EVENT_SERVICES
from services.contracts import EVENTS
from services.contracts.outside import OUTSIDE
from services.documents.files import reference_files

SPECIFICATION = (
    Path(__file__).parent / "tools/node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
)

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    """The AsyncAPI document as generated from the code at hand."""
    made: Json = json.loads(reference_files()["docs/reference/asyncapi.json"])
    return made


@pytest.fixture(scope="module")
def specification() -> Draft7Validator:
    """The official schema of AsyncAPI 3.0.0."""
    if not SPECIFICATION.is_file():
        pytest.fail(
            "The official AsyncAPI schema is not installed: run"
            " `npm ci --prefix tests/contract/tools --ignore-scripts`.",
            pytrace=False,
        )
    return Draft7Validator(json.loads(SPECIFICATION.read_text("utf-8")))


def test_the_document_fits_the_official_schema(
    document: Json, specification: Draft7Validator
) -> None:
    assert [f"{e.json_path}: {e.message}" for e in specification.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("asyncapi", "2.6.0"),
        ("servers/rabbitmq/protocol", None),
        ("operations/billing.receives.onboarding.agreement_signed.v1/action", "subscribe"),
        ("channels/onboarding.case_opened.v1/bindings/amqp/exchange", None),
        ("components/messages/CaseOpened/correlationId/location", "payload#/correlationid"),
        ("components/schemas/CaseOpened/type", "record"),
    ],
)
def test_the_official_schema_sees_what_is_wrong(
    document: Json, specification: Draft7Validator, path: str, value: object
) -> None:
    broken = copy.deepcopy(document)
    *parents, last = path.split("/")
    node = broken
    for parent in parents:
        node = node[parent]
    assert last in node
    if value is None:
        del node[last]
    else:
        node[last] = value
    assert not specification.is_valid(broken)


def test_every_reference_leads_somewhere(document: Json) -> None:
    references = list(_references(document))
    assert len(references) > len(EVENTS.types)
    assert [ref for ref in references if _target(document, ref) is None] == []


def test_an_operation_names_messages_of_its_own_channel(document: Json) -> None:
    for name, operation in document["operations"].items():
        channel = operation["channel"]["$ref"]
        messages = [message["$ref"] for message in operation["messages"]]
        assert all(ref.startswith(f"{channel}/messages/") for ref in messages), name
        assert messages, name


def test_there_is_an_operation_for_every_event_sent_and_every_handler(document: Json) -> None:
    actions = {name: operation["action"] for name, operation in document["operations"].items()}
    sent = {
        f"{name.partition('.')[0]}.sends.{name}": "send"
        for name in EVENTS.types
        if not name.startswith(f"{OUTSIDE}.")
    }
    received = {
        f"{spec.name}.receives.{event_type}": "receive"
        for spec in EVENT_SERVICES
        for event_type in spec.subscriptions
    }
    assert actions == sent | received


@pytest.mark.parametrize("event_type", sorted(EVENTS.types))
def test_an_example_fits_its_own_message(document: Json, event_type: str) -> None:
    validator = _payload_validator(document, event_type)
    (example,) = _message(document, event_type)["examples"]
    assert [f"{e.json_path}: {e.message}" for e in validator.iter_errors(example["payload"])] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "onboarding.something_else.v1"},
        {"source": "/ssc/billing"},
        {"specversion": "0.3"},
        {"data": {"case_id": "x", "org_number": "202100-6255"}},
        {"data": {"case_id": "x", "org_number": "2021006255x", "services": []}},
    ],
)
def test_a_payload_that_does_not_fit_is_seen(document: Json, wrong: Json) -> None:
    event_type = "onboarding.case_opened.v1"
    (example,) = _message(document, event_type)["examples"]
    assert not _payload_validator(document, event_type).is_valid({**example["payload"], **wrong})


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type", "subject", "data"])
def test_a_payload_without_a_member_is_seen(document: Json, missing: str) -> None:
    event_type = "onboarding.case_opened.v1"
    (example,) = _message(document, event_type)["examples"]
    payload = {key: value for key, value in example["payload"].items() if key != missing}
    assert not _payload_validator(document, event_type).is_valid(payload)


def _message(document: Json, event_type: str) -> Json:
    messages: dict[str, Json] = document["components"]["messages"]
    (found,) = [message for message in messages.values() if message["name"] == event_type]
    return found


def _payload_validator(document: Json, event_type: str) -> Draft7Validator:
    """The payload's schema, standing in the document so that its references resolve."""
    return Draft7Validator({**document, **_message(document, event_type)["payload"]})


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _target(document: Json, reference: str) -> object:
    assert reference.startswith("#/"), reference
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node.get(part.replace("~1", "/").replace("~0", "~")) if node else None
    return node
