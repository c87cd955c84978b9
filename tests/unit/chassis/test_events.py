"""The envelope events travel in, and what is said of one that cannot be read."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.events import Envelope, Event, EventRegistry, Undecodable

MARKER = "Kim-Lind-19121212-1212"


class Told(Event):
    """Somebody told somebody something."""

    type: ClassVar[str] = "test.told.v1"
    aggregate_field: ClassVar[str] = "thing_id"

    thing_id: str
    count: int


REGISTRY = EventRegistry([Told])
WHOLE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/ssc/test",
    "type": "test.told.v1",
    "subject": "t1",
    "time": "2026-01-02T03:04:05Z",
    "correlationid": "c1",
    "causationid": "c1",
    "aggregateversion": 0,
    "data": {"thing_id": "t1", "count": 3},
}


def as_bytes(**changed: Any) -> bytes:
    return json.dumps({**WHOLE, **changed}).encode()


def without(name: str) -> bytes:
    return json.dumps({key: value for key, value in WHOLE.items() if key != name}).encode()


def test_a_whole_envelope_is_read() -> None:
    envelope = Envelope.from_bytes(as_bytes())
    assert envelope.time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert REGISTRY.decode(envelope) == Told(thing_id="t1", count=3)


@given(st.text(max_size=40), st.integers(0, 2**31), st.datetimes(timezones=st.just(UTC)), st.text())
def test_what_is_written_is_read_again(subject: str, version: int, at: datetime, text: str) -> None:
    envelope = Envelope(
        id="e1",
        source="/ssc/test",
        type="test.told.v1",
        subject=subject,
        time=at,
        correlationid="c1",
        causationid="c0",
        aggregateversion=version,
        data={"text": text},
    )
    assert Envelope.from_bytes(envelope.to_bytes()) == envelope


def test_what_is_not_set_does_not_travel() -> None:
    assert b"traceparent" not in Envelope.from_bytes(as_bytes()).to_bytes()


def test_attributes_from_later_releases_are_no_obstacle() -> None:
    envelope = Envelope.from_bytes(as_bytes(somethingnew="x", data={**WHOLE["data"], "more": 1}))
    assert REGISTRY.decode(envelope) == Told(thing_id="t1", count=3)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        as_bytes(specversion="0.3"),
        as_bytes(specversion="1.0\n"),
        as_bytes(id=""),
        as_bytes(id="x" * 65),
        as_bytes(aggregateversion=-1),
        as_bytes(time="yesterday"),
        as_bytes(data=[1, 2]),
        as_bytes(data=None),
        *(without(name) for name in WHOLE if name != "specversion"),
    ],
)
def test_what_is_no_envelope_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        Envelope.from_bytes(body)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_lead_to_another_error(body: bytes) -> None:
    with contextlib.suppress(Undecodable):
        Envelope.from_bytes(body)


@pytest.mark.parametrize(
    "body",
    [
        f'"{MARKER}"'.encode(),
        MARKER.encode(),
        f'{{"{MARKER}'.encode(),
        as_bytes(time=MARKER),
        as_bytes(specversion=MARKER),
        as_bytes(aggregateversion=MARKER),
        as_bytes(id=MARKER * 9),
        as_bytes(data=MARKER),
        as_bytes(data=[MARKER]),
    ],
)
def test_the_reason_does_not_echo_what_was_sent(body: bytes) -> None:
    with pytest.raises(Undecodable) as refused:
        Envelope.from_bytes(body)
    assert MARKER not in str(refused.value)


@pytest.mark.parametrize(
    "data", [{}, {"thing_id": "t1"}, {"thing_id": "t1", "count": MARKER}, {"thing_id": [MARKER]}]
)
def test_data_that_does_not_fit_is_undecodable_and_not_echoed(data: dict[str, Any]) -> None:
    with pytest.raises(Undecodable) as refused:
        REGISTRY.decode(Envelope.from_bytes(as_bytes(data=data)))
    assert "test.told.v1" in str(refused.value)
    assert "count" in str(refused.value)
    assert MARKER not in str(refused.value)


def test_an_unknown_type_is_undecodable_and_named() -> None:
    with pytest.raises(Undecodable, match=r"unknown event type test\.told\.v2"):
        REGISTRY.decode(Envelope.from_bytes(as_bytes(type="test.told.v2")))


def test_a_type_is_registered_once() -> None:
    with pytest.raises(ValueError, match=r"test\.told\.v1 is registered twice"):
        EventRegistry([Told, Told])


@pytest.mark.parametrize(
    "name", ["told", "test.told", "test.told.v0", "test.Told.v1", "a.b.c.v1", "test.told.v1\n"]
)
def test_an_event_type_without_a_proper_name_cannot_be_made(name: str) -> None:
    with pytest.raises(TypeError, match="must look like"):
        type("Bad", (Event,), {"type": name, "aggregate_field": "thing_id", "__module__": __name__})


def test_an_event_type_must_have_the_field_of_its_aggregate() -> None:
    with pytest.raises(TypeError, match="no field 'case_id'"):

        class Bad(Event):
            type: ClassVar[str] = "test.bad.v1"
            aggregate_field: ClassVar[str] = "case_id"

            thing_id: str


def test_the_aggregate_is_what_the_event_is_about() -> None:
    assert Told(thing_id="t9", count=1).aggregate_id == "t9"
