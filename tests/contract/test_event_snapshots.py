"""Every event stays readable for those who know it as it was released."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from services.chassis.events import Event
from services.contracts import EVENTS
from tests.contract.snapshots import COMMAND, FOLDER, complaint, read, schema_of, write


@pytest.mark.parametrize("event_type", sorted(EVENTS.types))
def test_an_event_is_compatible_with_its_release(event_type: str) -> None:
    found = complaint(event_type, read(event_type), schema_of(EVENTS.types[event_type]))
    if found:
        pytest.fail(found, pytrace=False)


def test_no_released_event_is_gone() -> None:
    released = {path.stem for path in FOLDER.glob("*.json")}
    assert released <= EVENTS.types.keys(), (
        "These events were released and are gone; their readers still wait for them:"
        f" {sorted(released - EVENTS.types.keys())}"
    )


class Told(Event):
    """Something was told."""

    type: ClassVar[str] = "probe.told.v1"
    aggregate_field: ClassVar[str] = "thing_id"

    thing_id: str
    title: str


class ToldMore(Told):
    """The same event, grown."""

    title: str
    note: str | None = None


class ToldLess(Event):
    """The same event, broken."""

    type: ClassVar[str] = "probe.told.v1"
    aggregate_field: ClassVar[str] = "thing_id"

    thing_id: str


def test_a_new_event_gets_its_snapshot(tmp_path: Path) -> None:
    assert COMMAND in str(complaint(Told.type, read(Told.type, tmp_path), schema_of(Told)))
    assert write({Told.type: Told}, tmp_path) == []
    assert complaint(Told.type, read(Told.type, tmp_path), schema_of(Told)) is None


def test_a_compatible_change_renews_the_snapshot(tmp_path: Path) -> None:
    write({Told.type: Told}, tmp_path)
    assert "has grown" in str(complaint(Told.type, read(Told.type, tmp_path), schema_of(ToldMore)))
    assert write({Told.type: ToldMore}, tmp_path) == []
    assert complaint(Told.type, read(Told.type, tmp_path), schema_of(ToldMore)) is None


def test_a_break_is_refused_and_the_snapshot_stays(tmp_path: Path) -> None:
    write({Told.type: Told}, tmp_path)
    released = read(Told.type, tmp_path)
    (refusal,) = write({Told.type: ToldLess}, tmp_path)
    assert "event.title was removed" in refusal
    assert read(Told.type, tmp_path) == released


def test_a_snapshot_holds_no_texts_but_fields_named_like_them() -> None:
    assert schema_of(Told) == {
        "type": "object",
        "required": ["thing_id", "title"],
        "properties": {"thing_id": {"type": "string"}, "title": {"type": "string"}},
    }
