"""The FastAPI application of a service, and the unit of work around each request.

A route of ours opens the unit of work itself and commits before it returns the
response: code after ``yield`` in an ordinary dependency would commit after the client
has been told of success. See docs/decisions/0003-unit-of-work-in-the-route.md.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, cast

from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from services.chassis import idempotency, preconditions
from services.chassis.http import (
    AGENCY_DOOR,
    MAX_BODY_BYTES,
    STAFF_DOOR,
    BodyLimitMiddleware,
    RequestContextMiddleware,
    allow_body,
    install_problem_handlers,
)
from services.chassis.identity import Actor, IdentityVerifier, Role
from services.chassis.problems import (
    CONTENT_TYPE_NOT_JSON,
    FORBIDDEN,
    MEDIA_TYPE_NOT_ACCEPTED,
    NOT_FOUND,
    VALIDATION_FAILED,
    Problem,
)
from services.chassis.telemetry import Metrics, Tracing
from services.chassis.unit_of_work import UnitOfWork, UnitOfWorkFactory

READING_METHODS = frozenset({"GET", "HEAD"})


class HttpRuntime(Protocol):
    """What requests need of the running service."""

    @property
    def units(self) -> UnitOfWorkFactory:
        """Opens units of work."""
        ...

    @property
    def identity(self) -> IdentityVerifier:
        """Reads access tokens."""
        ...


class UnitOfWorkRoute(APIRoute):
    """A route whose whole request is one unit of work, with idempotency for commands.

    ``accepts`` are the media types its body may have, ``max_body_bytes`` its size at most.
    """

    accepts: frozenset[str] = frozenset({"application/json"})
    max_body_bytes: int = MAX_BODY_BYTES

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if "POST" in (options.get("methods") or ()):
            options["dependencies"] = [
                *(options.get("dependencies") or ()),
                Depends(_idempotency_key_header),
            ]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, wrapped in authentication, unit of work and idempotency."""
        handler = super().get_route_handler()
        known = frozenset(
            param.alias
            for param in get_flat_params(self.dependant)
            if isinstance(param.field_info, params.Query)
        )

        async def in_unit_of_work(request: Request) -> Response:
            runtime = cast(HttpRuntime, request.app.state.runtime)
            actor = runtime.identity.authenticate(request.headers.get("authorization"))
            _require_door(actor, request.url.path)
            request.state.actor = actor
            _require_known_parameters(request, known)
            if request.method in READING_METHODS:
                async with runtime.units.begin(actor=actor, read_only=True) as uow:
                    request.state.uow = uow
                    return await handler(request)
            await self._require_body(request)
            return await self._command(runtime, actor, request, handler)

        return in_unit_of_work

    async def _command(
        self,
        runtime: HttpRuntime,
        actor: Actor,
        request: Request,
        handler: Callable[[Request], Coroutine[Any, Any, Response]],
    ) -> Response:
        key = None
        if request.method == "POST":
            key = await idempotency.command_key(request, actor.client_id)
        async with runtime.units.begin(actor=actor) as uow:
            request.state.uow = uow
            uow.expected_version = preconditions.expected_version(request)
            if key is not None:
                known = await idempotency.first_answer(uow, key)
                if known is not None:
                    return known
            response = await handler(request)
            uow.audit(f"{request.method} {self.path_format}", request.url.path)
            if key is not None:
                await idempotency.keep_answer(uow, key, response)
        return response

    async def _require_body(self, request: Request) -> None:
        allow_body(request, self.max_body_bytes)
        # Read here in any case: a body above the limit then fails as itself, not as bad JSON.
        body = await request.body()
        if not body or media_type_of(request) in self.accepts:
            return
        if self.accepts == UnitOfWorkRoute.accepts:
            raise Problem(CONTENT_TYPE_NOT_JSON, "Send the body as Content-Type: application/json.")
        raise Problem(
            MEDIA_TYPE_NOT_ACCEPTED,
            f"Send the file with its Content-Type, one of {', '.join(sorted(self.accepts))}.",
            accepted=sorted(self.accepts),
        )


def media_type_of(request: Request) -> str:
    """The media type of a request's body, in lower case without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def upload_route(*media_types: str, max_bytes: int) -> type[UnitOfWorkRoute]:
    """A route class whose body is a file of one of the media types, sent as it is.

    Args:
        media_types: what ``Content-Type`` may say; others answer ``media_type_not_accepted``.
        max_bytes: more answer ``body_too_large``.
    """
    return type(
        "UploadRoute",
        (UnitOfWorkRoute,),
        {"accepts": frozenset(media_types), "max_body_bytes": max_bytes},
    )


@dataclass(frozen=True)
class Upload:
    """A file as it was sent; its media type is one that the route accepts."""

    media_type: str
    content: bytes


def _require_known_parameters(request: Request, known: frozenset[str]) -> None:
    """Refuse a query parameter that the operation does not have.

    It is usually a misspelt one; ignored, the answer would be about something else than what
    was asked for, such as today's instead of last year's.
    """
    unknown = list(dict.fromkeys(key for key in request.query_params if key not in known))
    if not unknown:
        return
    has = f"it has {', '.join(sorted(known))}" if known else "it has none"
    raise Problem(
        VALIDATION_FAILED,
        f"Nothing was changed. Look at: {', '.join(unknown)}.",
        errors=[
            {"where": "query", "field": name, "message": f"there is no such parameter here; {has}"}
            for name in unknown
        ],
    )


def _require_door(actor: Actor, path: str) -> None:
    if path.startswith(f"{STAFF_DOOR}/") and not actor.is_staff:
        raise Problem(FORBIDDEN, "This door is for the centre's staff; agencies use /v1.")
    if path.startswith(f"{AGENCY_DOOR}/") and Role.AGENCY not in actor.roles:
        raise Problem(FORBIDDEN, "This door is for agencies; the centre's staff use /ops/v1.")


# The dependencies below are coroutines though they wait for nothing: FastAPI runs plain
# functions in a thread each, which costs more than all they do.


async def _request_uow(request: Request) -> UnitOfWork:
    return cast(UnitOfWork, request.state.uow)


async def _request_actor(request: Request) -> Actor:
    return cast(Actor, request.state.actor)


async def _request_upload(request: Request) -> Upload:
    return Upload(media_type_of(request), await request.body())


Uow = Annotated[UnitOfWork, Depends(_request_uow)]
"""The request's unit of work; the route commits it before the answer is sent."""

