from __future__ import annotations

import aio_pika
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_has_an_empty_database_of_its_own(database_url: str, attempt: int) -> None:
    engine = create_async_engine(database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (attempt integer)"))
        await connection.execute(text("INSERT INTO seen VALUES (:attempt)"), {"attempt": attempt})
        rows = (await connection.execute(text("SELECT attempt FROM seen"))).scalars().all()
    await engine.dispose()
    assert rows == [attempt]


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_has_an_empty_broker_of_its_own(rabbitmq_url: str, attempt: int) -> None:
    connection = await aio_pika.connect(rabbitmq_url)
    async with connection, connection.channel() as channel:
        queue = await channel.declare_queue("seen", durable=True)
        await channel.default_exchange.publish(
            aio_pika.Message(str(attempt).encode()), routing_key="seen"
        )
        assert queue.declaration_result.message_count == 0
        message = await queue.get(timeout=5)
        assert message is not None
        await message.ack()
        assert message.body == str(attempt).encode()
