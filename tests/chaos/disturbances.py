"""Brokers that misbehave: put between a service and its real broker.

``SSC_TEST_DISTURBANCE`` names those of each life of the process, lives apart by commas and
what disturbs the same life by ``+``, each with a number. A killing one ends the process at
its n-th occasion. In a life that is not named nothing disturbs, so that a replay comes to
its end.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from services.chassis.broker import (
    Broker,
    Delivery,
    OutgoingMessage,
    ParkedMessage,
    Subscription,
)

KILLED = 137


class Passing:
    """Passes everything on to the broker behind it."""

    def __init__(self, inner: Broker) -> None:
        self.inner = inner

    @property
    def retry_steps(self) -> int:
        """As the broker behind."""
        return self.inner.retry_steps

    async def start(self) -> None:
        """As the broker behind."""
        await self.inner.start()

    async def stop(self) -> None:
        """As the broker behind."""
        await self.inner.stop()

    async def ready(self) -> bool:
        """As the broker behind."""
        return await self.inner.ready()

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """As the broker behind."""
        await self.inner.publish(messages)

    @asynccontextmanager
    async def subscription(self, service: str) -> AsyncIterator[Subscription]:
        """As the broker behind."""
        async with self.inner.subscription(service) as subscription:
            yield subscription

    async def parked(self, service: str, limit: int = 100) -> Sequence[ParkedMessage]:
        """As the broker behind."""
        return await self.inner.parked(service, limit)

    async def parked_count(self, service: str) -> int:
        """As the broker behind."""
        return await self.inner.parked_count(service)

    async def replay_parked(self, service: str, ids: Sequence[str] | None = None) -> int:
        """As the broker behind."""
        return await self.inner.replay_parked(service, ids)


class _Death:
    """Ends the process at its n-th occasion, as a pulled plug would."""

    def __init__(self, occasion: int) -> None:
        self._left = occasion

    def knock(self) -> None:
        """An occasion."""
        self._left -= 1
        if self._left <= 0:
            os._exit(KILLED)


class KilledBeforePublish(Passing):
    """The process dies between commit and publish."""

    def __init__(self, inner: Broker, occasion: int) -> None:
        super().__init__(inner)
        self._death = _Death(occasion)

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Die, or pass on."""
        self._death.knock()
        await self.inner.publish(messages)


class KilledAfterPublish(Passing):
    """The process dies between publish and marking."""

    def __init__(self, inner: Broker, occasion: int) -> None:
        super().__init__(inner)
        self._death = _Death(occasion)

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Pass on, and die."""
        await self.inner.publish(messages)
        self._death.knock()


class KilledBeforeAck(Passing):
    """The process dies between effect and acknowledgement."""

    def __init__(self, inner: Broker, occasion: int) -> None:
        super().__init__(inner)
        self._death = _Death(occasion)

    @asynccontextmanager
    async def subscription(self, service: str) -> AsyncIterator[Subscription]:
        """A queue whose acknowledgements may come too late."""
        async with self.inner.subscription(service) as subscription:
            yield _DyingSubscription(subscription, self._death)


class _DyingSubscription:
    def __init__(self, inner: Subscription, death: _Death) -> None:
        self._inner = inner
        self._death = death

    async def take(self, limit: int) -> Sequence[Delivery]:
        return await self._inner.take(limit)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._death.knock()
        await self._inner.ack(deliveries)

    async def retry(self, delivery: Delivery, step: int, reason: str) -> None:
        await self._inner.retry(delivery, step, reason)

    async def park(self, delivery: Delivery, reason: str) -> None:
        await self._inner.park(delivery, reason)


class EverythingTwice(Passing):
    """Every message is delivered twice, the second time a little later."""

    def __init__(self, inner: Broker, _: int) -> None:
        super().__init__(inner)

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish, and publish again."""
        await self.inner.publish(messages)
        await self.inner.publish(messages)


class OutOfOrder(Passing):
    """Messages overtake each other: batches are shuffled, and some messages dawdle."""

    def __init__(self, inner: Broker, seed: int) -> None:
        super().__init__(inner)
        self._random = random.Random(seed)  # repeatable, not secret
        self._dawdling: set[asyncio.Task[None]] = set()

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish in another order; every third message a moment after the others."""
        shuffled = list(messages)
        self._random.shuffle(shuffled)
        for message in shuffled:
            if self._random.random() < 1 / 3:
                task = asyncio.create_task(self._later(message))
                self._dawdling.add(task)
                task.add_done_callback(self._dawdling.discard)
            else:
                await self.inner.publish([message])

    async def _later(self, message: OutgoingMessage) -> None:
        await asyncio.sleep(self._random.uniform(0.01, 0.1))
        await self.inner.publish([message])


DISTURBANCES: dict[str, Callable[[Broker, int], Broker]] = {
    "killed-before-publish": KilledBeforePublish,
    "killed-after-publish": KilledAfterPublish,
    "killed-before-ack": KilledBeforeAck,
    "everything-twice": EverythingTwice,
    "out-of-order": OutOfOrder,
}


_DEATHS = (
    *("killed-before-publish:1", "killed-after-publish:1", "killed-before-ack:1"),
    *("killed-before-publish:2", "killed-after-publish:2", "killed-before-ack:1"),
)
EVERY_DEATH_TWICE = ",".join(_DEATHS)
DEATHS = len(_DEATHS)


def disturb(broker: Broker) -> Broker:
    """The broker with the disturbances that the environment asks for in this life."""
    lives = os.environ.get("SSC_TEST_DISTURBANCE", "").split(",")
    life = int(os.environ.get("SSC_TEST_RESTARTS", "0"))
    for asked in filter(None, lives[life].split("+") if life < len(lives) else ()):
        name, _, number = asked.partition(":")
        broker = DISTURBANCES[name](broker, int(number or 1))
    return broker
