"""Slowing down whoever guesses secrets."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from services.chassis.problems import Problem
from services.gateway.problems import TOO_MANY_REQUESTS


class Throttle:
    """Counts failed attempts per client and address, and per address over all clients.

    A client is never locked out by failures from elsewhere: guessing at somebody's
    client_id from one address does not keep its owner from asking from another.
    Kept in memory, per process.

    Args:
        failures_a_minute: allowed for one client_id from one address; an address has four
            times as many over all clients.
    """

    def __init__(self, failures_a_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_client = RateLimitItemPerMinute(failures_a_minute, namespace="token-client")
        self._per_address = RateLimitItemPerMinute(4 * failures_a_minute, namespace="token-address")

    async def check(self, client_id: str, address: str) -> None:
        """Refuse when there were too many failures in the last minute.

        Raises:
            Problem: ``too_many_requests``, with Retry-After.
        """
        for item, keys in self._limits(client_id, address):
            if not await self._limiter.test(item, *keys):
                window = await self._limiter.get_window_stats(item, *keys)
                seconds = max(1, math.ceil(window.reset_time - time.time()))
                raise Problem(
                    TOO_MANY_REQUESTS,
                    f"Too many failed attempts; try again in {seconds} seconds.",
                    headers={"Retry-After": str(seconds)},
                )

    async def failed(self, client_id: str, address: str) -> None:
        """Count a failed attempt."""
        for item, keys in self._limits(client_id, address):
            await self._limiter.hit(item, *keys)

    def _limits(
        self, client_id: str, address: str
    ) -> tuple[tuple[RateLimitItemPerMinute, tuple[str, ...]], ...]:
        # A bounded client_id: what is counted must not be a way to fill the memory.
        return (
            (self._per_client, (client_id[:64], address)),
            (self._per_address, (address,)),
        )
