"""The archive of an exit: all that was kept of it as one document, and its hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from services.onboarding.canonical import content_hash
from services.onboarding.leaving.domain import ExitRecord

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


def archived(
    record: ExitRecord, told: Sequence[Mapping[str, Any]], on: date
) -> tuple[dict[str, Any], str]:
    """The document that is kept for ever, and the SHA-256 of its canonical JSON.

    Args:
        record: the exit with its tasks, deliveries, comments and costs.
        told: its timeline.
        on: the day it is archived.
    """
    document: dict[str, Any] = _ANYTHING.dump_python(
        {
            **asdict(record),
            "borne_by_leaver_ore": record.borne_by_leaver_ore,
            "timeline": [dict(entry) for entry in told],
            "archived_on": on,
        },
        mode="json",
    )
    return document, content_hash(document)
