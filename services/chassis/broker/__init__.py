"""How messages travel: one interface, RabbitMQ or an embedded broker behind it.

A published message is handed to every service that subscribes to its type, at least
once. A service takes its messages in batches and settles each: acknowledged, retried
later, or parked with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class BrokerUnavailable(ConnectionError):
    """The broker cannot be reached or did not answer in time; trying later may help.

    A publish that failed so may still have been delivered.
    """


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to publish; its type is its routing key."""

    id: str
    type: str
    body: bytes


class Delivery(Protocol):
    """A message taken from a service's queue and not yet settled."""

    @property
    def body(self) -> bytes:
        """The message as it was published."""
        ...

    @property
    def type(self) -> str:
        """The event type it was published under."""
        ...

    @property
    def attempt(self) -> int:
        """How often it has been retried, 0 the first time."""
        ...


@dataclass(frozen=True)
class ParkedMessage:
    """A message nothing more is tried with until somebody replays it."""

    id: str
    type: str
    reason: str
    parked_at: datetime | None
    attempts: int
    body: bytes


class Subscription(Protocol):
    """A service's open queue. Any method raises BrokerUnavailable when it is lost."""

    async def take(self, limit: int) -> Sequence[Delivery]:
        """Wait for messages; returns at least one and at most ``limit``, oldest first."""
        ...

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """These have taken effect; forget them.

        Several at once must be all that is unsettled up to the last of them.
        """
        ...

    async def retry(self, delivery: Delivery, step: int, reason: str) -> None:
        """Deliver it again after the retry ladder's delay of this step."""
        ...

    async def park(self, delivery: Delivery, reason: str) -> None:
        """Put it aside, with the reason, until somebody replays it."""
        ...


class Broker(Protocol):
    """The exchange of messages between services."""

    @property
    def retry_steps(self) -> int:
        """How often a message is retried before it is to be parked."""
        ...

    async def start(self) -> None:
        """Get ready; a broker that is out of reach is tried again later, not refused."""
        ...

    async def stop(self) -> None:
        """Close what is open."""
        ...

    async def ready(self) -> bool:
        """Whether messages can be exchanged at present."""
        ...

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Publish in order; returns when the broker has stored every one of them.

        Raises:
            BrokerUnavailable: at least one is not known to be stored; publish them
                all again, consumers drop what they already have.
        """
        ...

    def subscription(self, service: str) -> AbstractAsyncContextManager[Subscription]:
        """Open a service's queue; unsettled messages return to it when it closes."""
        ...

    async def parked(self, service: str, limit: int = 100) -> Sequence[ParkedMessage]:
        """The messages a service has parked, oldest first."""
        ...

    async def parked_count(self, service: str) -> int:
        """How many messages a service has parked."""
        ...

    async def replay_parked(self, service: str, ids: Sequence[str] | None = None) -> int:
        """Return parked messages to the service's queue; all of them without ids.

        Returns:
            How many were returned.
        """
        ...
