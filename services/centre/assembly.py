"""Wires all four services to one process: SQLite files, embedded broker, one clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from services.centre.data_folder import DataFolder, StoredCredentials
from services.centre.doors import LocalDoors
from services.chassis import migrations
from services.chassis.broker import Broker
from services.chassis.broker.embedded import EmbeddedBroker
from services.chassis.clock import Clock, SimulatedClock
from services.chassis.config import ClockMode
from services.chassis.database import Database
from services.chassis.identity import IdentityVerifier
from services.chassis.service import ServiceRuntime
from services.composition import EVENT_SERVICES, subscriptions
from services.contracts import EVENTS
from services.gateway.app import SPEC as GATEWAY
from services.gateway.app import create_gateway
from services.gateway.config import GatewaySettings


@dataclass(frozen=True)
class Centre:
    """A running centre: its gateway application and the services behind it."""

    gateway: FastAPI
    runtimes: tuple[ServiceRuntime, ...]

    def client(self) -> httpx.AsyncClient:
        """A client of the gateway within the process."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.gateway), base_url="http://centre", timeout=120
        )


def migrate(folder: DataFolder) -> None:
    """Bring every database of a data folder to this release's schema.

    Raises:
        SchemaTooNew: a later release has been at work here.
    """
    for spec in (*EVENT_SERVICES, GATEWAY):
        migrations.upgrade(folder.database_url(spec.name), spec.migrations)


@asynccontextmanager
async def running_centre(
    folder: DataFolder,
    *,
    clock: Clock,
    administrator: StoredCredentials | None = None,
    durable: bool = True,
    public_url: str = "http://127.0.0.1:8080",
    wrap_broker: Callable[[Broker], Broker] = lambda broker: broker,
) -> AsyncIterator[Centre]:
    """A centre at work on a migrated data folder.

    Args:
        clock: one for all services, so that simulated time is the same everywhere.
        administrator: created when the gateway does not know it yet.
        durable: False skips waiting for the disk; only while filling.
        wrap_broker: put between the services and their broker.

    Raises:
        SchemaMismatch: the folder was not migrated, or by a later release.
        DataFolderInUse: another process runs on the folder.
    """
    identity = await asyncio.to_thread(IdentityVerifier.from_file, folder.verify_keys)
    broker = wrap_broker(EmbeddedBroker(folder.broker, subscriptions(), durable=durable))
    async with AsyncExitStack() as stack:
        runtimes: list[ServiceRuntime] = []
        clients: dict[str, httpx.AsyncClient] = {}
        for spec in EVENT_SERVICES:
            runtime = ServiceRuntime(
                spec,
                database=Database(folder.database_url(spec.name), durable=durable),
                broker=broker,
                clock=clock,
                identity=identity,
                registry=EVENTS,
            )
            app = runtime.app()
            await stack.enter_async_context(app.router.lifespan_context(app))
            runtimes.append(runtime)
            clients[spec.name] = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url=f"http://{spec.name}", timeout=60
            )
        settings = GatewaySettings(
            database_url=folder.database_url(GATEWAY.name),
            verify_keys_file=folder.verify_keys,
            signing_key_file=folder.signing_key,
            public_url=public_url,
            clock=ClockMode.SIMULATED if isinstance(clock, SimulatedClock) else ClockMode.SYSTEM,
            bootstrap_client_id=administrator.client_id if administrator else None,
            bootstrap_client_secret=(
                SecretStr(administrator.client_secret) if administrator else None
            ),
        )
        gateway = create_gateway(settings, clients=clients, doors=LocalDoors(runtimes))
        await stack.enter_async_context(gateway.router.lifespan_context(gateway))
        yield Centre(gateway, tuple(runtimes))
