from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aio_pika
import aiormq
import pytest
from aio_pika.abc import AbstractChannel
from yarl import URL

from deploy.make_secrets import EVENT_SERVICES
from services.chassis.broker import OutgoingMessage
from services.chassis.broker.amqp import AmqpBroker
from services.composition import topology
from services.contracts.outside import MeasureReported
from tests.integration.deploy.conftest import Secrets

TOPOLOGY = topology()
REFUSED = aiormq.exceptions.ChannelAccessRefused
FOREIGN = [
    (service, other) for service in EVENT_SERVICES for other in EVENT_SERVICES if other != service
]


@asynccontextmanager
async def _channel(broker_deployment: Secrets, user: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(broker_deployment.read(f"{user}-broker-url"), timeout=10)
    async with connection:
        yield await connection.channel()


def _sent_by(service: str) -> str:
    """An event type that a service publishes and one other hears of, so none is left over."""
    heard = Counter(type_ for types in TOPOLOGY.subscriptions.values() for type_ in types)
    return min(type_ for type_, by in heard.items() if by == 1 and type_.startswith(f"{service}."))


@pytest.mark.parametrize("service", EVENT_SERVICES)
async def test_a_service_publishes_its_events_and_takes_them_from_its_queue(
    broker_deployment: Secrets, service: str
) -> None:
    broker = AmqpBroker(broker_deployment.read(f"{service}-broker-url"), TOPOLOGY, name=service)
    try:
        assert await broker.ready()
        await broker.publish([OutgoingMessage("e-1", _sent_by(service), b"{}")])
    finally:
        await broker.stop()
    hearing = next(
        other for other, types in TOPOLOGY.subscriptions.items() if _sent_by(service) in types
    )
    listener = AmqpBroker(broker_deployment.read(f"{hearing}-broker-url"), TOPOLOGY, name=hearing)
    try:
        async with asyncio.timeout(20), listener.subscription(hearing) as subscription:
            (delivery,) = await subscription.take(1)
            assert delivery.type == _sent_by(service)
            await subscription.park(delivery, "to see whether it may")
        (parked,) = await listener.parked(hearing)
        assert parked.reason == "to see whether it may"
        assert await listener.replay_parked(hearing) == 1
        async with asyncio.timeout(20), listener.subscription(hearing) as subscription:
            deliveries = await subscription.take(1)
            await subscription.retry(deliveries[0], 0, "to see whether it may")
    finally:
        await listener.stop()


async def _declare_exchange(channel: AbstractChannel) -> None:
    await channel.declare_exchange("ssc.mine", aio_pika.ExchangeType.TOPIC, durable=True)


async def _declare_queue(channel: AbstractChannel) -> None:
    await channel.declare_queue("ssc.billing.mine", durable=True)


async def _delete_exchange(channel: AbstractChannel) -> None:
    await channel.exchange_delete(TOPOLOGY.events)


async def _delete_own_queue(channel: AbstractChannel) -> None:
    await channel.queue_delete(TOPOLOGY.queue("billing"))


async def _bind_own_queue(channel: AbstractChannel) -> None:
    queue = await channel.get_queue(TOPOLOGY.queue("billing"), ensure=False)
    await queue.bind(TOPOLOGY.events, routing_key="#")


async def _read_the_unrouted(channel: AbstractChannel) -> None:
    queue = await channel.get_queue(f"{TOPOLOGY.unrouted}.v1", ensure=False)
    await queue.get(fail=False)


async def _publish_past_the_exchanges(channel: AbstractChannel) -> None:
    await channel.default_exchange.publish(
        aio_pika.Message(b"{}"), routing_key=TOPOLOGY.queue("onboarding")
    )


@pytest.mark.parametrize(
    "attempt",
    [
        _declare_exchange,
        _declare_queue,
        _delete_exchange,
        _delete_own_queue,
        _bind_own_queue,
        _read_the_unrouted,
        _publish_past_the_exchanges,
    ],
)
async def test_a_service_is_refused_what_is_not_its_business(
    broker_deployment: Secrets, attempt: Callable[[AbstractChannel], Awaitable[None]]
) -> None:
    async with _channel(broker_deployment, "billing") as channel:
        with pytest.raises(REFUSED):
            await attempt(channel)


@pytest.mark.parametrize(("service", "other"), FOREIGN)
async def test_no_service_takes_the_messages_of_another(
    broker_deployment: Secrets, service: str, other: str
) -> None:
    for name in (TOPOLOGY.queue(other), TOPOLOGY.parking(other), TOPOLOGY.delay(other, "5s")):
        async with _channel(broker_deployment, service) as channel:
            queue = await channel.get_queue(name, ensure=False)
            with pytest.raises(REFUSED):
                await queue.get(fail=False)
        async with _channel(broker_deployment, service) as channel:
            queue = await channel.get_queue(name, ensure=False)
            with pytest.raises(REFUSED):
                await queue.purge()


@pytest.mark.parametrize(("service", "other"), FOREIGN)
async def test_no_service_speaks_in_the_name_of_another(
    broker_deployment: Secrets, service: str, other: str
) -> None:
    async with _channel(broker_deployment, service) as channel:
        exchange = await channel.get_exchange(TOPOLOGY.events, ensure=False)
        with pytest.raises(REFUSED):
            await exchange.publish(aio_pika.Message(b"{}"), routing_key=_sent_by(other))


async def test_a_measuring_system_publishes_readings_and_nothing_else(
    broker_deployment: Secrets,
) -> None:
    async with _channel(broker_deployment, "measuring") as channel:
        events = await channel.get_exchange(TOPOLOGY.events, ensure=False)
        sent = aio_pika.Message(b"{}", message_id="r-1", type=MeasureReported.type)
        await events.publish(sent, routing_key=MeasureReported.type)
    url = broker_deployment.read("collab_model-broker-url")
    listener = AmqpBroker(url, TOPOLOGY, name="collab_model")
    try:
        async with asyncio.timeout(20), listener.subscription("collab_model") as subscription:
            (delivery,) = await subscription.take(1)
            assert delivery.type == MeasureReported.type
            await subscription.ack([delivery])
    finally:
        await listener.stop()
    for exchange, key in (
        (TOPOLOGY.events, _sent_by("billing")),
        (TOPOLOGY.events, "outside.other.v1"),
        (TOPOLOGY.dead, MeasureReported.type),
    ):
        async with _channel(broker_deployment, "measuring") as channel:
            found = await channel.get_exchange(exchange, ensure=False)
            with pytest.raises(REFUSED):
                await found.publish(aio_pika.Message(b"{}"), routing_key=key)
    async with _channel(broker_deployment, "measuring") as channel:
        queue = await channel.get_queue(TOPOLOGY.queue("collab_model"), ensure=False)
        with pytest.raises(REFUSED):
            await queue.get(fail=False)


async def test_there_is_no_default_user(broker_deployment: Secrets) -> None:
    own = URL(broker_deployment.read("topology-broker-url"))
    address = own.with_user("guest").with_password("guest")
    with pytest.raises(aiormq.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(address, timeout=10)
