"""Replays of flow files through a running centre's gateway, as a user would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx

from services.replay.flow import load
from services.replay.runner import Replay, Runner
from tests.support.end_state import end_state
from tests.support.processes import RunningCentre


async def replay(
    centre: RunningCentre, file: Path, ends: date
) -> tuple[Replay, dict[str, list[str]]]:
    """Replay a flow and look at what the centre then holds."""
    flow = load(file, ends)
    async with httpx.AsyncClient(base_url=centre.url, timeout=120) as http:
        outcome = await Runner(flow, http, centre.administrator).run()
        return outcome, await end_state(http, outcome.credentials["finance"])


def told(outcome: Replay) -> list[str]:
    """The differences, readably."""
    return [
        f"{result.step.number} {result.step.method} {result.path}: {'; '.join(result.differences)}"
        for result in outcome.failures
    ]
