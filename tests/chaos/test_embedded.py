"""The embedded centre under faults: nothing lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.chaos.conftest import replay
from tests.chaos.disturbances import DEATHS, EVERY_DEATH_TWICE
from tests.support.processes import embedded_centre, supervised

pytestmark = pytest.mark.timeout(420)

CENTRE = "tests.chaos.disturbed_centre"


async def test_a_killed_process_loses_nothing(
    tmp_path: Path, undisturbed: Mapping[str, list[str]]
) -> None:
    environment = {"SSC_TEST_DISTURBANCE": EVERY_DEATH_TWICE}
    async with embedded_centre(tmp_path, CENTRE, environment) as centre:
        process = centre.processes["centre"]
        async with supervised(process):
            assert await replay(centre) == undisturbed
        assert process.restarts == DEATHS


@pytest.mark.parametrize("seed", [1, 2])
async def test_unruly_delivery_changes_nothing(
    tmp_path: Path, undisturbed: Mapping[str, list[str]], seed: int
) -> None:
    environment = {"SSC_TEST_DISTURBANCE": f"out-of-order:{seed}+everything-twice"}
    async with embedded_centre(tmp_path, CENTRE, environment) as centre:
        assert await replay(centre) == undisturbed
