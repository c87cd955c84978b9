"""Running one service in a component test: real storage, no broker, simulated time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import sqlalchemy
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis import migrated, timers
from services.chassis.broker.none import NoBroker
from services.chassis.clock import SimulatedClock
from services.chassis.context import WorkContext
from services.chassis.database import Database, make_engine
from services.chassis.events import Envelope, Event, EventRegistry
from services.chassis.identity import ALGORITHM, AUDIENCE, ISSUER, Actor, IdentityVerifier, Role
from services.chassis.ids import new_id
from services.chassis.outbox import row_for
from services.chassis.service import Parts, ServiceRuntime, ServiceSpec
from services.chassis.tables import outbox

DEFAULT_START = datetime(2025, 1, 7, 9, 0, tzinfo=UTC)

_EventT = TypeVar("_EventT", bound=Event)


class TestIdentities:
    """A key pair of the test's own, and tokens signed with it."""

    __test__ = False

    def __init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})

    @property
    def verifier(self) -> IdentityVerifier:
        """Accepts this test's tokens."""
        return IdentityVerifier({"keys": [self._key.as_dict(private=False)]})

    def token(self, actor: Actor, lifetime: timedelta = timedelta(hours=1)) -> str:
        """An access token of an actor."""
        now = datetime.now(UTC)
        claims = {
            **actor.claims(),
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": "test"}, claims, self._key, [ALGORITHM])


class RunningService:
    """A service under test."""

    def __init__(
        self, runtime: ServiceRuntime, clock: SimulatedClock, identities: TestIdentities
    ) -> None:
        self.runtime = runtime
        self.clock = clock
        self._identities = identities
        self._app = runtime.app(lifespan=_no_lifespan)
        self._clients = AsyncExitStack()

    def client(
        self, *roles: Role, org_number: str | None = None, client_id: str | None = None
    ) -> httpx.AsyncClient:
        """A client with these roles; each POST gets a fresh Idempotency-Key unless it has one."""
        actor = Actor(
            client_id=client_id or "-".join([*(role.value for role in roles), org_number or ""]),
            roles=frozenset(roles),
            org_number=org_number,
        )

        async def add_key(request: httpx.Request) -> None:
            if request.method == "POST" and "Idempotency-Key" not in request.headers:
                request.headers["Idempotency-Key"] = new_id()

        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app, raise_app_exceptions=False),
            base_url="http://service",
            headers={"Authorization": f"Bearer {self._identities.token(actor)}"},
            event_hooks={"request": [add_key]},
        )

    async def deliver(
        self,
        event: Event,
        *,
        event_id: str | None = None,
        version: int = 0,
        recorded_at: datetime | None = None,
    ) -> str:
        """Handle an event as the consumer would, inbox and all; returns its id.

        Delivering with the id of an earlier delivery is a duplicate. ``version`` is the one
        that the event left its aggregate in, ``recorded_at`` when its publisher recorded it.
        """
        context = WorkContext.begin(new_id())
        row = row_for(
            event,
            source="test",
            version=version,
            context=context,
            recorded_at=recorded_at or self.clock.now(),
        )
        envelope = Envelope.from_bytes(row["body"])
        if event_id is not None:
            envelope = envelope.model_copy(update={"id": event_id})
        await self.runtime.consumer.handle_envelope(envelope)
        return envelope.id

    def at(self, instant: datetime) -> None:
        """Set the clock forward without firing timers."""
        self.clock.advance_to(instant)

    async def advance(self, to: datetime) -> None:
        """Move the clock forward, stopping at and firing each timer that falls due."""
        while True:
            async with self.runtime.database.transaction(write=False) as session:
                due = await timers.next_due_at(session)
            if due is None or due > to:
                break
            await self.runtime.advance_to(max(due, self.clock.now()))
        await self.runtime.advance_to(to)

    async def published(self, kind: type[_EventT]) -> list[_EventT]:
        """The events of a type recorded so far, in order."""
        async with self.runtime.database.transaction(write=False) as session:
            bodies = await session.scalars(
                select(outbox.c.body).where(outbox.c.type == kind.type).order_by(outbox.c.seq)
            )
            return [kind.model_validate(Envelope.from_bytes(body).data) for body in bodies]

    async def published_types(self) -> list[str]:
        """The types of all events recorded so far, in order."""
        async with self.runtime.database.transaction(write=False) as session:
            return list(await session.scalars(select(outbox.c.type).order_by(outbox.c.seq)))


@asynccontextmanager
async def _no_lifespan(_: object) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def running(
    spec: ServiceSpec,
    database_url: str,
    registry: EventRegistry | None = None,
    start: datetime = DEFAULT_START,
) -> AsyncIterator[RunningService]:
    """A service on a freshly migrated database, its time standing at ``start``."""
    await asyncio.to_thread(migrated.migrate, database_url, spec.migrations)
    identities = TestIdentities()
    clock = SimulatedClock(start)
    aimed = _aimed_at(database_url, spec.name)
    runtime = ServiceRuntime(
        spec,
        database=Database(database_url, engine=aimed.engine),
        broker=NoBroker(),
        clock=clock,
        identity=identities.verifier,
        registry=registry or EventRegistry(spec.handlers),
        parts=Parts(serves=True, works=False),
    )
    await runtime.start()
    try:
        yield RunningService(runtime, clock, identities)
    finally:
        await runtime.stop()
        _idle[aimed.kind].append(aimed)


@dataclass
class _Aimed:
    """An engine that leads to one database after the other.

    An engine compiles each statement once, which is a fifth of what a test costs; so it is
    kept for the next test of the same service.
    """

    kind: tuple[str, str]
    engine: AsyncEngine
    url: URL

    def aim(self, _dialect: object, _record: object, args: list[Any], named: Any) -> None:
        """Connect to where ``url`` says now; for SQLAlchemy's ``do_connect``."""
        args[:], named_now = self.engine.dialect.create_connect_args(self.url)
        named.update(named_now)


_idle: defaultdict[tuple[str, str], list[_Aimed]] = defaultdict(list)


def _aimed_at(database_url: str, service: str) -> _Aimed:
    url = make_url(database_url)
    kind = (service, url.get_backend_name())
    if _idle[kind]:
        aimed = _idle[kind].pop()
        aimed.url = url
        return aimed
    aimed = _Aimed(kind, make_engine(url, durable=False), url)
    sqlalchemy.event.listen(aimed.engine.sync_engine, "do_connect", aimed.aim)
    return aimed


async def eventually(
    condition: Callable[[], Awaitable[bool]], within: float = 10.0, every: float = 0.02
) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: it did not hold in time.
    """
    async with asyncio.timeout(within):
        # What is waited for happens in other processes too, which set no event of ours.
        while not await condition():  # noqa: ASYNC110  # conditions of other processes send no event
            await asyncio.sleep(every)
