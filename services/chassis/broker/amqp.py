"""RabbitMQ behind the broker interface, over aio-pika.

Connections are not the self-healing kind: a lost one is dropped, everything waiting on
it fails with BrokerUnavailable, and the next use opens a new one. That leaves one place
where a failure is decided on, the relay's and the consumer's own supervision.

Two things aio-pika does not guard against are guarded here. A frozen broker answers
nothing, so every exchange with it has a timeout after which the connection counts as
lost. And a connection torn down under a waiting publish surfaces as CancelledError
although nobody cancelled; it is told apart by ``task.cancelling()``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TypeVar

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aio_pika.exceptions import AMQPError
from yarl import URL

from services.chassis.broker import BrokerUnavailable, Delivery, OutgoingMessage, ParkedMessage
from services.chassis.broker.topology import Topology

log = structlog.get_logger(__name__)

ATTEMPT_HEADER = "x-ssc-attempt"
REASON_HEADER = "x-ssc-reason"
PARKED_AT_HEADER = "x-ssc-parked-at"

HEARTBEAT_SECONDS = 10
"""A consumer only waits; without heartbeats it would wait on a frozen broker for ever."""

_T = TypeVar("_T")


async def _answered(work: Awaitable[_T], timeout: float) -> _T:
    """Wait for the broker, at most so long; any way of not answering is one error."""
    try:
        async with asyncio.timeout(timeout):
            return await work
    except asyncio.CancelledError as error:
        if _is_cancelled():
            raise
        raise BrokerUnavailable("the connection closed while waiting for the broker") from error
    except (AMQPError, OSError, RuntimeError) as error:
        if _is_cancelled():
            # A library that fails at the very moment it is cancelled tells of its failure only.
            raise asyncio.CancelledError from error
        raise BrokerUnavailable(f"the broker did not answer: {error!r}") from error


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Link:
    """One connection with one channel, opened when needed and dropped when it fails."""

    def __init__(self, url: str, name: str, timeout: float) -> None:
        self._url = url
        self._name = name
        self._timeout = timeout
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()

    async def channel(self) -> AbstractChannel:
        """The open channel; connects when there is none."""
        async with self._opening:
            if self._channel is None or self._channel.is_closed:
                await self._drop()
                await _answered(self._open(), self._timeout)
            if self._channel is None:
                raise BrokerUnavailable("the connection closed at once")
            return self._channel

    async def _open(self) -> None:
        self._connection = await aio_pika.connect(
            URL(self._url).update_query(heartbeat=HEARTBEAT_SECONDS),
            timeout=self._timeout,
            client_properties={"connection_name": self._name},
        )
        self._channel = await self._connection.channel(
            publisher_confirms=True, on_return_raises=True
        )

    @property
    def is_open(self) -> bool:
        """Whether the channel is believed to be usable."""
        return self._channel is not None and not self._channel.is_closed

    async def drop(self) -> None:
        """Forget the connection, without waiting for a broker that may not answer."""
        async with self._opening:
            await self._drop()

    async def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(BrokerUnavailable, AMQPError, OSError):
                await _answered(connection.close(), min(self._timeout, 2.0))


class AmqpBroker:
    """RabbitMQ.

    Args:
        url: ``amqp://user:password@host:port/vhost``.
        topology: names of exchanges and queues; must have been declared.
        name: shown in the broker's list of connections.
        timeout: seconds the broker has to answer before it counts as lost.
        prefetch: messages handed out ahead of their acknowledgement.
    """

    def __init__(
        self,
        url: str,
        topology: Topology,
        *,
        name: str,
        timeout: float = 10.0,
        prefetch: int = 500,
    ) -> None:
        self._url = url
        self._topology = topology
        self._name = name
        self._timeout = timeout
        self._prefetch = prefetch
        self._publisher = _Link(url, f"{name}-publisher", timeout)

    @property
    def retry_steps(self) -> int:
        """How often a message is retried before it is to be parked."""
        return len(self._topology.ladder)

    async def start(self) -> None:
        """Try to connect; a broker that is out of reach is tried again at first use."""
        with suppress(BrokerUnavailable):
            await self._publisher.channel()

    async def stop(self) -> None:
        """Close what is open."""
        await self._publisher.drop()

    async def ready(self) -> bool:
        """Whether the broker answers at present."""
        try:
            channel = await self._publisher.channel()
            await _answered(
                channel.get_exchange(self._topology.events, ensure=True), min(self._timeout, 3.0)
            )
        except BrokerUnavailable:
            await self._publisher.drop()
            return False
        return True

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish in order, confirmed and mandatory; returns when all are stored.

        Raises:
            BrokerUnavailable: at least one is not known to be stored.
        """
        await self._publish(
            self._topology.events,
            [
                (
                    message.type,
                    aio_pika.Message(
                        message.body,
                        message_id=message.id,
                        type=message.type,
                        content_type="application/cloudevents+json",
                        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    ),
                )
                for message in messages
            ],
        )

    async def _publish(self, exchange: str, addressed: list[tuple[str, aio_pika.Message]]) -> None:
        channel = await self._publisher.channel()
        try:
            await _answered(_publish_all(channel, exchange, addressed), self._timeout)
        except BrokerUnavailable:
            await self._publisher.drop()
            raise

    @asynccontextmanager
    async def subscription(self, service: str) -> AsyncIterator[AmqpSubscription]:
        """Open a service's queue; unsettled messages return to it when it closes."""
        link = _Link(self._url, f"{self._name}-consumer", self._timeout)
        try:
            channel = await link.channel()
            subscription = AmqpSubscription(self, channel, service, self._timeout)
            await _answered(
                subscription.open(self._topology.queue(service), self._prefetch), self._timeout
            )
            yield subscription
        finally:
            await link.drop()

    async def move_to_retry(self, service: str, delivery: AmqpDelivery, step: int) -> None:
        """Publish a copy that comes back after the ladder's delay."""
        label, _ = self._topology.ladder[step]
        copy = _copy(delivery.message, {ATTEMPT_HEADER: delivery.attempt + 1})
        await self._publish(self._topology.retry, [(f"{service}.{label}", copy)])

    async def move_to_parking(self, service: str, delivery: AmqpDelivery, reason: str) -> None:
        """Publish a copy to the parking queue, with the reason."""
        copy = _copy(
            delivery.message,
            {
                ATTEMPT_HEADER: delivery.attempt,
                REASON_HEADER: reason[:1000],
                PARKED_AT_HEADER: datetime.now(UTC).isoformat(),
            },
        )
        await self._publish(self._topology.dead, [(service, copy)])

    async def parked(self, service: str, limit: int = 100) -> Sequence[ParkedMessage]:
        """The messages a service has parked, oldest first."""
        async with self._parking(service) as queue:
            messages = await self._get(queue, limit)
            return [_parked(message) for message in messages]

    async def parked_count(self, service: str) -> int:
        """How many messages a service has parked."""
        channel = await self._publisher.channel()
        try:
            queue = await _answered(
                channel.get_queue(self._topology.parking(service), ensure=True), self._timeout
            )
        except BrokerUnavailable:
            await self._publisher.drop()
            raise
        return queue.declaration_result.message_count or 0

    async def replay_parked(self, service: str, ids: Sequence[str] | None = None) -> int:
        """Return parked messages to the service's queue; all of them without ids."""
        replayed = 0
        async with self._parking(service) as queue:
            for message in await self._get(queue, None):
                if ids is not None and message.message_id not in ids:
                    continue
                await self._publish(self._topology.retry, [(service, _copy(message, {}))])
                await _answered(message.ack(), self._timeout)
                replayed += 1
        return replayed

    @asynccontextmanager
    async def _parking(self, service: str) -> AsyncIterator[AbstractQueue]:
        # Closing the connection returns whatever was looked at and not acknowledged.
        link = _Link(self._url, f"{self._name}-parking", self._timeout)
        try:
            channel = await link.channel()
            yield await _answered(
                channel.get_queue(self._topology.parking(service), ensure=False), self._timeout
            )
        finally:
            await link.drop()

    async def _get(self, queue: AbstractQueue, limit: int | None) -> list[AbstractIncomingMessage]:
        messages: list[AbstractIncomingMessage] = []
        while limit is None or len(messages) < limit:
            message = await _answered(queue.get(fail=False), self._timeout)
            if message is None:
                break
            messages.append(message)
        return messages


