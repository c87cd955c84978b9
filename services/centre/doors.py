"""The services' inner doors for a gateway in the same process: no HTTP in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.chassis.inner_door import StandingReader
from services.chassis.service import ServiceRuntime
from services.chassis.timer_loop import TimerFailed
from services.gateway.simulation.domain import Standing


class LocalDoors:
    """``services.gateway.simulation.internal.Doors`` of services that share one clock.

    A replay asks after each of thousands of timers how the services stand; through the
    services' HTTP layers that took half of its time. They are asked one after the other:
    none of them waits for anything, so asking them at once would only cost more.

    Args:
        runtimes: the running services, in the order in which their timers fire.
    """

    def __init__(self, runtimes: Sequence[ServiceRuntime]) -> None:
        self._runtimes = {runtime.spec.name: runtime for runtime in runtimes}
        self._standings = [StandingReader(runtime) for runtime in runtimes]

    async def standings(self) -> Mapping[str, Standing]:
        """See ``Doors``."""
        found = [await standing.read() for standing in self._standings]
        return {
            name: Standing(
                now=each.now,
                next_timer_at=each.next_timer_at,
                pending=each.pending,
                sent=each.sent,
                handled=each.handled,
                parked=each.parked,
                subscribes=tuple(each.subscribes),
            )
            for name, each in zip(self._runtimes, found, strict=True)
        }

    async def set_clocks(self, targets: Mapping[str, datetime]) -> None:
        """See ``Doors``. The clock is one, so one service moves it and remembers where it is."""
        if targets:
            first = next(iter(self._runtimes.values()))
            await first.advance_to(max(targets.values()), fire=False)

    async def fire(self, service: str, to: datetime) -> None:
        """See ``Doors``. A task of its own: timers do not belong to the request that moves time."""
        await asyncio.create_task(self._fire(service, to))

    async def _fire(self, service: str, to: datetime) -> None:
        try:
            await self._runtimes[service].advance_to(to)
        except TimerFailed:
            # It stays due, and the service tries it again after a while.
            return
