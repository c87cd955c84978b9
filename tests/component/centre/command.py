"""``python -m services.centre`` as whoever types it meets it."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest

from services.centre.__main__ import main
from services.chassis.testing import eventually
from tests.instances.processes import free_port
from tests.support import prefork
from tests.support.prefork import ROOT
from tests.support.processes import Process, until_ready

SMALL_FLOW = ROOT / "tests" / "flows" / "small.yaml"
MODULE = "services.centre"
SECONDS = 90.0


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def run(*arguments: object) -> Ended:
    """Run the centre's command to its end."""
    with TemporaryFile() as out, TemporaryFile() as err:
        command = prefork.start(MODULE, [str(each) for each in arguments], os.environ, out, err)
        try:
            code = command.wait(SECONDS)
        finally:
            command.kill()
        return Ended(code, _read(out), _read(err))


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def run_here(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Ended:
    """Run the centre's command within this process, so that a test can simulate a fault.

    Leaving with a text is how Python prints it to stderr and ends with code 1.
    """
    monkeypatch.setattr(sys, "argv", ["services.centre", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, str)
    return Ended(1, "", f"{left.value.code}\n")


def told(ended: Ended) -> str:
    """The one clear sentence of a command that could not do its work."""
    assert ended.code == 1, ended
    assert ended.err.count("\n") == 1, ended.err
    assert "Traceback" not in ended.err + ended.out
    assert ended.err.endswith(".\n"), ended.err
    return ended.err.strip()


@dataclass(frozen=True)
class Served:
    """A centre that was started by its command."""

    process: Process
    data: Path
    url: str

    @property
    def port(self) -> int:
        """The gateway's port."""
        return int(self.url.rsplit(":", 1)[1])

    def output(self) -> str:
        """What it has printed since it was made."""
        return self.process.output()


@contextmanager
def started(data: Path, *arguments: object) -> Iterator[Served]:
    """A centre's process just started on a free port; killed in the end if it still runs."""
    port = free_port()
    process = Process(
        "centre",
        MODULE,
        ("--data", str(data), "--port", str(port), *map(str, arguments)),
        {},
        data.with_name(f"{data.name}-{port}.out"),
    )
    try:
        process.start()
        yield Served(process, data, f"http://127.0.0.1:{port}")
    finally:
        process.kill()


@asynccontextmanager
async def serving(data: Path, *arguments: object) -> AsyncIterator[Served]:
    """A centre that has welcomed whoever started it."""
    with started(data, *arguments) as served:
        await welcomed(served)
        yield served


async def welcomed(served: Served) -> None:
    """Wait until a centre answers and has said so."""
    await until_ready(served.url, served.process)

    async def said_so() -> bool:
        return "All credentials are kept in" in served.output()

    await eventually(said_so)
