"""Both ways of running: embedded broker on SQLite, RabbitMQ on PostgreSQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from services.chassis import migrations
from services.chassis.broker import Broker
from services.chassis.broker.amqp import AmqpBroker, declare
from services.chassis.broker.embedded import EmbeddedBroker
from services.chassis.broker.topology import Topology
from tests.support.centre import FAST_LADDER, SUBSCRIPTIONS
from tests.support.probe import SPEC


@dataclass(frozen=True)
class Wiring:
    """A way of running: a migrated database, and brokers that meet in one place."""

    database_url: str
    broker: Callable[[], Awaitable[Broker]]


@pytest.fixture(params=["embedded", "distributed"])
def wiring(request: pytest.FixtureRequest, tmp_path: Path) -> Wiring:
    """Each test runs once on each way of running."""
    if request.param == "embedded":
        url: str = request.getfixturevalue("sqlite_url")

        async def embedded() -> Broker:
            return EmbeddedBroker(tmp_path / "broker.sqlite3", SUBSCRIPTIONS, ladder=FAST_LADDER)

        migrations.upgrade(url, SPEC.migrations)
        return Wiring(url, embedded)
    url = request.getfixturevalue("postgres_url")
    amqp_url: str = request.getfixturevalue("rabbitmq_url")
    # Names of its own, so that what an interrupted run left behind is not met here.
    topology = Topology(SUBSCRIPTIONS, prefix=f"t{uuid4().hex}", ladder=FAST_LADDER)

    async def rabbit() -> Broker:
        await declare(amqp_url, topology)
        return AmqpBroker(amqp_url, topology, name="probe")

    migrations.upgrade(url, SPEC.migrations)
    return Wiring(url, rabbit)
