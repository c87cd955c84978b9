"""A probe service at work in the process: embedded broker, SQLite, its own HTTP door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.chassis import migrations
from services.chassis.broker import Broker
from services.chassis.broker.embedded import EmbeddedBroker
from services.chassis.identity import Actor, Role
from services.chassis.ids import new_id
from services.chassis.service import ServiceRuntime
from services.chassis.testing import TestIdentities
from tests.support.centre import FAST_LADDER, SUBSCRIPTIONS, probe_runtime
from tests.support.probe import SPEC

ORG = "202100-6255"


@dataclass(frozen=True)
class Working:
    """A service at work, and an agency that speaks with it."""

    runtime: ServiceRuntime
    agency: httpx.AsyncClient
    token: str

    async def post(self, label: str, **headers: str) -> httpx.Response:
        """Post a thing."""
        return await self.agency.post(
            "/v1/things", json={"label": label}, headers={"Idempotency-Key": new_id(), **headers}
        )

    async def metric(self, name: str, **labels: str) -> float:
        """A number that ``/metrics`` shows."""
        return await shown(self.agency, name, **labels)


async def shown(http: httpx.AsyncClient, name: str, **labels: str) -> float:
    """A number that a service's ``/metrics`` shows."""
    answer = await http.get("/metrics")
    assert answer.status_code == 200
    (value,) = (
        sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
    return value


def embedded(folder: Path) -> EmbeddedBroker:
    """A broker in the process, with a short ladder."""
    return EmbeddedBroker(folder / "broker.sqlite3", SUBSCRIPTIONS, ladder=FAST_LADDER)


@asynccontextmanager
async def working(
    folder: Path,
    *,
    broker: Broker | None = None,
    database_url: str | None = None,
    otlp_endpoint: str | None = None,
) -> AsyncIterator[Working]:
    """A service at work; all of it has ended, traces sent, when the block ends."""
    url = database_url or f"sqlite+aiosqlite:///{folder / 'working.sqlite3'}"
    migrations.upgrade(url, SPEC.migrations)
    identities = TestIdentities()
    runtime = probe_runtime(
        broker or embedded(folder),
        url,
        identities=identities,
        otlp_endpoint=otlp_endpoint,
    )
    app = runtime.app()
    token = identities.token(Actor("an-agency", frozenset({Role.AGENCY}), ORG))
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://probe",
        headers={"Authorization": f"Bearer {token}"},
    )
    async with app.router.lifespan_context(app), client:
        yield Working(runtime, client, token)
