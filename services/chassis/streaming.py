"""Files of any size: read as they come, kept step by step, never whole in memory.

An ordinary command is one unit of work around its whole body. A file of millions of rows cannot
be: its steps commit as they come, so that a file which breaks off can go on where it stopped.
Only the last step has the effect and the answer, and both are kept together under the
command's Idempotency-Key, as those of any command are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from services.chassis import idempotency
from services.chassis.app import HttpRuntime, UnitOfWorkRoute, media_type_of
from services.chassis.http import MAX_STREAM_BYTES, allow_body
from services.chassis.identity import Actor
from services.chassis.problems import MEDIA_TYPE_NOT_ACCEPTED, Problem
from services.chassis.unit_of_work import UnitOfWork

CLIENT_CLOSED_REQUEST = 499
"""Status for the log only: nobody is left to read it."""


class StreamedFile:
    """A file that is being sent, and the units of work in which it is kept."""

    def __init__(self, request: Request, runtime: HttpRuntime, actor: Actor) -> None:
        self.media_type = media_type_of(request)
        self.actor = actor
        self._request = request
        self._runtime = runtime
        self._key = idempotency.header_key(request)
        self._asked = idempotency.Asked(request)

    async def parts(self) -> AsyncIterator[bytes]:
        """The body in pieces as they arrive.

        Raises:
            ClientDisconnect: the sender went away; the route answers for it.
        """
        async for part in self._request.stream():
            if part:
                self._asked.add(part)
                yield part

    def step(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that commits on its own, before the file is through."""
        return self._runtime.units.begin(actor=self.actor)

    async def earlier_answer(self) -> Response | None:
        """What was answered under this key before; the file is then read to its end only to
        see that it is the same.

        Raises:
            Problem: ``idempotency_key_reused``.
        """
        async with self._runtime.units.begin(actor=self.actor, read_only=True) as uow:
            if not await idempotency.is_used(uow, self.actor.client_id, self._key):
                return None
        async for _ in self.parts():
            pass
        async with self.step() as uow:
            return await idempotency.first_answer(uow, self._command())

    async def conclude(self, work: Callable[[UnitOfWork], Awaitable[BaseModel]]) -> Response:
        """Give the file its effect and its answer, both or neither, once for the key.

        Args:
            work: awaited after the last part was read; its result is the answer.
        """
        async with self.step() as uow:
            known = await idempotency.first_answer(uow, self._command())
            if known is not None:
                return known
            answer = await work(uow)
            response = JSONResponse(answer.model_dump(mode="json"))
            path = self._request.scope["route"].path_format
            uow.audit(f"{self._request.method} {path}", self._request.url.path)
            await idempotency.keep_answer(uow, self._command(), response)
        return response

    def _command(self) -> idempotency.CommandKey:
        return self._asked.under(self.actor.client_id, self._key)


class StreamRoute(UnitOfWorkRoute):
    """A route whose body is read while it comes; see ``stream_route``."""

    async def _require_body(self, request: Request) -> None:
        allow_body(request, self.max_body_bytes, streamed=True)
        if media_type_of(request) not in self.accepts:
            raise Problem(
                MEDIA_TYPE_NOT_ACCEPTED,
                f"Send the file with its Content-Type, one of {', '.join(sorted(self.accepts))}.",
                accepted=sorted(self.accepts),
            )

    async def _command(
        self,
        runtime: HttpRuntime,
        actor: Actor,
        request: Request,
        handler: Callable[[Request], Coroutine[Any, Any, Response]],
    ) -> Response:
        request.state.streamed = StreamedFile(request, runtime, actor)
        try:
            return await handler(request)
        except ClientDisconnect:
            return Response(status_code=CLIENT_CLOSED_REQUEST)


def stream_route(*media_types: str, max_bytes: int = MAX_STREAM_BYTES) -> type[StreamRoute]:
    """A route class whose body is a file that is read in pieces, in units of work of its own.

    Its operations take a ``Streamed`` instead of a ``Uow``.

    Args:
        media_types: what ``Content-Type`` may say; others answer ``media_type_not_accepted``.
        max_bytes: more answer ``body_too_large``.
    """
    return type(
        "StreamedUploadRoute",
        (StreamRoute,),
        {"accepts": frozenset(media_types), "max_body_bytes": max_bytes},
    )


async def _request_stream(request: Request) -> StreamedFile:
    return cast(StreamedFile, request.state.streamed)


Streamed = Annotated[StreamedFile, Depends(_request_stream)]
"""The file a client is sending, on a route made by ``stream_route``."""
