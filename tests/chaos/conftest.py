"""What every chaos test compares with: the same flow, undisturbed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path

import httpx
import pytest

from services.centre.filling import BUNDLED_FLOW
from services.chassis.clock import STOCKHOLM
from services.replay.flow import Flow, load
from services.replay.runner import Runner
from tests.support.end_state import end_state
from tests.support.processes import RunningCentre, embedded_centre

ENDS = date(2026, 6, 30)
STABLE = datetime(2025, 12, 1, tzinfo=STOCKHOLM)
JOURNEY = "Fastighetsmäklarinspektionen"


def short_flow() -> Flow:
    """One agency's way from letter of intent until it is stable, a true-up included."""
    whole = load(BUNDLED_FLOW, ENDS, [JOURNEY])
    return replace(whole, ends=STABLE, steps=[step for step in whole.steps if step.at < STABLE])


async def replay(centre: RunningCentre) -> dict[str, list[str]]:
    """Replay the short flow, insist that each step went as expected, look at the end."""
    async with httpx.AsyncClient(base_url=centre.url, timeout=120) as http:
        outcome = await Runner(short_flow(), http, centre.administrator).run()
        assert [
            f"{result.step.number} {result.path}: {'; '.join(result.differences)}"
            for result in outcome.failures
        ] == []
        return await end_state(http, outcome.credentials["finance"])


@pytest.fixture(scope="session")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, shared_folder: Path
) -> Mapping[str, list[str]]:
    """The end state of the flow when nothing goes wrong; replayed once for all workers."""
    folder = tmp_path_factory.mktemp("undisturbed")
    kept = shared_folder / "undisturbed.json"
    with (shared_folder / "undisturbed.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not kept.exists():
            kept.write_text(json.dumps(asyncio.run(_replay_undisturbed(folder))), "utf-8")
        state: dict[str, list[str]] = json.loads(kept.read_text("utf-8"))
    assert len(state["invoices"]) >= 4
    assert len(state["true-ups"]) == 1
    assert '"phase": "stable"' in state["cases"][0]
    return state


async def _replay_undisturbed(folder: Path) -> dict[str, list[str]]:
    async with embedded_centre(folder) as centre:
        return await replay(centre)
