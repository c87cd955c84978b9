"""Replays a flow against a running centre, through its gateway and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from services.chassis.ids import new_id
from services.replay.expectations import differences, find, leads_nowhere
from services.replay.flow import Flow, Step, UnknownReference, fill

_RETRIED_STATUSES = frozenset({502, 503, 504})
_SECONDS_TO_RETRY = 60.0
_PAUSE_SECONDS = 0.25


class ReplayImpossible(RuntimeError):
    """The centre cannot replay a flow at all; the text says why and what to do."""


@dataclass(frozen=True)
class Credentials:
    """A client's identifier and secret."""

    client_id: str
    client_secret: str


@dataclass(frozen=True)
class File:
    """A file sent as a request's body."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class _Request:
    """One request of a step, with nothing left to fill in."""

    path: str
    body: Any
    file: File | None
    if_match: str | None
    expect: Mapping[str, Any]


@dataclass(frozen=True)
class StepResult:
    """How one step went; without differences it went as expected."""

    step: Step
    path: str
    status: int | None
    differences: tuple[str, ...]

    @property
    def as_expected(self) -> bool:
        """Whether nothing differed."""
        return not self.differences


@dataclass
class Replay:
    """What came of a flow."""

    results: list[StepResult] = field(default_factory=list)
    credentials: dict[str, Credentials] = field(default_factory=dict)

    @property
    def failures(self) -> list[StepResult]:
        """The steps that went otherwise than expected."""
        return [result for result in self.results if not result.as_expected]


class GatewayClient:
    """Speaks with the gateway as any number of clients, repeating what got no answer.

    A repeated command carries its key along, so it takes effect once.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._tokens: dict[str, str] = {}

    async def request(
        self,
        credentials: Credentials,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = None,
        *,
        file: File | None = None,
        if_match: str | None = None,
    ) -> httpx.Response:
        """Send a request until it is answered, with a JSON body or a file.

        Raises:
            ReplayImpossible: nobody answers, or the credentials are refused.
        """
        deadline = asyncio.get_running_loop().time() + _SECONDS_TO_RETRY
        headers = _headers(key if method == "POST" else None, if_match, file)
        content: dict[str, Any] = {"content": file.content} if file else {"json": body}
        while True:
            try:
                answer = await self._once(credentials, method, path, headers, content)
                if answer.status_code == 401:
                    self._tokens.pop(credentials.client_id, None)
                    answer = await self._once(credentials, method, path, headers, content)
                if answer.status_code not in _RETRIED_STATUSES:
                    return answer
                reason = f"{answer.status_code} {answer.text[:2000]}"
            except httpx.UnsupportedProtocol as error:
                raise ReplayImpossible(
                    f"{error} Begin the URL with http:// or https://."
                ) from error
            except httpx.TransportError as error:
                reason = repr(error)
            if asyncio.get_running_loop().time() > deadline:
                raise ReplayImpossible(f"{method} {path} got no answer: {reason}")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _once(
        self,
        credentials: Credentials,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: Mapping[str, Any],
    ) -> httpx.Response:
        authorised = {**headers, "Authorization": f"Bearer {await self._token(credentials)}"}
        return await self._http.request(method, path, headers=authorised, **content)

    async def _token(self, credentials: Credentials) -> str:
        if credentials.client_id not in self._tokens:
            answer = await self._http.post(
                "/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(credentials.client_id, credentials.client_secret),
            )
            if answer.status_code in _RETRIED_STATUSES:
                raise httpx.ReadError(f"no token: {answer.status_code}")
            granted = _document(answer)
            if answer.status_code != 200 or not isinstance(granted, dict):
                raise ReplayImpossible(
                    f"The centre refused the credentials of {credentials.client_id}:"
                    f" {answer.text[:2000]}"
                )
            self._tokens[credentials.client_id] = granted["access_token"]
        return self._tokens[credentials.client_id]


