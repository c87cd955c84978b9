"""The loop that fires due timers, each in a unit of work of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from opentelemetry.trace import SpanKind

from services.chassis import timers
from services.chassis.clock import Clock
from services.chassis.context import WorkContext, enter_context
from services.chassis.database import is_connection_failure
from services.chassis.ids import new_id
from services.chassis.telemetry import Metrics, Tracing
from services.chassis.timers import DueTimer, TimerHandler
from services.chassis.unit_of_work import UnitOfWorkFactory

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0


class TimerFailed(Exception):
    """A timer's handler failed; it is set to be tried again."""


class TimerLoop:
    """Fires a service's timers."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        handlers: Mapping[str, TimerHandler],
        clock: Clock,
        metrics: Metrics,
        tracing: Tracing,
    ) -> None:
        self._units = units
        self._handlers = handlers
        self._clock = clock
        self._metrics = metrics
        self._tracing = tracing

    async def run(self) -> None:
        """Fire what is due, look again shortly; for a clock that moves by itself."""
        while True:
            with contextlib.suppress(TimerFailed):
                if await self.fire_next(self._clock.now()):
                    continue
            await asyncio.sleep(POLL_SECONDS)

    async def fire_due(self, until: datetime) -> int:
        """Fire every timer due at or before an instant, in order of their due times.

        Returns:
            How many fired.

        Raises:
            TimerFailed: a handler failed; later timers have not been fired.
        """
        fired = 0
        while await self.fire_next(until):
            fired += 1
        return fired

    async def fire_next(self, until: datetime) -> bool:
        """Fire the earliest due timer; False when none is due.

        Raises:
            TimerFailed: its handler failed; it will be tried again later.
            Exception: a connection failure, as ``is_connection_failure`` knows them; the
                timer is due as before.
        """
        context = WorkContext.begin(new_id())
        enter_context(context)
        timer: DueTimer | None = None
        try:
            async with self._units.begin() as uow:
                # Waiting for a retry is a matter of machine time, also in a replay.
                timer = await timers.claim_next(uow.session, until, datetime.now(UTC))
                if timer is None:
                    return False
                uow.now = timer.due_at
                with self._tracing.span(f"timer {timer.name}", SpanKind.INTERNAL, key=timer.key):
                    await timers.mark_fired(uow.session, timer, uow.recorded_at)
                    await self._handlers[timer.name](uow, timer)
                    uow.audit(f"timer.{timer.name}", timer.key)
        except Exception as error:
            # Storage being away is not the timer's fault: it stays due, and does not wait
            # longer each time.
            if timer is None or is_connection_failure(error):
                raise
            await self._postpone(timer, error)
            raise TimerFailed(timer.name) from error
        return True

    async def _postpone(self, timer: DueTimer, error: Exception) -> None:
        log.error("timer_failed", timer=timer.name, key=timer.key, exc_info=error)
        self._metrics.timer_failed(timer.name)
        async with self._units.begin() as uow:
            await timers.postpone(uow.session, timer, datetime.now(UTC))
