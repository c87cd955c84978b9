"""From outbox to effect on PostgreSQL and RabbitMQ, beside bare aio-pika.

The baseline publishes the same bodies, confirmed and pipelined, to a quorum queue and
consumes and acknowledges them, with nothing stored. Ours adds the outbox, the relay's
marking, the inbox and the effect, each in PostgreSQL. Publisher and consumer are two
processes in both cases, as they would be on two cores.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from multiprocessing.queues import Queue

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy import func, select

from services.chassis import migrations
from services.chassis.broker.amqp import AmqpBroker, declare
from services.chassis.broker.topology import Topology
from services.chassis.clock import SystemClock
from services.chassis.consumer import Consumer, Readable
from services.chassis.context import WorkContext
from services.chassis.database import Database
from services.chassis.events import Envelope
from services.chassis.outbox import row_for
from services.chassis.relay import Relay
from services.chassis.service import spare_the_collector
from services.chassis.tables import outbox
from services.chassis.telemetry import Metrics, Tracing
from services.chassis.testing import eventually
from services.chassis.unit_of_work import UnitOfWorkFactory
from tests.support.probe import REGISTRY, SPEC, Effect, Happened

EVENTS = 20_000
STEADY_RATE = 200
STEADY_SECONDS = 10
WARMING_UP = 200
"""Events sent first and not counted: connections open and statements are compiled once."""

BASELINE_WINDOW = 500

_spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Throughput:
    """Events a second of both, and ours as a share of the baseline."""

    bare: float
    ours: float

    @property
    def ratio(self) -> float:
        """Ours over bare."""
        return self.ours / self.bare


@dataclass(frozen=True)
class Latency:
    """Milliseconds from commit to effect at a steady rate."""

    p50: float
    p99: float


def bodies(count: int) -> list[bytes]:
    """Envelopes as the probe service publishes them."""
    context = WorkContext.begin()
    now = SystemClock().now()
    return [
        row_for(
            Happened(thing_id=str(number), label=str(number)),
            source="probe",
            version=0,
            context=context,
            recorded_at=now,
        )["body"]
        for number in range(count)
    ]


async def bare_throughput(amqp_url: str) -> float:
    """Events a second through bare aio-pika: publisher here, consumer in a process."""
    name = "bench.bare"
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
        messages = bodies(EVENTS)
        done: Queue[float] = _spawn.Queue()
        consumer = _spawn.Process(target=_consume_bare, args=(amqp_url, name, EVENTS, done))
        consumer.start()
        await asyncio.to_thread(done.get)
        started = time.time()
        for first in range(0, len(messages), BASELINE_WINDOW):
            await asyncio.gather(
                *(
                    channel.default_exchange.publish(
                        aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT),
                        routing_key=name,
                    )
                    for body in messages[first : first + BASELINE_WINDOW]
                )
            )
        ended = await asyncio.to_thread(done.get)
        await asyncio.to_thread(consumer.join)
        await channel.queue_delete(name)
    return EVENTS / (ended - started)


def _consume_bare(amqp_url: str, name: str, count: int, done: Queue[float]) -> None:
    async def consume() -> None:
        connection = await aio_pika.connect(amqp_url)
        finished = asyncio.Event()
        left = count

        async def on_message(message: AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if left == 0:
                finished.set()

        async with connection:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=BASELINE_WINDOW)
            queue = await channel.get_queue(name)
            await queue.consume(on_message)
            done.put(time.time())
            await finished.wait()
            done.put(time.time())

    asyncio.run(consume())


async def our_throughput(amqp_url: str, database_url: str) -> float:
    """Events a second from a full outbox to their effects in the database."""
    async with _Outbox(amqp_url, database_url) as filled:
        await filled.store(EVENTS)
        consumer = _spawn.Process(target=_work, args=(amqp_url, database_url, None))
        consumer.start()
        await eventually(_consumer_is_up(amqp_url), within=60)
        started = time.time()
        while await filled.relay.publish_batch():
            pass
        ended = await filled.until_effects(EVENTS)
        consumer.terminate()
        await asyncio.to_thread(consumer.join)
    return EVENTS / (ended - started)


async def our_latency(amqp_url: str, database_url: str) -> Latency:
    """Commit to effect at a steady rate, one event a transaction."""
    count = WARMING_UP + STEADY_RATE * STEADY_SECONDS
    async with _Outbox(amqp_url, database_url) as steady:
        effects: Queue[list[tuple[str, float]]] = _spawn.Queue()
        consumer = _spawn.Process(target=_work, args=(amqp_url, database_url, effects))
        consumer.start()
        await eventually(_consumer_is_up(amqp_url), within=60)
        relaying = asyncio.create_task(steady.relay.run())
        committed: dict[str, float] = {}
        started = time.time()
        for number in range(count):
            await asyncio.sleep(max(0.0, started + number / STEADY_RATE - time.time()))
            async with steady.units.begin() as uow:
                uow.record(Happened(thing_id=str(number), label=str(number)))
            committed[str(number)] = time.time()
        took_effect: dict[str, float] = {}
        while len(took_effect) < count:
            took_effect.update(await asyncio.to_thread(effects.get))
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
        consumer.terminate()
        await asyncio.to_thread(consumer.join)
        labels = await steady.labels()
    took = [
        at - committed[labels[event_id]]
        for event_id, at in took_effect.items()
        if int(labels[event_id]) >= WARMING_UP
    ]
    cuts = statistics.quantiles(took, n=100)
    return Latency(p50=cuts[49] * 1000, p99=cuts[98] * 1000)


class _Outbox:
    """A probe service's database with its relay, in this process."""

    def __init__(self, amqp_url: str, database_url: str) -> None:
        self._amqp_url = amqp_url
        self._database_url = database_url
        clock = SystemClock()
        self.database = Database(database_url)
        self._broker = AmqpBroker(amqp_url, _topology(), name="bench")
        self.relay = Relay(self.database, self._broker, clock, Metrics("probe"))
        self.units = UnitOfWorkFactory("probe", self.database, clock, self.relay.wake)

    async def __aenter__(self) -> _Outbox:
        await asyncio.to_thread(migrations.upgrade, self._database_url, SPEC.migrations)
        await declare(self._amqp_url, _topology())
        await self._broker.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._broker.stop()
        await self.database.close()

    async def store(self, count: int) -> None:
        """Fill the outbox, as commands before would have."""
        context = WorkContext.begin()
        now = SystemClock().now()
        async with self.database.transaction(write=True) as session:
            await session.execute(
                outbox.insert(),
                [
                    row_for(
                        Happened(thing_id=str(number), label=str(number)),
                        source="probe",
                        version=0,
                        context=context,
                        recorded_at=now,
                    )
                    for number in range(count)
                ],
            )
            await session.commit()

    async def until_effects(self, count: int) -> float:
        """Wait for so many effects; the instant they were seen."""
        while True:
            async with self.database.transaction(write=False) as session:
                found = await session.scalar(select(func.count()).select_from(Effect))
            if (found or 0) >= count:
                return time.time()
            await asyncio.sleep(0.02)

    async def labels(self) -> dict[str, str]:
        """What each event was about, by its id."""
        async with self.database.transaction(write=False) as session:
            rows = await session.execute(select(outbox.c.event_id, outbox.c.body))
            return {id_: str(Envelope.from_bytes(body).data["label"]) for id_, body in rows}


