"""Stories of onboarding that leave the straight road, replayed through the gateway."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.support.processes import embedded_centre
from tests.support.replays import replay, told

PINNED_END = date(2026, 6, 30)
FLOWS = Path(__file__).parent


@pytest.mark.timeout(420)
@pytest.mark.parametrize(
    "story",
    [
        "small_voluntary",
        "university_sent_back",
        "obliged_late",
        "withdrawn",
        "merger",
        "exit",
        "no_go",
    ],
)
async def test_a_story_goes_as_it_is_told(tmp_path: Path, story: str) -> None:
    async with embedded_centre(tmp_path) as centre:
        outcome, _ = await replay(centre, FLOWS / f"{story}.yaml", PINNED_END)
        assert told(outcome) == []
        assert len(outcome.results) > 20
