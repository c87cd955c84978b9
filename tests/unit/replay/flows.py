"""Flow files as small as a test needs them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from services.replay.flow import Flow, load

ENDS = date(2026, 6, 30)


def flow_file(
    folder: Path,
    *steps: dict[str, Any],
    starts: int = -100,
    values: dict[str, Any] | None = None,
    **more: Any,
) -> Path:
    """A file with one journey of these steps, each a GET by the manager unless it says else."""
    document = {
        "flow": "test",
        "title": "A test",
        "starts": -200,
        "actors": {
            "manager": {"name": "Kundansvarig", "roles": ["account_manager"]},
            "agency": {"name": "Myndighet", "roles": ["agency"], "org_number": "202100-4870"},
        },
        "journeys": [
            {"name": "Way", "starts": starts, "values": values or {}, "steps": ["only"]},
        ],
        "steps": {"only": [{"who": "manager", "do": "GET /ops/v1/cases", **s} for s in steps]},
        **more,
    }
    path = folder / "test.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def a_flow(folder: Path, *steps: dict[str, Any], ends: date = ENDS, **more: Any) -> Flow:
    """The flow of such a file."""
    return load(flow_file(folder, *steps, **more), ends)
