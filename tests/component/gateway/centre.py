"""A gateway under test, with small made-up services behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
from asgi_lifespan import LifespanManager
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel
from starlette.types import Message

from services.chassis import migrations
from services.chassis.clock import SystemClock
from services.chassis.identity import Actor, IdentityVerifier, Role
from services.chassis.ids import new_id
from services.gateway.app import SPEC, create_gateway
from services.gateway.config import GatewaySettings
from services.gateway.routes import SERVICES
from services.gateway.tokens.issuer import TokenIssuer
from services.gateway.tokens.keys import (
    SIGNING_KEY_FILE,
    VERIFY_KEYS_FILE,
    SigningKey,
    write_key_files,
)

BOOTSTRAP_ID = "first-admin"
BOOTSTRAP_SECRET = "8Yq-tR2mV5w.Zk1_nB7cXf4Lh9"
ORG = "202100-6255"
START = datetime(2025, 1, 1, tzinfo=UTC)


class Thing(BaseModel):
    """Something a made-up service describes in its document."""

    label: str


@dataclass
class FakeTimer:
    """A timer of a made-up service; firing it sends events of a type, or fails."""

    due_at: datetime
    name: str
    sends: str | None = None
    failures: int = 0


@dataclass
class FakeService:
    """A made-up service: it notes what reaches it, and has a clock, timers and a flow."""

    name: str
    log: list[tuple[str, str, datetime]]
    verifier: IdentityVerifier
    received: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    streamed: list[int] = field(default_factory=list)
    now: datetime = START
    timers: list[FakeTimer] = field(default_factory=list)
    pending: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    handled: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    subscribes: tuple[str, ...] = ()
    not_ready: list[str] = field(default_factory=list)
    reachable: bool = True
    failure: httpx.TransportError | None = None
    refusals: int = 0

    def app(self) -> FastAPI:
        """The service over HTTP."""
        app = FastAPI(title=self.name.title(), description=f"What {self.name} does.")
        self._add_public(app)
        self._add_inner(app)
        return app

    def client(self) -> httpx.AsyncClient:
        """A client that reaches the service, unless it is down."""
        return httpx.AsyncClient(
            transport=_Switched(self), base_url=f"http://{self.name}.inner:8000"
        )

    def _add_public(self, app: FastAPI) -> None:
        first = {"onboarding": "cases", "collab_model": "matters", "billing": "invoices"}

        @app.get(f"/v1/{first[self.name]}")
        async def listing(request: Request) -> list[Thing]:
            return [Thing(label=self.name)]

        @app.get("/readyz", include_in_schema=False)
        async def readyz(response: Response) -> dict[str, Any]:
            response.status_code = 503 if self.not_ready else 200
            return {"not_ready": self.not_ready}

        @app.api_route(
            "/{door:path}/echo",
            methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            include_in_schema=False,
        )
        async def echo(request: Request) -> Response:
            body = await request.body()
            self.received.append((request.method, str(request.url), dict(request.headers), body))
            return Response(
                body or b"{}",
                media_type="application/json",
                headers={
                    "ETag": '"v1"',
                    "Connection": "X-Hop",
                    "X-Hop": "1",
                    "Keep-Alive": "timeout=5",
                    "Set-Cookie": "a=b",
                    "Location": f"http://{self.name}.inner:8000/v1/elsewhere",
                    "Server": "inner",
                    "X-Correlation-ID": "made-up-by-the-service",
                },
            )

        @app.post("/ops/v1/volumes/files", include_in_schema=False)
        async def files(request: Request) -> Response:
            async for part in request.stream():
                self.streamed.append(len(part))
            return Response(b"{}", media_type="application/json")

        @app.get("/v1/cases/refused", include_in_schema=False)
        async def refused() -> Response:
            return Response(
                '{"code": "phase_out_of_order", "status": 409, "instance": "/inside"}',
                status_code=409,
                media_type="application/problem+json",
            )

        @app.get("/v1/cases/slow", include_in_schema=False)
        async def slow() -> None:
            await asyncio.Event().wait()

    def _add_inner(self, app: FastAPI) -> None:
        def gateway_only(request: Request) -> None:
            actor = self.verifier.authenticate(request.headers.get("authorization"))
            assert actor.roles == {Role.GATEWAY}

        @app.post("/internal/time", include_in_schema=False)
        async def move_time(request: Request) -> Response:
            gateway_only(request)
            body = await request.json()
            to = datetime.fromisoformat(body["to"])
            assert to >= self.now, "a clock was asked to go back"
            self.now = to
            self.log.append((self.name, "fires" if body["fire"] else "set", to))
            if body["fire"] and not self._fire_due():
                return Response(status_code=500)
            return Response("{}", media_type="application/json")

        @app.get("/internal/standing", include_in_schema=False)
        async def standing(request: Request) -> dict[str, Any]:
            gateway_only(request)
            answer = {
                "mode": "simulated",
                "now": self.now,
                "next_timer_at": min((timer.due_at for timer in self.timers), default=None),
                "pending": self.pending,
                "sent": dict(self.sent),
                "handled": dict(self.handled),
                "parked": self.parked,
                "subscribes": self.subscribes,
            }
            self._settle_one()
            return answer

    def _fire_due(self) -> bool:
        due = [timer for timer in self.timers if timer.due_at <= self.now]
        for timer in sorted(due, key=lambda timer: timer.due_at):
            if timer.failures:
                timer.failures -= 1
                return False
            self.timers.remove(timer)
            self.log.append((self.name, timer.name, timer.due_at))
            if timer.sends:
                self.sent[timer.sends] = self.sent.get(timer.sends, 0) + 1
        return True

    def _settle_one(self) -> None:
        """Between two looks, one message is handled: rest comes, but not at once."""
        for event_type in self.subscribes:
            sent = sum(peer.sent.get(event_type, 0) for peer in self.peers)
            settled = self.handled.get(event_type, 0) + self.parked.get(event_type, 0)
            if self.settles and settled < sent:
                self.handled[event_type] = self.handled.get(event_type, 0) + 1
                self.log.append((self.name, f"handled {event_type}", self.now))
                return

    settles: bool = True
    peers: Sequence[FakeService] = ()


class _Switched(httpx.AsyncBaseTransport):
    """Reaches a made-up service in this process, or fails to connect as if it were down."""

    def __init__(self, service: FakeService) -> None:
        self._service = service
        self._inner = httpx.ASGITransport(service.app())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._service.reachable:
            self._service.refusals += 1
            raise httpx.ConnectError("connection refused", request=request)
        if self._service.failure is not None:
            raise self._service.failure
        return await self._inner.handle_async_request(request)


@dataclass
class Centre:
    """The gateway, its made-up services and ways to speak with it."""

    gateway: FastAPI
    services: Mapping[str, FakeService]
    signing_key: SigningKey
    issuer: TokenIssuer
    log: list[tuple[str, str, datetime]]
    http: httpx.AsyncClient

    @property
    def onboarding(self) -> FakeService:
        """The made-up onboarding."""
        return self.services["onboarding"]

    @property
    def collab_model(self) -> FakeService:
        """The made-up collab_model."""
        return self.services["collab_model"]

    @property
    def billing(self) -> FakeService:
        """The made-up billing."""
        return self.services["billing"]

    def bearer(self, *roles: Role, org_number: str | None = None) -> dict[str, str]:
        """Headers of a client with these roles."""
        actor = Actor("tester", frozenset(roles), org_number)
        return {"Authorization": f"Bearer {self.issuer.issue(actor)}"}

    @property
    def agency(self) -> dict[str, str]:
        """Headers of an agency's client."""
        return self.bearer(Role.AGENCY, org_number=ORG)

    @property
    def finance(self) -> dict[str, str]:
        """Headers of a staff client."""
        return self.bearer(Role.FINANCE)

    @property
    def administrator(self) -> dict[str, str]:
        """Headers of an administrator, with a fresh Idempotency-Key."""
        return {**self.bearer(Role.ADMINISTRATOR), "Idempotency-Key": new_id()}

    async def raw(
        self,
        raw_path: bytes,
        *,
        method: str = "GET",
        query: bytes = b"",
        headers: Sequence[tuple[bytes, bytes]] = (),
        chunks: Sequence[bytes] = (b"",),
    ) -> httpx.Response:
        """Ask with exactly these bytes: an HTTP client would put the path right first."""
        messages: list[Message] = [
            {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
            for index, chunk in enumerate(chunks)
        ]
        answered: list[Message] = []

        async def receive() -> Message:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            answered.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw_path.decode("latin-1")),
            "raw_path": raw_path,
            "root_path": "",
            "query_string": query,
            "headers": [(b"host", b"centre"), *headers],
            "client": ("192.0.2.1", 1),
            "server": ("centre", 80),
        }
        await self.gateway(scope, receive, send)
        return httpx.Response(
            answered[0]["status"],
            headers=answered[0]["headers"],
            content=b"".join(message.get("body", b"") for message in answered[1:]),
        )


