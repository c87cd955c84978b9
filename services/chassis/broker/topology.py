"""Exchanges and queues as data; what a broker declares and what consumers rely on.

Queue arguments cannot change once declared, so queue names carry a version: a new set
of arguments is a new version beside the old, drained queue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

Ladder = tuple[tuple[str, timedelta], ...]
"""Labelled delays, in the order a failing message meets them."""

RETRY_LADDER: Ladder = (
    ("5s", timedelta(seconds=5)),
    ("1min", timedelta(minutes=1)),
    ("10min", timedelta(minutes=10)),
)
"""Delays before a failed message is tried again, in order; then it is parked."""

DELIVERY_LIMIT = 20
"""How often a message may be redelivered because its consumer died on it."""

NEVER_LIMITED = 1_000_000
"""A delivery limit no parked message reaches by being looked at (4.x defaults to 20)."""


@dataclass(frozen=True)
class Binding:
    """A route from an exchange to a queue."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True)
class Queue:
    """A durable queue with its immutable arguments."""

    name: str
    arguments: Mapping[str, str | int]


@dataclass(frozen=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str
    arguments: Mapping[str, str]


@dataclass(frozen=True)
class Topology:
    """What the broker must hold for a set of services and their subscriptions.

    Args:
        subscriptions: event types by service.
        prefix: first part of every name; several centres can share one broker.
        ladder: delays of the retry ladder, each with the label its queues carry.
    """

    subscriptions: Mapping[str, Sequence[str]]
    prefix: str = "ssc"
    ladder: Ladder = RETRY_LADDER

    @property
    def events(self) -> str:
        """The exchange all events are published to."""
        return f"{self.prefix}.events"

    @property
    def retry(self) -> str:
        """The exchange that leads to delays and back to a service's queue."""
        return f"{self.prefix}.retry"

    @property
    def dead(self) -> str:
        """The exchange that leads to the parking queues."""
        return f"{self.prefix}.dead"

    @property
    def unrouted(self) -> str:
        """The exchange and queue for events nobody subscribes to."""
        return f"{self.prefix}.unrouted"

    def queue(self, service: str) -> str:
        """The queue a service consumes."""
        return f"{self.prefix}.{service}.v1"

    def parking(self, service: str) -> str:
        """The queue a service's parked messages rest in."""
        return f"{self.prefix}.{service}.parked.v1"

    def delay(self, service: str, label: str) -> str:
        """The queue in which a service's message waits out one step of the ladder."""
        return f"{self.prefix}.{service}.retry-{label}.v1"

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange; the events exchange after the alternate it names.

        All are topic exchanges though two need no patterns: the broker's permissions by
        routing key, which keep services out of each other's queues, hold for those only.
        """
        return (
            Exchange(self.unrouted, "fanout", {}),
            Exchange(self.events, "topic", {"alternate-exchange": self.unrouted}),
            Exchange(self.retry, "topic", {}),
            Exchange(self.dead, "topic", {}),
        )

    @property
    def queues(self) -> tuple[Queue, ...]:
        """Every queue."""
        unrouted = Queue(
            f"{self.unrouted}.v1",
            {"x-queue-type": "quorum", "x-max-length": 100_000, "x-overflow": "drop-head"},
        )
        return (unrouted, *(queue for name in self.subscriptions for queue in self._queues(name)))

    def _queues(self, service: str) -> tuple[Queue, ...]:
        dead_lettering = {
            "x-queue-type": "quorum",
            "x-dead-letter-strategy": "at-least-once",
            # Without it at-least-once falls back to at-most-once and says nothing.
            "x-overflow": "reject-publish",
        }
        return (
            Queue(
                self.queue(service),
                {
                    **dead_lettering,
                    "x-delivery-limit": DELIVERY_LIMIT,
                    "x-dead-letter-exchange": self.dead,
                    "x-dead-letter-routing-key": service,
                },
            ),
            Queue(
                self.parking(service),
                {"x-queue-type": "quorum", "x-delivery-limit": NEVER_LIMITED},
            ),
            *(
                Queue(
                    self.delay(service, label),
                    {
                        **dead_lettering,
                        "x-message-ttl": int(delay.total_seconds() * 1000),
                        "x-dead-letter-exchange": self.retry,
                        "x-dead-letter-routing-key": service,
                    },
                )
                for label, delay in self.ladder
            ),
        )

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """Every route."""
        return (
            Binding(self.unrouted, f"{self.unrouted}.v1", ""),
            *(
                binding
                for service, types in self.subscriptions.items()
                for binding in self._bindings(service, types)
            ),
        )

    def _bindings(self, service: str, types: Sequence[str]) -> tuple[Binding, ...]:
        queue = self.queue(service)
        return (
            *(Binding(self.events, queue, type_) for type_ in types),
            Binding(self.retry, queue, service),
            Binding(self.dead, self.parking(service), service),
            *(
                Binding(self.retry, self.delay(service, label), f"{service}.{label}")
                for label, _ in self.ladder
            ),
        )
