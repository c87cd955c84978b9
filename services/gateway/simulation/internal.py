"""What the gateway asks the services' inner doors: how they stand, and to move their clocks.

These paths are in no routing table, so nobody outside can ask them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

import httpx
import stamina
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.chassis.context import current_context
from services.chassis.problems import Problem
from services.gateway.problems import SERVICE_UNAVAILABLE
from services.gateway.proxy.upstream import RETRY_AFTER_SECONDS, Upstream
from services.gateway.simulation.domain import Standing

Counts = dict[str, int]

_ATTEMPTS = 10
_PATIENCE_WITH_STORAGE_SECONDS = 5.0


class _Standing(BaseModel):
    """A service's answer; what this gateway does not know of it is left aside."""

    model_config = ConfigDict(extra="ignore")

    now: AwareDatetime
    next_timer_at: AwareDatetime | None = None
    pending: int = Field(ge=0)
    sent: Counts
    handled: Counts
    parked: Counts = Field(default_factory=dict)
    subscribes: tuple[str, ...]


class Doors(Protocol):
    """What the gateway asks of the services about their clocks and events.

    Every method raises a problem, ``service_unavailable`` or ``service_timed_out``, when a
    service does not answer.
    """

    async def standings(self) -> Mapping[str, Standing]:
        """How every service stands, in the order in which their timers fire."""
        ...

    async def set_clocks(self, targets: Mapping[str, datetime]) -> None:
        """Set each service's clock without firing anything."""
        ...

    async def fire(self, service: str, to: datetime) -> None:
        """Have one service fire the timers due by an instant, in order.

        A timer whose handler fails is no error here: it stays due, and the service tries
        it again after a while.
        """
        ...


class InnerDoors:
    """The services' ``/internal`` paths, in the order in which timers fire.

    Args:
        upstreams: the services by name, in order.
        make_token: gives a token with the role ``gateway``.
        patience_seconds: longest wait for one answer; firing a month's timers takes a while.
    """

    def __init__(
        self,
        upstreams: Mapping[str, Upstream],
        make_token: Callable[[], str],
        patience_seconds: float,
    ) -> None:
        self._upstreams = upstreams
        self._make_token = make_token
        self._patience_seconds = patience_seconds

    async def standings(self) -> Mapping[str, Standing]:
        """See ``Doors``."""
        answers = await asyncio.gather(*map(self._standing, self._upstreams))
        return dict(zip(self._upstreams, answers, strict=True))

    async def set_clocks(self, targets: Mapping[str, datetime]) -> None:
        """See ``Doors``."""
        await asyncio.gather(
            *(self._move(service, to, fire=False) for service, to in targets.items())
        )

    async def fire(self, service: str, to: datetime) -> None:
        """See ``Doors``."""
        await self._move(service, to, fire=True)

    async def _move(self, service: str, to: datetime, *, fire: bool) -> None:
        body = {"to": to.isoformat(), "fire": fire}
        response = await self._call(service, "POST", "/internal/time", body)
        timer_failed = fire and response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        if not response.is_success and not timer_failed:
            raise _odd_answer(service, response)

    async def _standing(self, service: str) -> Standing:
        response = await self._call(service, "GET", "/internal/standing")
        if not response.is_success:
            raise _odd_answer(service, response)
        try:
            answer = _Standing.model_validate_json(response.content)
        except ValidationError as error:
            raise _odd_answer(service, response) from error
        return Standing(**dict(answer))

    async def _call(
        self, service: str, method: str, path: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        """A service's answer; one that is away from its storage for a moment is asked again.

        Setting a clock to where it already stands changes nothing: all may be repeated.
        """
        try:
            async for attempt in stamina.retry_context(
                on=_AwayError,
                attempts=_ATTEMPTS,
                timeout=_PATIENCE_WITH_STORAGE_SECONDS,
                wait_initial=0.05,
                wait_max=0.5,
                wait_jitter=0.1,
            ):
                with attempt:
                    return await self._send(service, method, path, body)
        except _AwayError as refusal:
            return refusal.response
        raise AssertionError("a retried block either returns or raises")

    async def _send(
        self, service: str, method: str, path: str, body: dict[str, Any] | None
    ) -> httpx.Response:
        upstream = self._upstreams[service]
        request = upstream.client.build_request(
            method,
            path,
            json=body,
            headers={
                "Authorization": f"Bearer {self._make_token()}",
                "X-Correlation-ID": current_context().correlation_id,
            },
            timeout=self._patience_seconds,
        )
        response = await upstream.send(request, repeatable=True, seconds=self._patience_seconds)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            raise _AwayError(response)
        return response


class _AwayError(Exception):
    """A service says that it cannot work just now."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def _odd_answer(service: str, response: httpx.Response) -> Problem:
    return Problem(
        SERVICE_UNAVAILABLE,
        f"The service {service} answered {response.request.url.path} with"
        f" {response.status_code} instead of what was asked for. Ask again to go on.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        service=service,
    )
