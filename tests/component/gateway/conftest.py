"""Fixtures of the gateway's component tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from tests.component.gateway.centre import Centre, standing


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def centre(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Centre]:
    """A gateway on simulated time with made-up services behind it."""
    async with standing(sqlite_url, tmp_path) as standing_centre:
        yield standing_centre
