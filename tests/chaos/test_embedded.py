"""The embedded centre under faults: nothing lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.chaos.conftest import replay
from tests.support.processes import embedded_centre, supervised

pytestmark = pytest.mark.timeout(420)

CENTRE = "tests.chaos.disturbed_centre"


@pytest.mark.parametrize(
    "disturbance", ["killed-before-publish:5", "killed-after-publish:5", "killed-before-ack:5"]
)
async def test_a_killed_process_loses_nothing(
    tmp_path: Path, undisturbed: Mapping[str, list[str]], disturbance: str
) -> None:
    environment = {"SSC_TEST_DISTURBANCE": disturbance}
    async with embedded_centre(tmp_path, CENTRE, environment) as centre:
        process = centre.processes["centre"]
        async with supervised(process):
            assert await replay(centre) == undisturbed
        assert process.restarts == 2


@pytest.mark.parametrize("disturbance", ["everything-twice", "out-of-order:1", "out-of-order:2"])
async def test_unruly_delivery_changes_nothing(
    tmp_path: Path, undisturbed: Mapping[str, list[str]], disturbance: str
) -> None:
    environment = {"SSC_TEST_DISTURBANCE": disturbance}
    async with embedded_centre(tmp_path, CENTRE, environment) as centre:
        assert await replay(centre) == undisturbed