def settings_for(database_url: str, folder: Path, **changes: object) -> GatewaySettings:
    """Settings of a gateway with fresh keys in a folder."""
    if not (folder / SIGNING_KEY_FILE).exists():
        write_key_files(folder)
    values: dict[str, Any] = {
        "database_url": database_url,
        "signing_key_file": folder / SIGNING_KEY_FILE,
        "verify_keys_file": folder / VERIFY_KEYS_FILE,
        "bootstrap_client_id": BOOTSTRAP_ID,
        "bootstrap_client_secret": BOOTSTRAP_SECRET,
        "clock": "simulated",
        "answer_seconds": 5.0,
        "quiet_seconds": 5.0,
        **changes,
    }
    return GatewaySettings(**values)


@asynccontextmanager
async def standing(database_url: str, folder: Path, **changes: object) -> AsyncIterator[Centre]:
    """A gateway on a freshly migrated database, with three made-up services behind it."""
    settings = settings_for(database_url, folder, **changes)
    await asyncio.to_thread(migrations.upgrade, database_url, SPEC.migrations)
    verifier = IdentityVerifier.from_file(settings.verify_keys_file)
    log: list[tuple[str, str, datetime]] = []
    services = {name: FakeService(name, log, verifier) for name in SERVICES}
    for service in services.values():
        service.peers = tuple(services.values())
    gateway = create_gateway(
        settings, clients={name: service.client() for name, service in services.items()}
    )
    key = SigningKey.from_file(settings.signing_key_file)
    async with AsyncExitStack() as stack:
        # Not the manager's own app: that one gives all requests one `state` between them.
        await stack.enter_async_context(LifespanManager(gateway))
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="http://centre")
        )
        yield Centre(
            gateway=gateway,
            services=services,
            signing_key=key,
            issuer=TokenIssuer(key, settings.token_lifetime, SystemClock()),
            log=log,
            http=http,
        )
