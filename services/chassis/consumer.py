"""The consumer: takes a service's events and lets each take effect once.

A batch shares one transaction, which is what makes it fast. When any event of it fails,
the whole is rolled back and each is tried alone, so that one bad event costs the others
nothing. A failing event goes round the retry ladder and is parked at its end.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from opentelemetry.trace import SpanKind

from services.chassis import inbox
from services.chassis.broker import Broker, BrokerUnavailable, Delivery, Subscription
from services.chassis.context import WorkContext, enter_context
from services.chassis.database import is_connection_failure
from services.chassis.events import Envelope, Event, EventRegistry, Undecodable
from services.chassis.telemetry import Metrics, Tracing
from services.chassis.unit_of_work import UnitOfWork, UnitOfWorkFactory

log = structlog.get_logger(__name__)

BATCH = 200

_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)

Handler = Callable[[UnitOfWork, Any], Awaitable[None]]
"""``async def handler(uow: UnitOfWork, event: SomeEvent) -> None``"""


class NotYet(Exception):
    """What an event builds on has not arrived; the retry ladder brings it back."""


@dataclass(frozen=True)
class Readable:
    """A delivery whose event could be read."""

    delivery: Delivery
    envelope: Envelope
    event: Event


class Consumer:
    """Handles a service's events until stopped."""

    def __init__(
        self,
        service: str,
        broker: Broker,
        units: UnitOfWorkFactory,
        registry: EventRegistry,
        handlers: Mapping[type[Event], Handler],
        metrics: Metrics,
        tracing: Tracing,
    ) -> None:
        self._service = service
        self._broker = broker
        self._units = units
        self._registry = registry
        self._handlers = {event_type.type: handler for event_type, handler in handlers.items()}
        self._metrics = metrics
        self._tracing = tracing
        self.connected = False

    async def run(self) -> None:
        """Take and settle batches; reconnect whenever the broker was lost."""
        failures = 0
        while True:
            try:
                async with self._broker.subscription(self._service) as subscription:
                    self.connected = True
                    while True:
                        deliveries = await subscription.take(BATCH)
                        await self._settle(subscription, deliveries)
                        failures = 0
            except BrokerUnavailable as error:
                log.warning("consumer_waits_for_broker", reason=str(error), failures=failures)
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1
            finally:
                self.connected = False

    async def _settle(self, subscription: Subscription, deliveries: Sequence[Delivery]) -> None:
        # Until an event's own chain is known, this is about none: not the last event's.
        enter_context(WorkContext.begin())
        readable: list[Readable] = []
        for delivery in deliveries:
            try:
                readable.append(self._read(delivery))
            except Undecodable as error:
                await self._park(subscription, delivery, error, str(error))
        if not readable:
            return
        try:
            await self._handle_when_storage_answers(readable)
        except Exception as error:
            if len(readable) == 1:
                await self._send_round(subscription, readable[0], error)
                return
            for single in readable:
                await self._settle(subscription, [single.delivery])
            return
        await subscription.ack([item.delivery for item in readable])

    def _read(self, delivery: Delivery) -> Readable:
        envelope = Envelope.from_bytes(delivery.body)
        return Readable(delivery, envelope, self._registry.decode(envelope))

    async def _handle_when_storage_answers(self, batch: Sequence[Readable]) -> None:
        # Storage being away is not the events' fault: it must not count against them,
        # neither on the retry ladder nor as a redelivery by the broker.
        for failures in itertools.count():
            try:
                await self.handle(batch)
            except Exception as error:
                if not is_connection_failure(error):
                    raise
                log.warning("consumer_waits_for_storage", reason=type(error).__name__)
                await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
            else:
                return

    async def handle(self, batch: Sequence[Readable]) -> None:
        """Let every event of a batch that is new take effect, in one transaction."""
        async with self._units.begin() as uow:
            new = await inbox.accept(uow.session, [i.envelope for i in batch], uow.recorded_at)
            taken: list[Readable] = []
            for item in batch:
                if item.envelope.id in new:
                    new.discard(item.envelope.id)
                    taken.append(item)
                    await self._handle_one(uow, item)
        for item in taken:
            self._metrics.handled(item.envelope.type)
        self._metrics.duplicates(len(batch) - len(taken))

    async def handle_envelope(self, envelope: Envelope) -> None:
        """Let one event take effect, inbox and all, without a broker."""
        await self.handle([Readable(_NoDelivery(), envelope, self._registry.decode(envelope))])

    async def _handle_one(self, uow: UnitOfWork, item: Readable) -> None:
        envelope = item.envelope
        handler = self._handlers.get(envelope.type)
        if handler is None:
            return
        uow.context = WorkContext(envelope.correlationid, envelope.id)
        uow.envelope = envelope
        enter_context(uow.context)
        with self._tracing.span(
            f"handle {envelope.type}",
            SpanKind.CONSUMER,
            envelope.traceparent,
            event_id=envelope.id,
        ):
            await handler(uow, item.event)
            uow.audit(envelope.type, envelope.subject)

    async def _send_round(
        self, subscription: Subscription, item: Readable, error: Exception
    ) -> None:
        reason = f"{type(error).__name__}: {error}" if isinstance(error, NotYet) else repr(error)
        step = item.delivery.attempt
        if step >= self._broker.retry_steps:
            await self._park(subscription, item.delivery, error, reason)
            return
        log.warning(
            "event_retried",
            event_id=item.envelope.id,
            event_type=item.envelope.type,
            step=step,
            reason=type(error).__name__,
            exc_info=None if isinstance(error, NotYet) else error,
        )
        await subscription.retry(item.delivery, step, reason)
        self._metrics.retried()

    async def _park(
        self, subscription: Subscription, delivery: Delivery, error: Exception, reason: str
    ) -> None:
        # The whole reason lies beside the message; it may quote personal data.
        log.error("event_parked", event_type=delivery.type, reason=type(error).__name__)
        await subscription.park(delivery, reason)
        self._metrics.parked()


class _NoDelivery:
    body = b""
    type = ""
    attempt = 0
