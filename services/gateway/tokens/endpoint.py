"""The token endpoint and the two documents that describe it (RFC 6749, 7517, 8414)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from services.chassis.identity import ALGORITHM
from services.chassis.unit_of_work import UnitOfWorkFactory
from services.gateway.clients import service as clients
from services.gateway.clients.hashing import SecretHasher
from services.gateway.edge import NamedRoute
from services.gateway.tokens.form import (
    GRANT_TYPE,
    Credentials,
    TokenRefused,
    check_grant,
    credentials,
    invalid_client,
    parse_form,
)
from services.gateway.tokens.issuer import TokenIssuer
from services.gateway.tokens.throttle import Throttle

log = structlog.get_logger(__name__)

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path, not a password
JWKS_PATH = "/.well-known/jwks.json"
METADATA_PATH = "/.well-known/oauth-authorization-server"

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_SHORTLY = {"Cache-Control": "public, max-age=300"}


@dataclass(frozen=True)
class TokenEndpoint:
    """Answers token requests."""

    units: UnitOfWorkFactory
    hasher: SecretHasher
    issuer: TokenIssuer
    throttle: Throttle

    async def handle(self, request: Request) -> Response:
        """POST /oauth/token.

        Raises:
            Problem: ``too_many_requests``.
        """
        try:
            body = await request.body()
            fields = parse_form(request.headers.get("content-type"), body)
            check_grant(fields)
            offered = credentials(request.headers.get("authorization"), fields)
            token = await self._grant(offered, _address(request))
        except TokenRefused as refusal:
            return _refused(refusal)
        except ClientDisconnect:
            return Response(status_code=499)
        return JSONResponse(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": int(self.issuer.lifetime.total_seconds()),
            },
            headers=_NO_STORE,
        )

    async def _grant(self, offered: Credentials, address: str) -> str:
        async with self.hasher.turn():
            # Asked within the turn: requests that came together are not all let through.
            await self.throttle.check(offered.client_id, address)
            async with self.units.begin(read_only=True) as uow:
                client = await clients.authenticate(
                    uow.session, self.hasher, offered.client_id, offered.client_secret
                )
            if client is None:
                await self.throttle.failed(offered.client_id, address)
                log.warning("token_refused", error="invalid_client")
                raise invalid_client()
        if client.revoked:
            log.warning("token_refused", error="unauthorized_client", client_id=client.client_id)
            raise TokenRefused("unauthorized_client", "This client was revoked.")
        return self.issuer.issue(client.actor)


def token_routes(
    endpoint: TokenEndpoint, verify_keys: Mapping[str, Any], public_url: str
) -> list[NamedRoute]:
    """The routes of the token endpoint and its documents."""
    metadata = {
        "issuer": public_url,
        "token_endpoint": f"{public_url}{TOKEN_PATH}",
        "jwks_uri": f"{public_url}{JWKS_PATH}",
        "grant_types_supported": [GRANT_TYPE],
        "response_types_supported": [],
        "scopes_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
        "service_documentation": f"{public_url}/",
    }

    async def show_keys(_: Request) -> Response:
        return JSONResponse(dict(verify_keys), headers=_SHORTLY)

    async def show_metadata(_: Request) -> Response:
        return JSONResponse(metadata, headers=_SHORTLY)

    return [
        NamedRoute(TOKEN_PATH, endpoint.handle, methods=["POST"]),
        NamedRoute(JWKS_PATH, show_keys, methods=["GET"]),
        NamedRoute(METADATA_PATH, show_metadata, methods=["GET"]),
    ]


def _refused(refusal: TokenRefused) -> Response:
    headers = dict(_NO_STORE)
    if refusal.challenge:
        headers["WWW-Authenticate"] = 'Basic realm="ssc", charset="UTF-8"'
    return JSONResponse(
        {"error": refusal.error, "error_description": refusal.description},
        status_code=401 if refusal.challenge else 400,
        headers=headers,
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
