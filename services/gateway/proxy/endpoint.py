"""The routes behind which the services stand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from services.chassis.context import current_context
from services.chassis.http import MAX_STREAM_BYTES, MAX_UPLOAD_BYTES, allow_body
from services.chassis.problems import Problem
from services.chassis.streaming import CLIENT_CLOSED_REQUEST
from services.gateway import routes
from services.gateway.edge import NamedRoute
from services.gateway.problems import REQUEST_AMBIGUOUS
from services.gateway.proxy.door import METHODS, check_is_json
from services.gateway.proxy.forward import forward
from services.gateway.proxy.upstream import Upstream


def proxy_routes(upstreams: Mapping[str, Upstream]) -> list[NamedRoute]:
    """A route for each door and segment of the routing table that leads to a service.

    One each rather than one for all, so that metrics tell them apart.
    """
    made: list[NamedRoute] = []
    for segment, service in routes.ROUTES.items():
        if service == routes.GATEWAY:
            continue
        endpoint = _Endpoint(upstreams[service])
        for door in routes.Door:
            base = f"{door.value}/{segment}"
            made.extend(
                NamedRoute(path, endpoint.handle, methods=METHODS, include_in_schema=False)
                for path in (base, f"{base}/{{rest:path}}")
            )
    return made


class _Endpoint:
    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def handle(self, request: Request) -> Response:
        """Pass a request on; the door has checked it already."""
        try:
            if request.method == "POST" and routes.is_streamed(request.url.path):
                allow_body(request, MAX_STREAM_BYTES, streamed=True)
                return await self._pass_on(request, request.stream())
            return await self._pass_on(request, await self._whole_body(request))
        except ClientDisconnect:
            return Response(status_code=CLIENT_CLOSED_REQUEST)

    async def _whole_body(self, request: Request) -> bytes:
        takes_a_file = routes.takes_a_file(request.url.path)
        if takes_a_file:
            allow_body(request, MAX_UPLOAD_BYTES)
        body = await request.body()
        if body and request.method == "GET":
            raise Problem(REQUEST_AMBIGUOUS, "A GET has no body; put what you ask in the query.")
        if not takes_a_file:
            check_is_json(request.headers, body)
        return body

    async def _pass_on(self, request: Request, body: bytes | AsyncIterator[bytes]) -> Response:
        return await forward(
            self._upstream,
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            headers=request.headers.raw,
            body=body,
            correlation_id=current_context().correlation_id,
        )
