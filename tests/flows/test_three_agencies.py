"""The bundled flow on both ways of running: they end in the same state."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.centre.filling import BUNDLED_FLOW
from tests.support.processes import distributed_centre, embedded_centre
from tests.support.replays import replay, told

PINNED_END = date(2027, 4, 30)
"""A day of true-ups; test_pinned_ends.py tells of others."""


@pytest.mark.timeout(420)
async def test_both_ways_of_running_end_in_the_same_state(
    tmp_path: Path, postgres_server: str, rabbitmq_url: str
) -> None:
    embedded, distributed = tmp_path / "embedded", tmp_path / "distributed"
    embedded.mkdir()
    distributed.mkdir()
    async with embedded_centre(embedded) as centre:
        outcome, embedded_state = await replay(centre, BUNDLED_FLOW, PINNED_END)
        assert told(outcome) == []
    async with distributed_centre(distributed, postgres_server, rabbitmq_url) as centre:
        outcome, distributed_state = await replay(centre, BUNDLED_FLOW, PINNED_END)
        assert told(outcome) == []
    assert embedded_state == distributed_state
    assert len(embedded_state["cases"]) == 3
    assert len(embedded_state["invoices"]) >= 30
    assert len(embedded_state["credits"]) == 1