def _topology() -> Topology:
    return Topology({SPEC.name: SPEC.subscriptions})


def _consumer_is_up(amqp_url: str) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        connection = await aio_pika.connect(amqp_url)
        async with connection:
            channel = await connection.channel()
            queue = await channel.get_queue(_topology().queue(SPEC.name))
            return (queue.declaration_result.consumer_count or 0) > 0

    return check


class _TellingConsumer(Consumer):
    """Tells when each event's effect was committed."""

    effects: Queue[list[tuple[str, float]]]

    async def handle(self, batch: Sequence[Readable]) -> None:
        """Handle, then tell."""
        await super().handle(batch)
        now = time.time()
        self.effects.put([(item.envelope.id, now) for item in batch])


def _work(amqp_url: str, database_url: str, effects: Queue[list[tuple[str, float]]] | None) -> None:
    async def work() -> None:
        clock = SystemClock()
        units = UnitOfWorkFactory("probe", Database(database_url), clock, lambda: None)
        consumer = (_TellingConsumer if effects else Consumer)(
            SPEC.name,
            AmqpBroker(amqp_url, _topology(), name="bench-consumer"),
            units,
            REGISTRY,
            SPEC.handlers,
            Metrics(SPEC.name),
            Tracing(SPEC.name, None),
        )
        if isinstance(consumer, _TellingConsumer) and effects is not None:
            consumer.effects = effects
        spare_the_collector()
        await consumer.run()

    asyncio.run(work())
