from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.fuzzing import FuzzedCentre, fuzzed_centre


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def centre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FuzzedCentre]:
    """One centre for every operation: what one leaves behind is the next one's history."""
    async with fuzzed_centre(tmp_path_factory.mktemp("fuzzed")) as running:
        yield running
