"""A centre filled once with the small flow, and copies of it for tests to run or damage."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.component.centre.command import SMALL_FLOW, serving
from tests.support.logs import logging_restored


@pytest.fixture(scope="session")
def _filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("filled") / "data"

    async def fill() -> None:
        async with serving(data, "--flow", SMALL_FLOW) as served:
            assert served.process.interrupt() == 0

    asyncio.run(fill())
    return data


@pytest.fixture
def filled(_filled_once: Path, tmp_path: Path) -> Path:
    """The data folder of a filled centre that is not running."""
    return shutil.copytree(_filled_once, tmp_path / "data")


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    # A centre that runs within the test's process logs to its own data folder.
    with logging_restored():
        yield


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """A look at every file of a folder, to see that nothing was changed."""
    return lambda folder: {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
