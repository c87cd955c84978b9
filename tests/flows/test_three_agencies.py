"""The bundled flow, replayed through the gateway as a user would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx
import pytest

from services.centre.filling import BUNDLED_FLOW
from services.replay.flow import load
from services.replay.runner import Replay, Runner
from tests.support.end_state import end_state
from tests.support.processes import RunningCentre, distributed_centre, embedded_centre

PINNED_END = date(2026, 6, 30)


async def replay(centre: RunningCentre, ends: date) -> tuple[Replay, dict[str, list[str]]]:
    """Replay the bundled flow and look at what the centre then holds."""
    flow = load(BUNDLED_FLOW, ends)
    async with httpx.AsyncClient(base_url=centre.url, timeout=120) as http:
        outcome = await Runner(flow, http, centre.administrator).run()
        return outcome, await end_state(http, outcome.credentials["finance"])


def told(outcome: Replay) -> list[str]:
    """The differences, readably."""
    return [
        f"{result.step.number} {result.step.method} {result.path}: {'; '.join(result.differences)}"
        for result in outcome.failures
    ]


@pytest.mark.timeout(240)
async def test_both_ways_of_running_end_in_the_same_state(
    tmp_path: Path, postgres_server: str, rabbitmq_url: str
) -> None:
    embedded, distributed = tmp_path / "embedded", tmp_path / "distributed"
    embedded.mkdir()
    distributed.mkdir()
    async with embedded_centre(embedded) as centre:
        outcome, embedded_state = await replay(centre, PINNED_END)
        assert told(outcome) == []
    async with distributed_centre(distributed, postgres_server, rabbitmq_url) as centre:
        outcome, distributed_state = await replay(centre, PINNED_END)
        assert told(outcome) == []
    assert embedded_state == distributed_state
    assert len(embedded_state["cases"]) == 3
    assert len(embedded_state["invoices"]) >= 30
    assert len(embedded_state["credits"]) == 1


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(date(2024, 2, 29), id="leap-day"),
        pytest.param(date(2025, 1, 1), id="new-year"),
        pytest.param(date(2026, 11, 1), id="right-after-a-true-up-day"),
        pytest.param(date(2027, 4, 30), id="on-a-true-up-day"),
    ],
)
async def test_the_flow_may_end_on_any_day(tmp_path: Path, ends: date) -> None:
    async with embedded_centre(tmp_path) as centre:
        outcome, _ = await replay(centre, ends)
        assert told(outcome) == []