CurrentActor = Annotated[Actor, Depends(_request_actor)]
"""Who asks."""

UploadedFile = Annotated[Upload, Depends(_request_upload)]
"""The file a client sent as its request's body, on a route made by ``upload_route``."""


def upload_schema(*media_types: str) -> dict[str, Any]:
    """``openapi_extra`` of an operation whose body is a file."""
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in media_types}
    return {"requestBody": {"required": True, "content": content}}


def requires(*roles: Role) -> Callable[[Request], Coroutine[Any, Any, None]]:
    """A dependency that refuses clients without any of the roles (``forbidden``)."""
    allowed = frozenset(roles)

    async def check(request: Request) -> None:
        actor = await _request_actor(request)
        if actor.roles.isdisjoint(allowed):
            names = " or ".join(sorted(role.value for role in allowed))
            raise Problem(FORBIDDEN, f"This needs the role {names}.")

    return check


async def _idempotency_key_header(
    idempotency_key: Annotated[
        str,
        Header(
            alias=idempotency.HEADER,
            min_length=1,
            max_length=idempotency.MAX_LENGTH,
            pattern=r"^[ -~]+$",
            description="A fresh value per command; the same key gives the same answer.",
        ),
    ],
) -> None:
    """Puts the header into the OpenAPI document; the route itself enforces it."""


async def require_gateway(request: Request) -> None:
    """Refuse anybody but the gateway, as if nothing were here."""
    runtime = cast(HttpRuntime, request.app.state.runtime)
    actor = runtime.identity.authenticate(request.headers.get("authorization"))
    if Role.GATEWAY not in actor.roles:
        raise Problem(NOT_FOUND, "Nothing is here.")


def internal_router(title: str) -> APIRouter:
    """A router for the gateway's own calls, kept out of the public document."""
    return APIRouter(
        prefix="/internal",
        tags=[title],
        include_in_schema=False,
        dependencies=[Depends(require_gateway)],
    )


def create_app(
    *,
    service: str,
    title: str,
    description: str,
    runtime: HttpRuntime,
    metrics: Metrics,
    tracing: Tracing,
    doors: APIRouter,
    lifespan: Any,
) -> FastAPI:
    """A service's application.

    Args:
        service: its name.
        title: of its description.
        description: the same.
        runtime: what its requests need.
        metrics: where requests are counted.
        tracing: where their spans go.
        doors: what it answers. FastAPI works the parameters of each route out at its first
            request and keeps them there, so applications of one service share their doors.
        lifespan: what runs while the application is served.
    """
    app = FastAPI(
        title=title,
        description=description,
        version="1.0.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.runtime = runtime
    app.router.routes.extend(doors.routes)
    install_problem_handlers(app)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(RequestContextMiddleware, service=service, metrics=metrics, tracing=tracing)
    return app


def both_doors(
    shared: Sequence[APIRouter], staff: Sequence[APIRouter], agency: Sequence[APIRouter]
) -> APIRouter:
    """A service's routers behind the agencies' and the staff's door."""
    doors = APIRouter(
        generate_unique_id_function=_operation_id,
        responses={
            status: {"description": text, "content": {"application/problem+json": {}}}
            for status, text in _PROBLEM_RESPONSES.items()
        },
    )
    for router in (*shared, *agency):
        doors.include_router(router, prefix=AGENCY_DOOR)
    for router in (*shared, *staff):
        doors.include_router(router, prefix=STAFF_DOOR)
    return doors


_PROBLEM_RESPONSES: dict[int | str, str] = {
    401: "No valid access token",
    403: "The role does not allow this",
    404: "Nothing visible under that identifier",
    409: "It does not fit the present state",
    422: "The request does not fit its schema or a rule",
}


def _operation_id(route: APIRoute) -> str:
    methods = "_".join(sorted(method.lower() for method in route.methods or ()))
    path = route.path_format.strip("/").replace("/", "_").replace("{", "").replace("}", "")
    return f"{methods}_{path}".replace("-", "_")


__all__ = [
    "CurrentActor",
    "HttpRuntime",
    "UnitOfWorkRoute",
    "Uow",
    "Upload",
    "UploadedFile",
    "both_doors",
    "create_app",
    "internal_router",
    "require_gateway",
    "requires",
    "upload_route",
    "upload_schema",
]
