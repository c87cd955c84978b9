"""``python -m tests.contract.snapshots write``: keep each event's schema as it is released.

New events and compatible changes are written; a change that breaks readers is refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.chassis.events import Event
from services.contracts import EVENTS
from services.documents.schemas import wire_schemas
from tests.contract.compatibility import Json, breaks

FOLDER = Path(__file__).parent / "events"
COMMAND = "python -m tests.contract.snapshots write"
_WORDS_ONLY = frozenset({"title", "description", "examples"})


def schema_of(kind: type[Event]) -> Json:
    """An event's JSON schema without its texts, which may change at any time."""
    definitions = wire_schemas([kind], ref="#/$defs/")
    schema: Json = _without_words(definitions.pop(kind.__name__))
    if definitions:
        schema["$defs"] = {name: _without_words(item) for name, item in definitions.items()}
    return schema


def _without_words(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_words(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: (
            {name: _without_words(field) for name, field in value.items()}
            if key == "properties"  # a field may be called title
            else _without_words(value)
        )
        for key, value in schema.items()
        if key not in _WORDS_ONLY
    }


def path_of(event_type: str, folder: Path = FOLDER) -> Path:
    """Where an event's snapshot is kept."""
    return folder / f"{event_type}.json"


def read(event_type: str, folder: Path = FOLDER) -> Json | None:
    """An event's schema as it was released, if it was."""
    path = path_of(event_type, folder)
    if not path.is_file():
        return None
    snapshot: Json = json.loads(path.read_text("utf-8"))
    return snapshot


def complaint(event_type: str, snapshot: Json | None, schema: Json) -> str | None:
    """What is wrong between an event's snapshot and its schema, and what to do about it."""
    if snapshot is None:
        return f"{event_type} has no snapshot of its release: run `{COMMAND}` and commit it."
    broken = breaks(snapshot, schema)
    if broken:
        return (
            f"{event_type} can no longer be read by those who know its released form:"
            f" {'; '.join(broken)}. Take the change back, or make it a new version of the event"
            " beside this one."
        )
    if snapshot != schema:
        return f"{event_type} has grown since its snapshot: run `{COMMAND}` and commit it."
    return None


def write(events: Mapping[str, type[Event]], folder: Path = FOLDER) -> list[str]:
    """Write the snapshots of new events and of compatible changes.

    Returns:
        A sentence for each event whose change breaks its readers; its snapshot stays.
    """
    refused = []
    for event_type, kind in events.items():
        snapshot, schema = read(event_type, folder), schema_of(kind)
        if snapshot is not None and breaks(snapshot, schema):
            refused.append(str(complaint(event_type, snapshot, schema)))
        elif snapshot != schema:
            text = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False)
            path_of(event_type, folder).write_text(f"{text}\n", "utf-8")
    return refused


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.contract.snapshots", description=__doc__)
    parser.add_argument("command", choices=["write"])
    parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    sys.exit("\n".join(write(EVENTS.types)) or None)
