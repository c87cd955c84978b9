"""Four processes on PostgreSQL and RabbitMQ under faults: nothing lost or done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url

from services.chassis.testing import eventually
from tests.chaos.conftest import replay
from tests.chaos.disturbances import DEATHS, EVERY_DEATH_TWICE
from tests.instances.rabbitmq import PrivateRabbitMQ
from tests.support.processes import RunningCentre, distributed_centre, supervised

pytestmark = pytest.mark.timeout(420)

SERVICES = ("onboarding", "billing", "collab_model")
BETWEEN_CUTS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between two cuts; the longest gives a slow machine's transactions the time to end."""


async def test_killed_services_lose_nothing(
    tmp_path: Path, postgres_server: str, rabbitmq_url: str, undisturbed: Mapping[str, list[str]]
) -> None:
    async with disturbed(tmp_path, postgres_server, rabbitmq_url, EVERY_DEATH_TWICE) as centre:
        victims = [centre.processes[name] for name in SERVICES]
        async with supervised(*victims):
            assert await replay(centre) == undisturbed
        assert [victim.restarts for victim in victims] == [DEATHS] * len(victims)


async def test_unruly_delivery_changes_nothing(
    tmp_path: Path, postgres_server: str, rabbitmq_url: str, undisturbed: Mapping[str, list[str]]
) -> None:
    unruly = "out-of-order:1+everything-twice"
    async with disturbed(tmp_path, postgres_server, rabbitmq_url, unruly) as centre:
        assert await replay(centre) == undisturbed


async def test_a_broker_that_stops_and_one_that_freezes(
    tmp_path: Path, postgres_server: str, undisturbed: Mapping[str, list[str]]
) -> None:
    broker = await asyncio.to_thread(PrivateRabbitMQ().start)
    try:
        async with distributed_centre(tmp_path, postgres_server, broker.url()) as centre:
            replaying = asyncio.create_task(replay(centre))
            await eventually(lambda: _some_invoice_is_issued(centre), within=120, every=0.2)
            assert not replaying.done()
            await asyncio.to_thread(broker.restart)
            await eventually(lambda: _all_services_are_ready(centre), within=60)
            assert not replaying.done()
            await _freeze_and_thaw(broker, centre)
            assert await replaying == undisturbed
    finally:
        await asyncio.to_thread(broker.stop)


async def _freeze_and_thaw(broker: PrivateRabbitMQ, centre: RunningCentre) -> None:
    broker.pause()
    try:
        await eventually(lambda: _some_service_is_not_ready(centre), within=60)
    finally:
        broker.resume()


async def test_database_connections_cut_in_mid_transaction(
    tmp_path: Path, postgres_server: str, rabbitmq_url: str, undisturbed: Mapping[str, list[str]]
) -> None:
    async with distributed_centre(tmp_path, postgres_server, rabbitmq_url) as centre:
        cuts = 0

        async def keep_cutting() -> None:
            nonlocal cuts
            for pause in cycle(BETWEEN_CUTS):
                await asyncio.sleep(pause)
                cuts += await asyncio.to_thread(_cut_connections, postgres_server, centre)

        cutting = asyncio.create_task(keep_cutting())
        try:
            state = await replay(centre)
        finally:
            cutting.cancel()
            await asyncio.gather(cutting, return_exceptions=True)
        assert state == undisturbed
        assert cuts > 20


@asynccontextmanager
async def disturbed(
    folder: Path, postgres_server: str, rabbitmq_url: str, disturbance: str
) -> AsyncIterator[RunningCentre]:
    """A distributed centre all of whose services have a disturbed broker."""
    async with distributed_centre(
        folder,
        postgres_server,
        rabbitmq_url,
        modules=dict.fromkeys(SERVICES, "tests.chaos.disturbed_service"),
        environment={"SSC_TEST_DISTURBANCE": disturbance},
    ) as centre:
        yield centre


async def _some_invoice_is_issued(centre: RunningCentre) -> bool:
    async with httpx.AsyncClient() as http:
        billing = centre.processes["billing"].environment["SSC_PORT"]
        text = (await http.get(f"http://127.0.0.1:{billing}/metrics")).text
    return "ssc_events_published_total" in text and any(
        line.startswith("ssc_events_published_total{") and float(line.split()[-1]) >= 4
        for line in text.splitlines()
    )


async def _all_services_are_ready(centre: RunningCentre) -> bool:
    async with httpx.AsyncClient(timeout=30) as http:
        return (await http.get(f"{centre.url}/readyz")).status_code == 200


async def _some_service_is_not_ready(centre: RunningCentre) -> bool:
    return not await _all_services_are_ready(centre)


def _cut_connections(server: str, centre: RunningCentre) -> int:
    databases = [
        make_url(process.environment["SSC_DATABASE_URL"]).database
        for process in centre.processes.values()
    ]
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)",
            (databases,),
        ).fetchall()
    return len(cut)
