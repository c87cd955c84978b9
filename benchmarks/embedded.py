"""The embedded centre: start-up, memory at rest and after the flow, time of the flow."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from services.centre.filling import BUNDLED_FLOW
from services.replay.flow import load
from services.replay.runner import Runner
from tests.support.processes import embedded_centre, until_ready

ENDS = date(2026, 6, 30)


@dataclass(frozen=True)
class EmbeddedFigures:
    """What an embedded centre takes."""

    start_seconds: float
    bare_start_seconds: float
    rest_mib: float
    after_flow_mib: float
    flow_seconds: float
    flow_requests: int


async def measure() -> EmbeddedFigures:
    """Start an embedded centre, replay the bundled flow on it, start it again."""
    flow = load(BUNDLED_FLOW, ENDS)
    with TemporaryDirectory() as folder:
        async with embedded_centre(Path(folder)) as centre:
            process = centre.processes["centre"]
            rest = _resident_mib(process.pid)
            async with httpx.AsyncClient(base_url=centre.url, timeout=120) as http:
                began = time.monotonic()
                replay = await Runner(flow, http, centre.administrator).run()
                flow_seconds = time.monotonic() - began
            after = _resident_mib(process.pid)
            process.interrupt()
            began = time.monotonic()
            process.start()
            await until_ready(centre.url, process)
            start_seconds = time.monotonic() - began
    if replay.failures:
        raise RuntimeError(f"{len(replay.failures)} steps went otherwise than expected")
    return EmbeddedFigures(
        start_seconds, await _bare_start(), rest, after, flow_seconds, len(replay.results)
    )


def _resident_mib(pid: int) -> float:
    resident: int = psutil.Process(pid).memory_info().rss
    return resident / 2**20


async def _bare_start() -> float:
    """Seconds for Python to import FastAPI and SQLAlchemy: the floor of any start."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import fastapi, sqlalchemy.ext.asyncio, uvicorn"
    )
    await process.wait()
    return time.monotonic() - began
