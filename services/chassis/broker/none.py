"""The broker of a process that neither publishes nor hears events."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from services.chassis.broker import (
    BrokerUnavailable,
    OutgoingMessage,
    ParkedMessage,
    Subscription,
)


class NoBroker:
    """Stands where a broker is wanted and none is needed: at the gateway, and in component
    tests, where events are looked at in the outbox.
    """

    @property
    def retry_steps(self) -> int:
        """None: nothing is delivered."""
        return 0

    async def start(self) -> None:
        """Nothing to get ready."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def ready(self) -> bool:
        """Always: nothing is missing."""
        return True

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Refuse: nothing is to be published here.

        Raises:
            BrokerUnavailable: always, unless there is nothing to publish.
        """
        if messages:
            raise BrokerUnavailable("this process publishes no events")

    def subscription(self, service: str) -> AbstractAsyncContextManager[Subscription]:
        """Refuse: nothing is to be heard here.

        Raises:
            BrokerUnavailable: always.
        """
        raise BrokerUnavailable(f"{service} hears no events here")

    async def parked(self, service: str, limit: int = 100) -> Sequence[ParkedMessage]:
        """Nothing was ever parked."""
        return ()

    async def parked_count(self, service: str) -> int:
        """Nothing was ever parked."""
        return 0

    async def replay_parked(self, service: str, ids: Sequence[str] | None = None) -> int:
        """Nothing to replay."""
        return 0
