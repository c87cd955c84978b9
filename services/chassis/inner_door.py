"""What the gateway alone may ask of a service: how it stands, and to move its clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from fastapi import APIRouter
from pydantic import AwareDatetime

from services.chassis import outbox, timers
from services.chassis.app import internal_router
from services.chassis.broker import BrokerUnavailable
from services.chassis.clock import SimulatedClock
from services.chassis.schemas import RequestModel, ResponseModel

if TYPE_CHECKING:
    from services.chassis.service import ServiceRuntime

log = structlog.get_logger(__name__)

_MAX_PARKED_LISTED = 1000


class ServiceStanding(ResponseModel):
    """Where a service's clock stands and how far its events have come.

    ``pending`` counts what is not published or not finished, the mappings count events by
    type. Together the services' answers tell whether a centre is at rest.
    """

    mode: str
    now: AwareDatetime
    next_timer_at: AwareDatetime | None
    pending: int
    sent: dict[str, int]
    handled: dict[str, int]
    parked: dict[str, int]
    subscribes: Sequence[str]


class MoveTime(RequestModel):
    """Where to move a simulated clock; ``fire`` False leaves the timers due by then alone."""

    to: AwareDatetime
    fire: bool = True


@dataclass(frozen=True)
class _Stored:
    """The part of a standing that is read from storage."""

    counts: outbox.MessageCounts
    unfinished: int
    next_timer_at: datetime | None


class StandingReader:
    """Tells how a service stands.

    A replay asks after every timer, of every service. Where the process is the only one that
    writes, what no transaction has changed since is not read again.
    """

    def __init__(self, runtime: ServiceRuntime) -> None:
        self._runtime = runtime
        self._writes = -1
        self._stored: _Stored | None = None

    async def read(self) -> ServiceStanding:
        """How the service stands."""
        runtime = self._runtime
        stored = await self._read_stored()
        return ServiceStanding(
            mode="simulated" if isinstance(runtime.clock, SimulatedClock) else "system",
            now=runtime.clock.now(),
            next_timer_at=stored.next_timer_at,
            pending=stored.counts.pending + stored.unfinished,
            sent=stored.counts.sent,
            handled=stored.counts.handled,
            parked=await _parked_by_type(runtime),
            subscribes=runtime.spec.subscriptions,
        )

    async def _read_stored(self) -> _Stored:
        database = self._runtime.database
        # Asked for first: a transaction that ends meanwhile may not be in what is read.
        writes = database.writes
        if self._stored is not None and database.embedded and writes == self._writes:
            return self._stored
        async with database.transaction(write=False) as session:
            counts = await outbox.message_counts(session)
            unfinished = [await work.waiting(session) for work in self._runtime.spec.background]
            # Last: an event handled just now may have set a timer, and is then in no count yet.
            next_timer_at = await timers.next_due_at(session)
        self._stored = _Stored(counts, sum(unfinished), next_timer_at)
        self._writes = writes
        return self._stored


def inner_door(runtime: ServiceRuntime) -> APIRouter:
    """The routes under ``/internal``."""
    router = internal_router(runtime.spec.name)
    standing = StandingReader(runtime)

    @router.get("/standing")
    async def read_standing() -> ServiceStanding:
        return await standing.read()

    @router.post("/time")
    async def move_time(move: MoveTime) -> dict[str, int]:
        return {"fired": await runtime.advance_to(move.to.astimezone(UTC), fire=move.fire)}

    return router


async def _parked_by_type(runtime: ServiceRuntime) -> dict[str, int]:
    if not runtime.spec.handlers:
        return {}
    try:
        if await runtime.broker.parked_count(runtime.spec.name) == 0:
            return {}
        parked = await runtime.broker.parked(runtime.spec.name, _MAX_PARKED_LISTED)
    except BrokerUnavailable:
        log.warning("parked_messages_not_readable")
        return {}
    return dict(Counter(message.type for message in parked))
