"""The relay: carries events from the outbox to the broker, in the order recorded.

One relay of a service works at a time, held by an advisory lock on PostgreSQL and by
being one process on SQLite; order within an aggregate follows from that. A crash
between publishing and marking publishes again, and consumers drop the repeat.
"""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
import structlog
from sqlalchemy import text

from services.chassis import outbox
from services.chassis.broker import Broker, BrokerUnavailable, OutgoingMessage
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.telemetry import Metrics
from services.chassis.unit_of_work import OUTBOX_CHANNEL

log = structlog.get_logger(__name__)

BATCH = 500
POLL_SECONDS = 1.0
RELAY_LOCK = 0x55C_0B0

_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)


class Relay:
    """Publishes a service's outbox until stopped; woken by commits and by polling."""

    def __init__(self, database: Database, broker: Broker, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._broker = broker
        self._clock = clock
        self._metrics = metrics
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something was committed to the outbox."""
        self._woken.set()

    async def run(self) -> None:
        """Publish whatever is pending, again and again."""
        failures = 0
        while True:
            self._woken.clear()
            try:
                while await self.publish_batch():
                    failures = 0
            except BrokerUnavailable as error:
                log.warning("relay_waits_for_broker", reason=str(error), failures=failures)
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()

    async def publish_batch(self) -> int:
        """Publish one batch and mark it.

        Returns:
            How many events were published; 0 when none waits or another relay works.

        Raises:
            BrokerUnavailable: nothing was marked; the batch will be published again.
        """
        async with self._database.transaction(write=False) as session:
            if not self._database.embedded and not await session.scalar(
                text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": RELAY_LOCK}
            ):
                return 0
            batch = await outbox.pending(session, BATCH)
            if not batch:
                return 0
            await self._broker.publish(
                [OutgoingMessage(event.event_id, event.type, event.body) for event in batch]
            )
            if not self._database.embedded:
                await outbox.mark_published(session, [e.seq for e in batch], self._clock.now())
                await session.commit()
        if self._database.embedded:
            # A reading transaction cannot become a writing one on SQLite, and holding
            # the writer's place while publishing would stop every request.
            async with self._database.transaction(write=True) as session:
                await outbox.mark_published(session, [e.seq for e in batch], self._clock.now())
                await session.commit()
        now = self._clock.now()
        self._metrics.published([(now - e.recorded_at).total_seconds() for e in batch])
        return len(batch)

    async def listen(self) -> None:
        """Wake up when another process of the service commits (PostgreSQL only)."""
        url = self._database.url.set(drivername="postgresql")
        connection = await psycopg.AsyncConnection.connect(
            url.render_as_string(hide_password=False), autocommit=True, connect_timeout=5
        )
        async with connection:
            await connection.execute(f"LISTEN {OUTBOX_CHANNEL}")
            async for _ in connection.notifies():
                self.wake()
