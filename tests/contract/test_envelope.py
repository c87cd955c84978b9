"""What goes over the wire is a CloudEvents 1.0 event, byte for byte the same as ever."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from services.chassis import outbox
from services.chassis.context import WorkContext
from services.chassis.events import Envelope, Undecodable
from services.contracts import EVENTS
from services.contracts.onboarding import CaseOpened
from services.documents.envelope import ATTRIBUTES, example_envelope
from services.documents.facts import EventFacts
from services.documents.files import all_events

GOLDEN = Path(__file__).parent / "golden" / "case_opened.json"
EVENT = CaseOpened(
    case_id="019cacf8-9c42-7e18-8dd6-9840f8cd302f",
    org_number="202100-6255",
    services=("payroll", "e-commerce"),
)
RECORDED_AT = datetime(2026, 3, 2, 8, 15, 0, 120000, tzinfo=UTC)


@pytest.mark.parametrize("facts", all_events(), ids=lambda facts: facts.type)
def test_every_envelope_is_a_cloudevent(facts: EventFacts) -> None:
    document = json.loads(example_envelope(facts).to_bytes())
    # CloudEvents 1.0.2, "Required attributes": present, and none of them empty.
    assert document["specversion"] == "1.0"
    assert all(isinstance(document[name], str) for name in ("id", "source", "type"))
    assert document["id"]
    assert re.fullmatch(r"/[a-z_/]+", document["source"])  # a URI-reference
    assert document["type"] == facts.type
    # "Optional attributes": of their types where present.
    assert document["subject"]
    assert datetime.fromisoformat(document["time"]).tzinfo is not None
    assert document["datacontenttype"] == "application/json"
    assert isinstance(document["data"], dict)


def test_attribute_names_are_as_cloudevents_wants_them() -> None:
    assert set(Envelope.model_fields) == set(ATTRIBUTES)
    for name in Envelope.model_fields:
        assert re.fullmatch(r"[a-z0-9]{1,20}", name), name


def test_the_envelope_is_byte_for_byte_the_released_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "new_id", lambda: "019cacf8-ab0c-7cdf-8767-ff90ff804081")
    span = NonRecordingSpan(
        SpanContext(
            0x4BF92F3577B34DA6A3CE929D0E0E4736, 0xF067AA0BA902B7, False, TraceFlags.get_default()
        )
    )
    with trace.use_span(span):
        row = outbox.row_for(
            EVENT,
            source="onboarding",
            version=3,
            context=WorkContext("a-correlation", "a-causation"),
            recorded_at=RECORDED_AT,
        )
    assert row["body"] == GOLDEN.read_bytes().rstrip(b"\n")


def test_the_released_envelope_can_be_read() -> None:
    envelope = Envelope.from_bytes(GOLDEN.read_bytes())
    assert envelope.aggregateversion == 3
    assert envelope.time == RECORDED_AT
    assert EVENTS.decode(envelope) == EVENT


def test_members_a_later_release_adds_are_ignored() -> None:
    document = json.loads(GOLDEN.read_bytes())
    document["partitionkey"] = "x"
    document["data"]["note"] = "x"
    envelope = Envelope.from_bytes(json.dumps(document).encode())
    assert EVENTS.decode(envelope) == EVENT


@pytest.mark.parametrize("missing", ["id", "source", "type", "subject", "time", "data"])
def test_what_lacks_a_member_is_not_taken_for_an_event(missing: str) -> None:
    document = json.loads(GOLDEN.read_bytes())
    del document[missing]
    with pytest.raises(Undecodable, match=missing):
        Envelope.from_bytes(json.dumps(document).encode())
