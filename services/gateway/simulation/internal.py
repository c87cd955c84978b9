"""What the gateway asks the services' inner doors: their flow and their clock.

These paths are in no routing table, so nobody outside can ask them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.chassis.context import current_context
from services.chassis.problems import Problem
from services.gateway.problems import SERVICE_UNAVAILABLE
from services.gateway.proxy.upstream import RETRY_AFTER_SECONDS, Upstream
from services.gateway.simulation.domain import Flow, ServiceTime

Counts = dict[str, int]


class _FlowAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    pending: int = Field(ge=0)
    sent: Counts
    handled: Counts
    parked: Counts = Field(default_factory=dict)
    subscribes: tuple[str, ...]


class _TimeAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    now: AwareDatetime
    next_timer_at: AwareDatetime | None = None


Answer = TypeVar("Answer", bound=BaseModel)


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

    @property
    def services(self) -> tuple[str, ...]:
        """The services' names, in order."""
        return tuple(self._upstreams)

    async def flows(self) -> dict[str, Flow]:
        """Every service's message counts.

        Raises:
            Problem: ``service_unavailable`` or ``service_timed_out``.
        """
        answers = await self._ask_all("/internal/flow", _FlowAnswer)
        return {
            name: Flow(
                pending=answer.pending,
                sent=answer.sent,
                handled=answer.handled,
                parked=answer.parked,
                subscribes=answer.subscribes,
            )
            for name, answer in answers.items()
        }

    async def times(self) -> dict[str, ServiceTime]:
        """Every service's clock and earliest timer.

        Raises:
            Problem: ``service_unavailable`` or ``service_timed_out``.
        """
        answers = await self._ask_all("/internal/time", _TimeAnswer)
        return {
            name: ServiceTime(now=answer.now, next_timer_at=answer.next_timer_at)
            for name, answer in answers.items()
        }

    async def set_clocks(self, targets: Mapping[str, datetime]) -> None:
        """Set each service's clock without firing anything.

        Raises:
            Problem: ``service_unavailable`` or ``service_timed_out``.
        """
        await asyncio.gather(
            *(self._move(service, to, fire=False) for service, to in targets.items())
        )

    async def fire(self, service: str, to: datetime) -> None:
        """Have one service fire the timers due by an instant, in order.

        A timer whose handler fails is no error here: it stays due, and the service tries
        it again after a while.

        Raises:
            Problem: ``service_unavailable`` or ``service_timed_out``.
        """
        await self._move(service, to, fire=True)

    async def _move(self, service: str, to: datetime, *, fire: bool) -> None:
        body = {"to": to.isoformat(), "fire": fire}
        response = await self._call(service, "POST", "/internal/time", body)
        timer_failed = fire and response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        if not response.is_success and not timer_failed:
            raise _odd_answer(service, response)

    async def _ask_all(self, path: str, shape: type[Answer]) -> dict[str, Answer]:
        answers = await asyncio.gather(*(self._ask(name, path, shape) for name in self.services))
        return dict(zip(self.services, answers, strict=True))

    async def _ask(self, service: str, path: str, shape: type[Answer]) -> Answer:
        response = await self._call(service, "GET", path)
        if response.is_success:
            try:
                return shape.model_validate_json(response.content)
            except ValidationError as error:
                raise _odd_answer(service, response) from error
        raise _odd_answer(service, response)

    async def _call(
        self, service: str, method: str, path: str, body: dict[str, Any] | None = None
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
        # Setting a clock to where it already stands changes nothing: all may be repeated.
        return await upstream.send(request, repeatable=True, seconds=self._patience_seconds)


def _odd_answer(service: str, response: httpx.Response) -> Problem:
    return Problem(
        SERVICE_UNAVAILABLE,
        f"The service {service} answered {response.request.url.path} with"
        f" {response.status_code} instead of what was asked for. Ask again to go on.",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        service=service,
    )
