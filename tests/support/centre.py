"""Probe services wired to a broker and storage of either kind, for messaging tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from services.chassis import outbox
from services.chassis.broker import Broker
from services.chassis.clock import SystemClock
from services.chassis.database import Database
from services.chassis.service import ServiceRuntime
from services.chassis.testing import TestIdentities
from tests.support.probe import REGISTRY, SPEC, Effect, Happened

FAST_LADDER = (
    ("20ms", timedelta(milliseconds=20)),
    ("40ms", timedelta(milliseconds=40)),
)
SUBSCRIPTIONS = {SPEC.name: SPEC.subscriptions}


def probe_runtime(
    broker: Broker,
    database_url: str,
    *,
    identities: TestIdentities | None = None,
    otlp_endpoint: str | None = None,
) -> ServiceRuntime:
    """A probe service that works: relay, consumer and timers."""
    return ServiceRuntime(
        SPEC,
        database=Database(database_url),
        broker=broker,
        clock=SystemClock(),
        identity=(identities or TestIdentities()).verifier,
        registry=REGISTRY,
        otlp_endpoint=otlp_endpoint,
    )


@dataclass(frozen=True)
class Probe:
    """A working probe service and what a test wants to know of it."""

    runtime: ServiceRuntime

    async def post(self, *labels: str) -> None:
        """Record one event per label, in one transaction."""
        async with self.runtime.units.begin() as uow:
            for label in labels:
                uow.record(Happened(thing_id=label, label=label))

    async def effects(self) -> list[str]:
        """The labels whose events took effect, in order of their effect."""
        async with self.runtime.database.transaction(write=False) as session:
            labels = await session.scalars(select(Effect.label).order_by(Effect.id))
            return [label.removeprefix("effect of ") for label in labels]

    async def count(self) -> int:
        """How many effects there are."""
        async with self.runtime.database.transaction(write=False) as session:
            return await session.scalar(select(func.count()).select_from(Effect)) or 0

    async def pending(self) -> int:
        """How many events the broker does not have yet."""
        async with self.runtime.database.transaction(write=False) as session:
            return await outbox.pending_count(session)

    async def handled(self) -> int:
        """How many events the inbox knows."""
        async with self.runtime.database.transaction(write=False) as session:
            return sum((await outbox.message_counts(session)).handled.values())

    async def took_effect(self, count: int) -> bool:
        """Whether so many effects are there."""
        return await self.count() >= count


@asynccontextmanager
async def working(broker: Broker, database_url: str) -> AsyncIterator[Probe]:
    """A probe service at work on a migrated database."""
    runtime = probe_runtime(broker, database_url)
    await runtime.start()
    try:
        yield Probe(runtime)
    finally:
        await runtime.stop()
