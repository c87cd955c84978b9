"""Clients: created, listed and revoked by administrators."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page
from services.gateway.clients import service
from services.gateway.clients.schemas import ClientId, ClientView, CreateClient, CreatedClient
from services.gateway.parts import GatewayParts

_SECRET = "ssc.client_secret"  # noqa: S105 - the name of a place, not a secret


class SecretOnceRoute(UnitOfWorkRoute):
    """A command whose answer holds a secret that is not to be kept.

    The chassis keeps a command's answer under its idempotency key, so that it can be
    given again. The endpoint therefore answers without the secret and hands it over in the
    request's scope; only after the answer has been kept is the secret put in.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The chassis' handler, with the secret put into the first answer."""
        handler = super().get_route_handler()

        async def with_secret(request: Request) -> Response:
            response = await handler(request)
            # The scope is this request's own; a server may share `state` between requests.
            secret = request.scope.get(_SECRET)
            if secret is None:
                return response
            content = {**json.loads(bytes(response.body)), "client_secret": secret}
            return Response(
                json.dumps(content), response.status_code, media_type="application/json"
            )

        return with_secret


_ADMINISTRATOR = [Depends(requires(Role.ADMINISTRATOR))]

router = APIRouter(
    prefix="/clients", tags=["clients"], route_class=UnitOfWorkRoute, dependencies=_ADMINISTRATOR
)
creating = APIRouter(
    prefix="/clients", tags=["clients"], route_class=SecretOnceRoute, dependencies=_ADMINISTRATOR
)


@creating.post("", status_code=201)
async def create_client(
    body: CreateClient, uow: Uow, parts: GatewayParts, request: Request
) -> CreatedClient:
    """Create a client. Its secret stands in this answer and nowhere else."""
    new = await service.create(
        uow, parts.hasher, name=body.name, roles=body.roles, org_number=body.org_number
    )
    request.scope[_SECRET] = new.secret
    return CreatedClient(**dict(ClientView.of(new.client)), client_secret=None)


@router.get("")
async def list_clients(uow: Uow, limit: Limit = 50, after: After = None) -> Page[ClientView]:
    """Every client, revoked ones among them, by rising client_id."""
    found = await service.page(uow, after=after, limit=limit + 1)
    more = len(found) > limit
    items = [ClientView.of(client) for client in found[:limit]]
    return Page(items=items, next=items[-1].client_id if more else None)


@router.delete("/{client_id}", status_code=204)
async def revoke_client(client_id: ClientId, uow: Uow) -> None:
    """Let a client get no more tokens. Those it holds are good until they expire."""
    await service.revoke(uow, client_id)
