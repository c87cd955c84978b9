"""The gateway's composition root: the only place that wires its parts together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import structlog
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.chassis.broker.none import NoBroker
from services.chassis.clock import SystemClock
from services.chassis.config import ClockMode
from services.chassis.database import Database
from services.chassis.events import EventRegistry
from services.chassis.identity import IdentityVerifier
from services.chassis.service import Parts as RunningParts
from services.chassis.service import ServiceRuntime, ServiceSpec, spare_the_collector
from services.gateway import routes
from services.gateway.clients import router as clients_router
from services.gateway.clients.hashing import SecretHasher
from services.gateway.clients.service import (
    BootstrapRefused,
    check_bootstrap_secret,
    ensure_bootstrap,
)
from services.gateway.config import GatewaySettings
from services.gateway.documents.service import WholeDocument
from services.gateway.edge import NamedRoute, SecurityHeadersMiddleware
from services.gateway.pages.landing import landing_route
from services.gateway.parts import Parts
from services.gateway.problems import PROBLEMS
from services.gateway.proxy.door import DoorMiddleware
from services.gateway.proxy.endpoint import proxy_routes
from services.gateway.proxy.upstream import Upstream
from services.gateway.readiness import readiness_route
from services.gateway.simulation.internal import Doors, InnerDoors
from services.gateway.simulation.router import router as clock_router
from services.gateway.simulation.service import Conductor
from services.gateway.tables import Base
from services.gateway.tokens.endpoint import TokenEndpoint, token_routes
from services.gateway.tokens.issuer import InternalTokens, TokenIssuer
from services.gateway.tokens.keys import SigningKey, UnusableKey, read_verify_keys
from services.gateway.tokens.throttle import Throttle

log = structlog.get_logger(__name__)

SPEC: Final = ServiceSpec(
    name="gateway",
    title="Gateway",
    description="Clients, access tokens and the centre's clock.",
    base=Base,
    migrations=Path(__file__).parent / "migrations",
    staff=(clients_router.creating, clients_router.router, clock_router),
    problems=PROBLEMS,
)

_CONNECTIONS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20)


def create_gateway(
    settings: GatewaySettings,
    *,
    clients: Mapping[str, httpx.AsyncClient] | None = None,
    doors: Doors | None = None,
) -> FastAPI:
    """The gateway as an ASGI application, on a database that has been migrated.

    Its lifespan must run: it checks the schema, creates the first administrator and closes
    connections at the end. The chassis runtime stands at ``app.state.runtime``.

    Args:
        settings: see ``config``.
        clients: one HTTP client per service of the routing table, for services in the same
            process (``httpx.ASGITransport``); by default made from the settings' addresses.
        doors: what moves the services' clocks; by default their inner doors over HTTP.

    Raises:
        UnusableKey: a key file is missing or wrong, or the two do not belong together.
        BootstrapRefused: the first administrator's secret is too weak.
    """
    if settings.bootstrap_client_secret is not None:
        check_bootstrap_secret(settings.bootstrap_client_secret.get_secret_value())
    signing_key, verify_keys = _keys(settings)
    upstreams = _upstreams(settings, clients)
    runtime = _runtime(settings)
    issuer = TokenIssuer(signing_key, settings.token_lifetime, SystemClock())
    hasher = SecretHasher()
    app = runtime.app(lifespan=_lifespan(runtime, settings, hasher, upstreams))
    app.state.parts = Parts(
        hasher=hasher,
        conductor=Conductor(
            doors or InnerDoors(upstreams, InternalTokens(issuer).current, settings.quiet_seconds),
            mode="simulated" if settings.clock is ClockMode.SIMULATED else "system",
            clock=SystemClock(),
            deadline_seconds=settings.quiet_seconds,
        ),
    )
    endpoint = TokenEndpoint(
        runtime.units, hasher, issuer, Throttle(settings.token_failures_a_minute)
    )
    # In front of the chassis' own routes: /openapi.json and /readyz speak for the whole.
    app.router.routes[:0] = [
        landing_route(public_url=settings.public_url, token_minutes=settings.token_minutes),
        *token_routes(endpoint, verify_keys, settings.public_url),
        _document_route(WholeDocument(upstreams, app.openapi, settings.public_url)),
        readiness_route(upstreams, runtime.not_ready),
        *proxy_routes(upstreams),
    ]
    # The door stands inside the chassis' middleware, which gives it correlation and
    # problems; the headers stand outside of everything, so that no answer lacks them.
    app.user_middleware.append(Middleware(DoorMiddleware, identity=runtime.identity))
    app.add_middleware(SecurityHeadersMiddleware, https=settings.public_url.startswith("https://"))
    return app


def _keys(settings: GatewaySettings) -> tuple[SigningKey, dict[str, Any]]:
    signing_key = SigningKey.from_file(settings.signing_key_file)
    verify_keys = read_verify_keys(settings.verify_keys_file)
    if signing_key.public_document()["x"] not in {key.get("x") for key in verify_keys["keys"]}:
        raise UnusableKey(
            f"{settings.verify_keys_file} does not hold the public half of"
            f" {settings.signing_key_file}; no service would accept the gateway's tokens."
        )
    return signing_key, verify_keys


def _runtime(settings: GatewaySettings) -> ServiceRuntime:
    return ServiceRuntime(
        SPEC,
        database=Database(settings.database_url),
        broker=NoBroker(),
        # Clients and tokens live in real time, also where the services' time is simulated.
        clock=SystemClock(),
        identity=IdentityVerifier.from_file(settings.verify_keys_file),
        registry=EventRegistry(),
        parts=RunningParts(serves=True, works=False),
        otlp_endpoint=str(settings.otlp_endpoint) if settings.otlp_endpoint else None,
    )


def _upstreams(
    settings: GatewaySettings, clients: Mapping[str, httpx.AsyncClient] | None
) -> dict[str, Upstream]:
    return {
        name: Upstream(
            name,
            clients[name] if clients is not None else _client(settings, name),
            settings.answer_seconds,
        )
        for name in routes.SERVICES
    }


def _client(settings: GatewaySettings, service: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=settings.url_of(service),
        limits=_CONNECTIONS,
        timeout=httpx.Timeout(settings.answer_seconds, connect=settings.connect_seconds),
        follow_redirects=False,
        # The environment's proxies are for the outside, not for the services next door.
        trust_env=False,
    )


def _lifespan(
    runtime: ServiceRuntime,
    settings: GatewaySettings,
    hasher: SecretHasher,
    upstreams: Mapping[str, Upstream],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await runtime.start()
            await _bootstrap(runtime, settings, hasher)
            spare_the_collector()
            yield
        finally:
            await runtime.stop()
            for upstream in upstreams.values():
                await upstream.client.aclose()

    return lifespan


async def _bootstrap(
    runtime: ServiceRuntime, settings: GatewaySettings, hasher: SecretHasher
) -> None:
    client_id, secret = settings.bootstrap_client_id, settings.bootstrap_client_secret
    if client_id is None or secret is None:
        return
    try:
        await ensure_bootstrap(runtime.units, hasher, client_id, secret.get_secret_value())
    except BootstrapRefused as error:
        log.error("gateway_cannot_start", reason=str(error))  # noqa: TRY400 - no fault of code
        raise


def _document_route(document: WholeDocument) -> NamedRoute:
    async def show(_: Request) -> Response:
        return JSONResponse(await document.current(), headers={"Cache-Control": "no-cache"})

    return NamedRoute("/openapi.json", show, methods=["GET"])
