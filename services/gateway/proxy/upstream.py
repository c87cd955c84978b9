"""The services behind the door: how they are reached, and whether they answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx
import stamina

from services.chassis.problems import Problem
from services.gateway.problems import SERVICE_TIMED_OUT, SERVICE_UNAVAILABLE

RETRY_AFTER_SECONDS = 5
_ATTEMPTS = 3
_PATIENCE_SECONDS = 2.0
_NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout)


@dataclass
class Upstream:
    """One service as the gateway sees it.

    Args:
        name: as in the routing table.
        client: with the service's base URL, pool and timeouts.
        answer_seconds: how long the whole answer may take; also bounds a service in the
            same process, which has no sockets to time out.

    ``recoveries`` counts how often the service answered again after it had not.
    """

    name: str
    client: httpx.AsyncClient
    answer_seconds: float
    answers: bool = True
    recoveries: int = 0

    @property
    def base_url(self) -> str:
        """Where the service is reached; inner, never shown to clients."""
        return str(self.client.base_url)

    async def send(
        self, request: httpx.Request, *, repeatable: bool, seconds: float | None = None
    ) -> httpx.Response:
        """The service's whole answer.

        Answers are read whole before the first byte goes on: they are small (lists are
        bounded), and a service that breaks off half-way then still gives a clean refusal.

        Args:
            request: made by this upstream's client.
            repeatable: whether a connection that could not be made is tried again.
            seconds: another bound than ``answer_seconds`` for the whole answer.

        Raises:
            Problem: ``service_unavailable`` or ``service_timed_out``.
        """
        attempts = _ATTEMPTS if repeatable else 1
        seconds = self.answer_seconds if seconds is None else seconds
        try:
            async with asyncio.timeout(seconds):
                response = await self._send(request, attempts)
        except httpx.PoolTimeout as error:
            raise unavailable(
                self.name, "It has as many requests as it can take. Nothing was done."
            ) from error
        except _NOT_REACHED as error:
            self.answers = False
            raise unavailable(self.name, "Nothing was done; try again shortly.") from error
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise Problem(
                SERVICE_TIMED_OUT,
                f"The service {self.name} took longer than {seconds:g} seconds."
                " Whether the command was carried out is not known: repeat it with the same"
                " Idempotency-Key.",
                service=self.name,
            ) from error
        except httpx.TransportError as error:
            self.answers = False
            raise unavailable(
                self.name,
                "The connection broke; whether the command was carried out is not known:"
                " repeat it with the same Idempotency-Key.",
            ) from error
        if not self.answers:
            self.answers = True
            self.recoveries += 1
        return response

    async def _send(self, request: httpx.Request, attempts: int) -> httpx.Response:
        async for attempt in stamina.retry_context(
            on=_NOT_REACHED,
            attempts=attempts,
            timeout=_PATIENCE_SECONDS,
            wait_initial=0.05,
            wait_max=0.5,
            wait_jitter=0.1,
        ):
            with attempt:
                return await self.client.send(request)
        raise AssertionError("a retried block either returns or raises")


def unavailable(service: str, consequence: str) -> Problem:
    """The problem of a service that does not answer."""
    return Problem(
        SERVICE_UNAVAILABLE,
        f"The service {service} does not answer. {consequence}",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        service=service,
    )
