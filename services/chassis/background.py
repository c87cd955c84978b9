"""Durable work that takes too long for a transaction: claimed, done outside, then kept.

What is to be done lies in a table of the service's own, so a crash loses nothing; a claim
that is not renewed in time is taken over. Timers would hold a transaction for as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.unit_of_work import UnitOfWorkFactory

POLL_SECONDS = 1.0


@dataclass(frozen=True)
class BackgroundWork:
    """A kind of long work.

    Attributes:
        name: as the supervised part is called.
        step: does one piece in units of work of its own; False when there is none to do.
        waiting: how many pieces are not finished; a centre on simulated time is at rest
            when none is.
    """

    name: str
    step: Callable[[UnitOfWorkFactory], Awaitable[bool]]
    waiting: Callable[[AsyncSession], Awaitable[int]]

    async def run(self, units: UnitOfWorkFactory) -> None:
        """Do what is there, look again shortly; without end."""
        while True:
            if not await self.step(units):
                await asyncio.sleep(POLL_SECONDS)
