from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aio_pika
import aiormq
import pytest

from tests.instances.rabbitmq import BrokerPermissions, BrokerUser, PrivateRabbitMQ


@pytest.fixture(scope="module")
def broker() -> Iterator[PrivateRabbitMQ]:
    reader = BrokerUser("reader", "reader-password", {"/": BrokerPermissions(read="^kept$")})
    with PrivateRabbitMQ(users=[reader]) as running:
        yield running


async def _declare(broker: PrivateRabbitMQ, queue: str) -> None:
    connection = await aio_pika.connect(broker.url(), timeout=10)
    async with connection, connection.channel() as channel:
        await channel.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum"})


async def _leave_a_message(broker: PrivateRabbitMQ, queue: str) -> None:
    await _declare(broker, queue)
    connection = await aio_pika.connect(broker.url(), timeout=10)
    async with connection, connection.channel() as channel:
        await channel.default_exchange.publish(
            aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), queue
        )


async def _take_the_message(broker: PrivateRabbitMQ, queue: str) -> bytes:
    connection = await aio_pika.connect(broker.url(), timeout=10)
    async with connection, connection.channel() as channel:
        kept = await channel.get_queue(queue)
        async with kept.iterator() as messages, asyncio.timeout(20):
            async for message in messages:
                await message.ack()
                return message.body
    raise AssertionError("the queue ended")


@pytest.mark.parametrize("how", ["restart", "kill"])
async def test_durable_messages_outlive_a_restart(broker: PrivateRabbitMQ, how: str) -> None:
    await _declare(broker, f"kept-{how}")
    await asyncio.to_thread(broker.restart)  # now the queue itself is on the disk, see kill()
    await _leave_a_message(broker, f"kept-{how}")
    if how == "restart":
        await asyncio.to_thread(broker.restart)
    else:
        broker.kill()
        await asyncio.to_thread(broker.boot)
    assert await _take_the_message(broker, f"kept-{how}") == b"kept"


async def test_a_paused_broker_answers_nothing_until_resumed(broker: PrivateRabbitMQ) -> None:
    await _leave_a_message(broker, "before")
    broker.pause()
    try:
        with pytest.raises((TimeoutError, asyncio.CancelledError, OSError)):
            await aio_pika.connect(broker.url(), timeout=0.5)
    finally:
        broker.resume()
    assert await _take_the_message(broker, "before") == b"kept"


async def test_users_hold_only_what_they_were_given(broker: PrivateRabbitMQ) -> None:
    url = broker.url(user="reader", password="reader-password")
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        channel = await connection.channel()
        with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
            await channel.declare_queue("mine", durable=True)


async def test_two_brokers_stand_side_by_side(broker: PrivateRabbitMQ) -> None:
    with PrivateRabbitMQ() as other:
        assert other.port != broker.port
        await _leave_a_message(other, "elsewhere")
        connection = await aio_pika.connect(broker.url(), timeout=10)
        async with connection:
            channel = await connection.channel()
            with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity):
                await channel.get_queue("elsewhere")
