"""Whether the centre as a whole can be used, and if not, which service keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.chassis.problems import Problem
from services.gateway.edge import NamedRoute
from services.gateway.proxy.upstream import Upstream
from services.gateway.routes import GATEWAY

_PATIENCE_SECONDS = 5.0


def readiness_route(
    upstreams: Mapping[str, Upstream], own_reasons: Callable[[], Awaitable[list[str]]]
) -> NamedRoute:
    """``/readyz``: 200 when the gateway and every service is ready, else 503 with reasons."""

    async def ready(_: Request) -> Response:
        own, *others = await asyncio.gather(
            own_reasons(), *(_reasons(upstream) for upstream in upstreams.values())
        )
        reasons = own + [reason for found in others for reason in found]
        return JSONResponse(
            {
                "status": "not ready" if reasons else "ready",
                "service": GATEWAY,
                "not_ready": reasons,
            },
            status_code=503 if reasons else 200,
        )

    return NamedRoute("/readyz", ready, methods=["GET"])


async def _reasons(upstream: Upstream) -> list[str]:
    request = upstream.client.build_request("GET", "/readyz", timeout=_PATIENCE_SECONDS)
    try:
        response = await upstream.send(request, repeatable=False, seconds=_PATIENCE_SECONDS)
    except Problem as problem:
        return [f"{upstream.name}: {problem.type.code}"]
    if response.is_success:
        return []
    try:
        reasons = response.json()["not_ready"]
        return [f"{upstream.name}: {reason}" for reason in reasons]
    except (ValueError, KeyError, TypeError):
        return [f"{upstream.name}: answered {response.status_code}"]
