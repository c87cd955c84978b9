"""One unit of work per request, event or timer: all of it commits, or none of it.

Domain changes, outbox rows, timers, audit rows and the inbox row share one transaction
(ARCHITECTURE rule 2). Use cases flush; only the chassis commits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import outbox, timers
from services.chassis.clock import Clock
from services.chassis.context import WorkContext, current_context
from services.chassis.database import Database
from services.chassis.events import Envelope, Event
from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.tables import audit
from services.chassis.tables import outbox as outbox_table

OUTBOX_CHANNEL = "ssc_outbox"


@dataclass
class UnitOfWork:
    """The work of one request, event or timer, and what it wants to leave behind.

    ``now`` is the instant the work is about: the clock's at its start, or a timer's due
    time. ``recorded_at`` is the clock's in any case. ``expected_version`` is the version that
    the client says it has seen (``If-Match``); see ``preconditions``. ``envelope`` is that of
    the event being handled; handlers that tell an older event from a newer one ask ``handled``.
    """

    session: AsyncSession
    service: str
    now: datetime
    recorded_at: datetime
    actor: Actor | None
    context: WorkContext
    expected_version: int | None = None
    envelope: Envelope | None = None
    _before_commit: dict[str, Callable[[UnitOfWork], Awaitable[None]]] = field(default_factory=dict)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _audit: list[dict[str, Any]] = field(default_factory=list)

    def record(self, event: Event, *, version: int = 0) -> None:
        """Publish an event when, and only when, this unit of work commits.

        Args:
            event: what happened.
            version: the version it left its aggregate in, for consumers to compare.
        """
        self._events.append(
            outbox.row_for(
                event,
                source=self.service,
                version=version,
                context=self.context,
                recorded_at=self.recorded_at,
            )
        )

    @property
    def handled(self) -> Envelope:
        """The envelope of the event being handled.

        Raises:
            LookupError: this is the work of a request or a timer.
        """
        if self.envelope is None:
            raise LookupError("no event is being handled")
        return self.envelope

    def audit(self, action: str, subject: str, detail: str = "") -> None:
        """Note who did what to which thing; no personal data in the detail."""
        self._audit.append(
            {
                "id": new_id(),
                "at": self.recorded_at,
                "actor": self.actor.client_id if self.actor else "system",
                "org_number": self.actor.org_number if self.actor else None,
                "action": action,
                "subject": subject,
                "detail": detail,
                "correlation_id": self.context.correlation_id,
            }
        )

    async def set_timer(
        self, name: str, key: str, due_at: datetime, payload: Mapping[str, str] | None = None
    ) -> None:
        """Have the named timer fire at an instant; setting it again moves it."""
        await timers.set_timer(self.session, name, key, due_at, dict(payload or {}))

    async def cancel_timer(self, name: str, key: str) -> None:
        """Take a timer back; nothing happens when it is not set."""
        await timers.cancel_timer(self.session, name, key)

    def before_commit(self, key: str, work: Callable[[UnitOfWork], Awaitable[None]]) -> None:
        """Have something done once, when all else in this unit of work is done.

        Args:
            key: names the work; asking again under the same key does not double it.
            work: awaited with this unit of work, before its records are written.
        """
        self._before_commit.setdefault(key, work)

    @property
    def has_events(self) -> bool:
        """Whether committing will leave something to publish."""
        return bool(self._events)

    async def write_records(self) -> None:
        """Do what waited for the end; put the gathered outbox and audit rows into the
        transaction.
        """
        await self.session.flush()
        while self._before_commit:
            await self._before_commit.pop(next(iter(self._before_commit)))(self)
        await self.session.flush()
        if self._events:
            await self.session.execute(insert(outbox_table), self._events)
        if self._audit:
            await self.session.execute(insert(audit), self._audit)


@dataclass
class UnitOfWorkFactory:
    """Opens units of work on one service's database.

    ``wake_relay`` is called after a commit that left events to publish; other processes
    of the service are woken through the database where it can.
    """

    service: str
    database: Database
    clock: Clock
    wake_relay: Callable[[], None]

    @asynccontextmanager
    async def begin(
        self,
        *,
        actor: Actor | None = None,
        read_only: bool = False,
        now: datetime | None = None,
    ) -> AsyncIterator[UnitOfWork]:
        """A unit of work that commits when the block ends well and rolls back otherwise.

        Args:
            actor: who asked, where somebody did.
            read_only: commits nothing and holds up no writer.
            now: the instant the work is about, when that is not the clock's present.
        """
        async with self.database.transaction(write=not read_only) as session:
            recorded_at = self.clock.now()
            uow = UnitOfWork(
                session=session,
                service=self.service,
                now=now or recorded_at,
                recorded_at=recorded_at,
                actor=actor,
                context=current_context(),
            )
            yield uow
            if read_only:
                return
            await uow.write_records()
            if uow.has_events and not self.database.embedded:
                await session.execute(
                    text("SELECT pg_notify(:channel, '')"), {"channel": OUTBOX_CHANNEL}
                )
            await session.commit()
        if uow.has_events:
            self.wake_relay()