class Runner:
    """Replays one flow.

    Args:
        flow: what to replay.
        http: a client whose base address is the gateway.
        administrator: may make clients and move the clock.
    """

    def __init__(self, flow: Flow, http: httpx.AsyncClient, administrator: Credentials) -> None:
        self._flow = flow
        self._gateway = GatewayClient(http)
        self._administrator = administrator
        self._run = new_id()
        self._kept: dict[str, dict[str, Any]] = {}
        self._now: datetime | None = None
        self._unsettled = False
        self.replay = Replay()

    async def run(self, progress: Callable[[StepResult], None] = lambda _: None) -> Replay:
        """Replay every step in order, then move the clock to the flow's end.

        Raises:
            ReplayImpossible: the centre does not answer, or its clock cannot be moved.
        """
        await self._require_simulated_clock()
        await self._make_clients()
        await self._move_clock(self._flow.begins)
        for step in self._flow.steps:
            await self._move_clock(step.at)
            for result in [result async for result in self._perform(step)]:
                self.replay.results.append(result)
                progress(result)
        await self._move_clock(self._flow.ends)
        return self.replay

    async def _require_simulated_clock(self) -> None:
        answer = await self._gateway.request(self._administrator, "GET", "/ops/v1/clock")
        clock = _document(answer)
        if answer.status_code != 200 or not isinstance(clock, dict):
            raise ReplayImpossible(
                f"GET /ops/v1/clock was answered with {answer.status_code}:"
                f" {answer.text[:2000]}. Is this a centre's gateway, and does the client have the"
                " role administrator?"
            )
        if clock.get("mode") != "simulated":
            raise ReplayImpossible(
                "This centre runs on real time, and a flow needs simulated time. Start one for"
                ' replays with `make run ARGS="--data data-replay --empty --clock simulated"`.'
            )

    async def _make_clients(self) -> None:
        for actor in self._flow.actors.values():
            body = {"name": actor.name, "roles": list(actor.roles)}
            if actor.org_number is not None:
                body["org_number"] = actor.org_number
            answer = await self._gateway.request(
                self._administrator,
                "POST",
                "/ops/v1/clients",
                body,
                self._key(f"actor {actor.key}"),
            )
            if answer.status_code != 201:
                raise ReplayImpossible(f"No client for {actor.key}: {answer.text[:300]}")
            made = answer.json()
            self.replay.credentials[actor.key] = Credentials(
                made["client_id"], made["client_secret"]
            )

    async def _move_clock(self, to: datetime) -> None:
        if self._now is not None and to <= self._now:
            return
        await self._administer("POST", "/ops/v1/clock", {"to": to.isoformat()})
        self._now = to
        self._unsettled = False

    async def _settle(self) -> None:
        if self._unsettled:
            await self._administer("GET", "/ops/v1/clock/quiet")
            self._unsettled = False

    async def _administer(self, method: str, path: str, body: Any = None) -> None:
        answer = await self._gateway.request(
            self._administrator, method, path, body, self._key(f"{path} {body}")
        )
        if answer.status_code >= 400:
            raise ReplayImpossible(f"{method} {path}: {answer.text[:600]}")

    def _key(self, what: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self._run} {what}"))

    async def _perform(self, step: Step) -> Any:
        kept = self._kept.setdefault(step.journey, {})
        try:
            requests = list(_requests(step, {**step.values, **kept}))
        except UnknownReference as error:
            yield StepResult(step, step.path, None, (f"not run: it needs {error}",))
            return
        for index, request in enumerate(requests):
            if step.method == "GET":
                await self._settle()
            answer = await self._gateway.request(
                self.replay.credentials[step.actor],
                step.method,
                request.path,
                request.body,
                self._key(f"{step.number}.{index}"),
                file=request.file,
                if_match=request.if_match,
            )
            self._unsettled = self._unsettled or step.method != "GET"
            document = _shown(answer)
            found = differences(request.expect, answer.status_code, document)
            found += _keep(step.keep, document, kept) if not found else []
            yield StepResult(step, request.path, answer.status_code, tuple(found))


def _requests(step: Step, values: Mapping[str, Any]) -> Iterator[_Request]:
    items = fill(f"${{{step.each}}}", values) if step.each else [None]
    if not isinstance(items, list):
        raise UnknownReference(f"a list called {step.each}")
    for item in items:
        own = {**values, "item": fill(item, values)}
        file = None
        if step.upload is not None:
            file = File(step.upload.media_type, str(fill(step.upload.text, own)).encode())
        yield _Request(
            path=fill(step.path, own),
            body=fill(step.body, own),
            file=file,
            if_match=None if step.if_match is None else f'"{fill(step.if_match, own)}"',
            expect=fill(dict(step.expect), own),
        )


def _headers(key: str | None, if_match: str | None, file: File | None) -> dict[str, str]:
    headers = {
        "Idempotency-Key": key,
        "If-Match": if_match,
        "Content-Type": file.media_type if file else None,
    }
    return {name: value for name, value in headers.items() if value is not None}


def _keep(wanted: Mapping[str, str], document: Any, kept: dict[str, Any]) -> list[str]:
    """Keep values for later steps; says which of them are not there."""
    missing = []
    for name, where in wanted.items():
        value = find(document, where)
        if leads_nowhere(value):
            missing.append(f"{where}: expected something to keep as {name}, got nothing")
        else:
            kept[name] = value
    return missing


def _document(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _shown(answer: httpx.Response) -> Any:
    """The answer's JSON; of anything else its media type, size and, where it is text, text."""
    document = _document(answer)
    if document is not None or not answer.content:
        return document
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    text = answer.text if media_type.startswith("text/") else None
    return {"media_type": media_type, "bytes": len(answer.content), "text": text}
