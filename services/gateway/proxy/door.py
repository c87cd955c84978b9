"""What every request must be before anything else is done with it.

Sits in front of the routes. What it lets through is plain, unambiguous, meant for a known
service, and carries a token that may use the door it came to.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.chassis.identity import Actor, IdentityVerifier, Role
from services.chassis.problems import (
    CONTENT_TYPE_NOT_JSON,
    FORBIDDEN,
    METHOD_NOT_ALLOWED,
    Problem,
)
from services.gateway import routes
from services.gateway.problems import PATH_NOT_NORMAL, REQUEST_AMBIGUOUS, ROUTE_UNKNOWN
from services.gateway.proxy.headers import ambiguity
from services.gateway.proxy.paths import flaw_in_path, flaw_in_query

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ROOT = "/"


class DoorMiddleware:
    """Refuses what cannot be passed on safely, and whoever may not come in.

    Raises:
        Problem: ``path_not_normal``, ``request_ambiguous``, ``route_unknown``,
            ``method_not_allowed``, ``not_authenticated`` or ``forbidden``.
    """

    def __init__(self, app: ASGIApp, identity: IdentityVerifier) -> None:
        self.app = app
        self._identity = identity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then run it."""
        if scope["type"] == "http":
            check_form(scope)
            self._check_entry(scope)
        await self.app(scope, receive, send)

    def _check_entry(self, scope: Scope) -> None:
        path = scope["path"]
        door = routes.door_of(path)
        if door is None:
            return
        if routes.find(path) is None:
            raise Problem(
                ROUTE_UNKNOWN,
                f"No service answers {path}. The paths there are stand in /openapi.json.",
            )
        if scope["method"] not in METHODS:
            raise Problem(
                METHOD_NOT_ALLOWED,
                f"{scope['method']} is not used here.",
                headers={"Allow": ", ".join(METHODS)},
            )
        actor = self._identity.authenticate(Headers(scope=scope).get("authorization"))
        check_door(door, actor)


def check_form(scope: Scope) -> None:
    """See that every reader would read a request alike.

    Raises:
        Problem: ``path_not_normal``, ``request_ambiguous``, or ``route_unknown`` for the
            inner doors, which do not exist from here.
    """
    path: str = scope["path"]
    raw_path: bytes = scope.get("raw_path") or path.encode()
    flaw = None if raw_path == _ROOT.encode() else flaw_in_path(raw_path)
    flaw = flaw or flaw_in_query(scope["query_string"])
    if flaw is not None:
        raise Problem(
            PATH_NOT_NORMAL,
            f"The request is not passed on, because {flaw}. Write paths as they stand in"
            " /openapi.json.",
        )
    ambiguous = ambiguity(scope["headers"])
    if ambiguous is not None:
        raise Problem(REQUEST_AMBIGUOUS, f"The request is not passed on: {ambiguous}.")
    if path == "/internal" or path.startswith("/internal/"):
        raise Problem(ROUTE_UNKNOWN, f"No service answers {path}.")


def check_door(door: routes.Door, actor: Actor) -> None:
    """See that an actor may use a door.

    Raises:
        Problem: ``forbidden``.
    """
    if door is routes.Door.AGENCY and Role.AGENCY not in actor.roles:
        raise Problem(FORBIDDEN, "/v1 is for agencies; the centre's staff use /ops/v1.")
    if door is routes.Door.STAFF and not actor.is_staff:
        raise Problem(FORBIDDEN, "/ops/v1 is for the centre's staff; agencies use /v1.")


def check_is_json(headers: Headers, body: bytes) -> None:
    """See that a body says it is JSON in UTF-8; none needs no type.

    Raises:
        Problem: ``content_type_not_json``.
    """
    if not body:
        return
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise Problem(CONTENT_TYPE_NOT_JSON, "Send the body as application/json, encoded in UTF-8.")
