"""A running service: its parts wired together, started, supervised and stopped."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from time import monotonic

import structlog
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from services.chassis import migrations, outbox, timers
from services.chassis.app import both_doors, create_app
from services.chassis.background import BackgroundWork
from services.chassis.broker import Broker
from services.chassis.clock import Clock, ClockCannotGoBack, SimulatedClock
from services.chassis.consumer import Consumer, Handler
from services.chassis.database import Database, is_connection_failure
from services.chassis.events import Event, EventRegistry
from services.chassis.identity import IdentityVerifier
from services.chassis.inner_door import inner_door
from services.chassis.problems import Problem, ProblemType
from services.chassis.relay import Relay
from services.chassis.tables import service_clock
from services.chassis.telemetry import Metrics, Tracing
from services.chassis.timer_loop import TimerLoop
from services.chassis.timers import TimerHandler
from services.chassis.unit_of_work import UnitOfWorkFactory

log = structlog.get_logger(__name__)

CLOCK_NOT_SIMULATED = ProblemType("clock_not_simulated", 409, "The clock is the system's")
CLOCK_CANNOT_GO_BACK = ProblemType("clock_cannot_go_back", 409, "Time only moves forward")

_MISSED_AFTER_SECONDS = 5.0
"""Longer than a part takes to roll back what it was at, so that this is not cut short."""

_RESTART_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)
_WORKED_SECONDS = 30.0
"""A part that ran for so long had recovered: its next failure is a first one."""


@dataclass(frozen=True)
class ServiceSpec:
    """What makes a service itself: its tables, doors, handlers, timers and long work."""

    name: str
    title: str
    description: str
    base: type[DeclarativeBase]
    migrations: Path
    shared: tuple[APIRouter, ...] = ()
    staff: tuple[APIRouter, ...] = ()
    agency: tuple[APIRouter, ...] = ()
    handlers: Mapping[type[Event], Handler] = field(default_factory=dict)
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    background: tuple[BackgroundWork, ...] = ()
    problems: tuple[ProblemType, ...] = ()

    @cached_property
    def doors(self) -> APIRouter:
        """What the service answers, made once however many applications serve it."""
        return both_doors(self.shared, self.staff, self.agency)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """The event types the service wants to hear of."""
        return tuple(sorted(event_type.type for event_type in self.handlers))


@dataclass(frozen=True)
class Parts:
    """Which parts of a service a process runs; several processes may share the work."""

    serves: bool = True
    works: bool = True

    @classmethod
    def for_role(cls, role: str) -> Parts:
        """The parts of ``api``, ``worker`` or ``all``."""
        return cls(serves=role in ("api", "all"), works=role in ("worker", "all"))


def spare_the_collector() -> None:
    """Keep what is there at start-up out of garbage collection from now on.

    It stays for the life of the process, and going through its hundreds of thousands of
    objects stopped everything for up to 0.2 s each time (measured in ``make bench``).
    """
    gc.collect()
    gc.freeze()


class ServiceRuntime:
    """One service of the centre, ready to be started.

    Args:
        spec: what the service is.
        database: its storage; migrated beforehand.
        broker: how it speaks with the others.
        clock: its time; a simulated one continues from where the storage left it.
        identity: reads access tokens.
        registry: the published language.
        parts: what this process runs.
        otlp_endpoint: where traces go, if anywhere.
    """

    def __init__(
        self,
        spec: ServiceSpec,
        *,
        database: Database,
        broker: Broker,
        clock: Clock,
        identity: IdentityVerifier,
        registry: EventRegistry,
        parts: Parts | None = None,
        otlp_endpoint: str | None = None,
    ) -> None:
        self.spec = spec
        self.database = database
        self.broker = broker
        self.clock = clock
        self.identity = identity
        self.parts = parts or Parts()
        self.metrics = Metrics(spec.name)
        self.tracing = Tracing(spec.name, otlp_endpoint)
        self.relay = Relay(database, broker, clock, self.metrics)
        self.units = UnitOfWorkFactory(spec.name, database, clock, self.relay.wake)
        self.consumer = Consumer(
            spec.name, broker, self.units, registry, spec.handlers, self.metrics, self.tracing
        )
        self.timer_loop = TimerLoop(self.units, spec.timers, clock, self.metrics, self.tracing)
        self._tasks: list[asyncio.Task[None]] = []

    def app(self, lifespan: Callable[[FastAPI], object] | None = None) -> FastAPI:
        """The service's HTTP application; by default its lifespan runs the service."""
        app = create_app(
            service=self.spec.name,
            title=self.spec.title,
            description=self.spec.description,
            runtime=self,
            metrics=self.metrics,
            tracing=self.tracing,
            doors=self.spec.doors,
            lifespan=lifespan or self._lifespan,
        )
        app.include_router(_health_router(self))
        app.include_router(inner_door(self))
        return app

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        await self.start()
        spare_the_collector()
        try:
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        """Check the schema and begin to work.

        Raises:
            SchemaMismatch: migrations are waiting, or the database is a later release's.
        """
        async with self.database.engine.connect() as connection:
            await connection.run_sync(migrations.check_connected, self.spec.migrations)
        await self._continue_simulated_clock()
        await self.broker.start()
        if not self.parts.works:
            return
        self._supervise("relay", self.relay.run)
        if not self.database.embedded:
            self._supervise("relay_listener", self.relay.listen)
        if self.spec.handlers:
            self._supervise("consumer", self.consumer.run)
        if not isinstance(self.clock, SimulatedClock):
            self._supervise("timers", self.timer_loop.run)
        for work in self.spec.background:
            self._supervise(work.name, partial(work.run, self.units))

    async def stop(self) -> None:
        """Stop working; what is unfinished is rolled back and done after the next start."""
        working = set(self._tasks)
        while working:
            for task in working:
                task.cancel()
            # Once more for one that has missed it: a library may finish at the moment it is told.
            _, working = await asyncio.wait(working, timeout=_MISSED_AFTER_SECONDS)
        self._tasks.clear()
        await self.broker.stop()
        await self.database.close()
        await asyncio.to_thread(self.tracing.close)

    def _supervise(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        async def supervised() -> None:
            structlog.contextvars.bind_contextvars(service=self.spec.name)
            failures = 0
            while True:
                began = monotonic()
                try:
                    await run()
                except asyncio.CancelledError:
                    task = asyncio.current_task()
                    if task is None or task.cancelling() > 0:
                        raise
                    log.warning("part_was_cancelled_by_its_connection", part=name)
                except Exception as error:
                    log.error(  # noqa: TRY400  # a lost connection needs no traceback
                        "part_failed",
                        part=name,
                        reason=type(error).__name__,
                        exc_info=None if is_connection_failure(error) else error,
                    )
                if monotonic() - began > _WORKED_SECONDS:
                    failures = 0
                await asyncio.sleep(_RESTART_PAUSES[min(failures, len(_RESTART_PAUSES) - 1)])
                failures += 1

        self._tasks.append(asyncio.create_task(supervised(), name=f"{self.spec.name}.{name}"))

    async def _continue_simulated_clock(self) -> None:
        if not isinstance(self.clock, SimulatedClock):
            return
        async with self.database.transaction(write=False) as session:
            stored = await session.scalar(select(service_clock.c.simulated_now))
        if stored is not None and stored > self.clock.now():
            self.clock.advance_to(stored)

    async def advance_to(self, instant: datetime, *, fire: bool = True) -> int:
        """Move the simulated clock forward and fire what is due by then, in order.

        Args:
            instant: where to.
            fire: False only sets the clock. The gateway sets every service's clock before
                it lets any fire, so that no event reaches a service still in the past.

        Returns:
            How many timers fired.

        Raises:
            Problem: ``clock_not_simulated`` or ``clock_cannot_go_back``.
            TimerFailed: a handler failed.
        """
        if not isinstance(self.clock, SimulatedClock):
            raise Problem(
                CLOCK_NOT_SIMULATED,
                "This centre runs on real time; only one started with SSC_CLOCK=simulated"
                " can be moved.",
            )
        try:
            self.clock.advance_to(instant)
        except ClockCannotGoBack as error:
            raise Problem(CLOCK_CANNOT_GO_BACK, f"Nothing was changed: {error}.") from error
        async with self.database.transaction(write=True) as session:
            stored = await session.scalar(select(service_clock.c.id))
            if stored is not None:
                await session.execute(service_clock.update().values(simulated_now=instant))
            else:
                await session.execute(service_clock.insert().values(id=1, simulated_now=instant))
            await session.commit()
        return await self.timer_loop.fire_due(instant) if fire else 0

    async def not_ready(self) -> list[str]:
        """What keeps the service from doing its work; empty when nothing does."""
        reasons: list[str] = []
        try:
            await self.database.ping()
        except Exception as error:
            reasons.append(f"database: {type(error).__name__}")
        if not await self.broker.ready():
            reasons.append("broker: not connected")
        if self.parts.works and self.spec.handlers and not self.consumer.connected:
            reasons.append("consumer: not connected")
        reasons += [f"{task.get_name()}: stopped" for task in self._tasks if task.done()]
        return reasons

    async def refresh_gauges(self) -> None:
        """Bring the gauges that are read from storage up to date.

        While storage is away they show no number, and the others remain readable.
        """
        try:
            await self._read_gauges()
        except Exception as error:
            if not is_connection_failure(error):
                raise
            log.warning("gauges_not_readable", reason=type(error).__name__)
            self.metrics.storage_unreadable()

    async def _read_gauges(self) -> None:
        now = self.clock.now()
        async with self.database.transaction(write=False) as session:
            oldest = await outbox.oldest_pending(session)
            self.metrics.outbox_pending.set(await outbox.pending_count(session))
            self.metrics.outbox_age_seconds.set((now - oldest).total_seconds() if oldest else 0)
            self.metrics.timers_late.set(await timers.late_count(session, now))


def _health_router(runtime: ServiceRuntime) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive", "service": runtime.spec.name}

    @router.get("/readyz")
    async def readyz(response: Response) -> dict[str, object]:
        """Whether the service can do its work, and if not, what keeps it."""
        reasons = await runtime.not_ready()
        response.status_code = 503 if reasons else 200
        return {
            "status": "not ready" if reasons else "ready",
            "service": runtime.spec.name,
            "not_ready": reasons,
        }

    @router.get("/metrics")
    async def metrics() -> Response:
        """Numbers in Prometheus' text format."""
        await runtime.refresh_gauges()
        return Response(generate_latest(runtime.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router