async def _publish_all(
    channel: AbstractChannel, exchange_name: str, addressed: list[tuple[str, aio_pika.Message]]
) -> None:
    exchange = await channel.get_exchange(exchange_name, ensure=False)
    confirmations = [
        asyncio.ensure_future(exchange.publish(message, routing_key=key, mandatory=True))
        for key, message in addressed
    ]
    try:
        outcomes = await asyncio.gather(*confirmations, return_exceptions=True)
    finally:
        for confirmation in confirmations:
            confirmation.cancel()
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise BrokerUnavailable(f"a message was not confirmed: {outcome!r}") from outcome


def _copy(message: AbstractIncomingMessage, headers: dict[str, str | int]) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        message_id=message.message_id,
        type=message.type,
        content_type=message.content_type,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers=dict(headers),
    )


def _attempt(message: AbstractIncomingMessage) -> int:
    value = message.headers.get(ATTEMPT_HEADER, 0)
    return value if isinstance(value, int) else 0


def _parked(message: AbstractIncomingMessage) -> ParkedMessage:
    headers = message.headers
    reason = headers.get(REASON_HEADER)
    if reason is None:
        cause = str(headers.get("x-first-death-reason", "unknown"))
        reason = f"dead-lettered by the broker: {cause}"
    parked_at = headers.get(PARKED_AT_HEADER)
    return ParkedMessage(
        id=message.message_id or "",
        type=message.type or message.routing_key or "",
        reason=str(reason),
        parked_at=datetime.fromisoformat(str(parked_at)) if parked_at else None,
        attempts=_attempt(message),
        body=message.body,
    )


