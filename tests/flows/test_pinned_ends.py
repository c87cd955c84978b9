"""The bundled flow ends on any day: what a leap day, a new year or a true-up day changes.

On a true-up day it ends in test_three_agencies.py.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.centre.filling import BUNDLED_FLOW
from tests.support.processes import embedded_centre
from tests.support.replays import replay, told


@pytest.mark.timeout(420)
@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(date(2024, 2, 29), id="leap-day"),
        pytest.param(date(2025, 1, 1), id="new-year"),
        pytest.param(date(2026, 11, 1), id="right-after-a-true-up-day"),
    ],
)
async def test_the_flow_may_end_on_any_day(tmp_path: Path, ends: date) -> None:
    async with embedded_centre(tmp_path) as centre:
        outcome, _ = await replay(centre, BUNDLED_FLOW, ends)
        assert told(outcome) == []