class AmqpDelivery:
    """A message handed to a consumer by RabbitMQ."""

    def __init__(self, message: AbstractIncomingMessage) -> None:
        self.message = message

    @property
    def body(self) -> bytes:
        """The message as it was published."""
        return self.message.body

    @property
    def type(self) -> str:
        """The event type it was published under."""
        return self.message.type or self.message.routing_key or ""

    @property
    def attempt(self) -> int:
        """How often it has been retried."""
        return _attempt(self.message)


class AmqpSubscription:
    """A service's open queue on RabbitMQ."""

    def __init__(
        self, broker: AmqpBroker, channel: AbstractChannel, service: str, timeout: float
    ) -> None:
        self._broker = broker
        self._channel = channel
        self._service = service
        self._timeout = timeout
        self._arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()

    async def open(self, queue_name: str, prefetch: int) -> None:
        """Begin to receive."""
        await self._channel.set_qos(prefetch_count=prefetch)
        self._channel.close_callbacks.add(self._lost)
        queue = await self._channel.get_queue(queue_name, ensure=True)
        await queue.consume(self._arrived.put)

    def _lost(self, *_: object) -> None:
        self._arrived.put_nowait(None)

    async def take(self, limit: int) -> Sequence[Delivery]:
        """Wait for messages; returns at least one and at most ``limit``.

        Raises:
            BrokerUnavailable: the connection was lost.
        """
        messages = [self._received(await self._arrived.get())]
        while len(messages) < limit and not self._arrived.empty():
            messages.append(self._received(self._arrived.get_nowait()))
        return [AmqpDelivery(message) for message in messages]

    @staticmethod
    def _received(message: AbstractIncomingMessage | None) -> AbstractIncomingMessage:
        if message is None:
            raise BrokerUnavailable("the broker closed the queue")
        return message

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """These have taken effect; forget them."""
        # Batches are settled in the order they came, so whatever came before the last of
        # several is either among them or settled already: one frame acknowledges all.
        if deliveries:
            await _answered(
                _message(deliveries[-1]).ack(multiple=len(deliveries) > 1), self._timeout
            )

    async def retry(self, delivery: Delivery, step: int, reason: str) -> None:
        """Deliver it again after the ladder's delay of this step."""
        await self._broker.move_to_retry(self._service, _amqp(delivery), step)
        await self.ack([delivery])

    async def park(self, delivery: Delivery, reason: str) -> None:
        """Put it aside, with the reason, until somebody replays it."""
        await self._broker.move_to_parking(self._service, _amqp(delivery), reason)
        await self.ack([delivery])


def _amqp(delivery: Delivery) -> AmqpDelivery:
    if not isinstance(delivery, AmqpDelivery):
        raise TypeError("this delivery came from another broker")
    return delivery


def _message(delivery: Delivery) -> AbstractIncomingMessage:
    return _amqp(delivery).message


async def declare(url: str, topology: Topology, *, timeout: float = 30.0) -> None:
    """Declare every exchange, queue and binding; needs a user who may configure them.

    Raises:
        BrokerUnavailable: the broker does not answer, or refuses: a queue of this name
            may exist with other arguments.
    """
    link = _Link(url, "topology", timeout)
    try:
        channel = await link.channel()
        await _answered(_declare_all(channel, topology), timeout)
    finally:
        await link.drop()


async def _declare_all(channel: AbstractChannel, topology: Topology) -> None:
    for exchange in topology.exchanges:
        await channel.declare_exchange(
            exchange.name,
            aio_pika.ExchangeType(exchange.kind),
            durable=True,
            arguments=dict(exchange.arguments),
        )
    queues = {
        queue.name: await channel.declare_queue(
            queue.name, durable=True, arguments=dict(queue.arguments)
        )
        for queue in topology.queues
    }
    for binding in topology.bindings:
        await queues[binding.queue].bind(binding.exchange, routing_key=binding.routing_key)
