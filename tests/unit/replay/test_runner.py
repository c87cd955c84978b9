"""The runner against a gateway made of a function: what it sends, and what it makes of it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from services.replay import runner as runner_module
from services.replay.flow import Flow
from services.replay.runner import Credentials, Replay, ReplayImpossible, Runner, StepResult
from tests.unit.replay.flows import a_flow

ADMINISTRATOR = Credentials("administrator", "secret")
Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class Gateway:
    """Grants tokens, makes clients, has a simulated clock, and answers steps as told."""

    mode: str = "simulated"
    answers: dict[str, list[Answer | httpx.Response]] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    clock: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    expired: set[str] = field(default_factory=set)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        what = f"{request.method} {request.url.path}"
        if self.answers.get(what):
            answer = self.answers[what].pop(0)
            return answer(request) if callable(answer) else answer
        if what == "POST /oauth/token":
            return self._grant(request)
        if request.headers["authorization"].removeprefix("Bearer ") in self.expired:
            return httpx.Response(401, json={"code": "not_authenticated"})
        if what == "GET /ops/v1/clock":
            return httpx.Response(200, json={"mode": self.mode, "now": "2000-01-01T00:00:00Z"})
        if what == "POST /ops/v1/clock":
            self.clock.append(json.loads(request.content)["to"])
            return httpx.Response(200, json={"fired": 0})
        if what == "POST /ops/v1/clients":
            name = json.loads(request.content)["name"]
            made = {"client_id": f"id of {name}", "client_secret": f"secret of {name}"}
            return httpx.Response(201, json=made)
        return httpx.Response(200, json={"id": "x-1", "items": []})

    def _grant(self, request: httpx.Request) -> httpx.Response:
        assert parse_qs(request.content.decode()) == {"grant_type": ["client_credentials"]}
        client, _ = b64decode(request.headers["authorization"].split()[1]).decode().split(":")
        token = f"token-{len(self.tokens)}"
        self.tokens.append(client)
        return httpx.Response(200, json={"access_token": token})

    def sent(self, what: str) -> list[httpx.Request]:
        """The requests of a method and path."""
        return [r for r in self.requests if f"{r.method} {r.url.path}" == what]

    def steps(self) -> list[str]:
        """What was asked beside the runner's own business."""
        own = {"/oauth/token", "/ops/v1/clients", "/ops/v1/clock", "/ops/v1/clock/quiet"}
        return [
            f"{r.method} {r.url.raw_path.decode()}" for r in self.requests if r.url.path not in own
        ]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "_PAUSE_SECONDS", 0.0)


async def replay(
    gateway: Gateway, flow: Flow, progress: Callable[[StepResult], None] = lambda _: None
) -> Replay:
    transport = httpx.MockTransport(gateway)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        return await Runner(flow, http, ADMINISTRATOR).run(progress)


def told(replayed: Replay) -> list[tuple[str, ...]]:
    return [result.differences for result in replayed.results]


async def test_every_step_is_sent_by_its_actor_at_its_time(tmp_path: Path) -> None:
    flow = a_flow(
        tmp_path,
        {"day": 1, "do": "POST /ops/v1/cases", "send": {"a": [1, "${n}"]}, "keep": {"case": "id"}},
        {"day": 2, "who": "agency", "do": "GET /v1/cases/${case}?n=${n}"},
        {"day": 2, "who": "agency", "do": "PUT /v1/cases/${case}", "send": {"b": None}},
        values={"n": 7},
    )
    gateway = Gateway()
    seen: list[StepResult] = []
    replayed = await replay(gateway, flow, seen.append)
    assert told(replayed) == [(), (), ()]
    assert seen == replayed.results
    assert gateway.steps() == [
        "POST /ops/v1/cases",
        "GET /v1/cases/x-1?n=7",
        "PUT /v1/cases/x-1",
    ]
    (post,) = gateway.sent("POST /ops/v1/cases")
    assert json.loads(post.content) == {"a": [1, 7]}
    (put,) = gateway.sent("PUT /v1/cases/x-1")
    assert json.loads(put.content) == {"b": None}
    assert "idempotency-key" in post.headers
    assert "idempotency-key" not in put.headers
    instants = [flow.begins, *(step.at for step in flow.steps[:2]), flow.ends]
    assert gateway.clock == [instant.isoformat() for instant in instants]
    assert gateway.tokens == ["administrator", "id of Kundansvarig", "id of Myndighet"]
    assert replayed.credentials["agency"] == Credentials("id of Myndighet", "secret of Myndighet")


async def test_a_file_is_sent_as_it_is_and_a_file_that_comes_back_can_be_expected(
    tmp_path: Path,
) -> None:
    what = "POST /ops/v1/agencies/imports"
    csv = httpx.Response(200, text="org;name", headers={"content-type": "text/csv; charset=utf-8"})
    pdf = httpx.Response(200, content=b"%PDF-1.7", headers={"content-type": "application/pdf"})
    gateway = Gateway(answers={"GET /v1/list.csv": [csv], "GET /v1/letter.pdf": [pdf]})
    flow = a_flow(
        tmp_path,
        {"do": what, "upload": {"media_type": "text/csv", "text": "org\n${n}"}, "if_match": "${n}"},
        {"do": "GET /v1/list.csv", "expect": {"text": "org;name", "media_type": "text/csv"}},
        {"do": "GET /v1/letter.pdf", "expect": {"media_type": "application/zip", "bytes": 8}},
        values={"n": 7},
    )
    replayed = await replay(gateway, flow)
    (sent,) = gateway.sent(what)
    assert sent.content == b"org\n7"
    assert sent.headers["content-type"] == "text/csv"
    assert sent.headers["if-match"] == '"7"'
    assert told(replayed) == [
        (),
        (),
        ("media_type: expected 'application/zip', got 'application/pdf'",),
    ]


async def test_clients_are_made_with_their_roles_and_numbers(tmp_path: Path) -> None:
    gateway = Gateway()
    await replay(gateway, a_flow(tmp_path))
    manager, agency = (json.loads(r.content) for r in gateway.sent("POST /ops/v1/clients"))
    assert manager == {"name": "Kundansvarig", "roles": ["account_manager"]}
    assert agency == {"name": "Myndighet", "roles": ["agency"], "org_number": "202100-4870"}


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_command_without_an_answer_is_sent_again_with_the_same_key(
    tmp_path: Path, status: int
) -> None:
    def break_off(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("cut off", request=request)

    what = "POST /ops/v1/cases"
    gateway = Gateway(answers={what: [httpx.Response(status), break_off]})
    flow = a_flow(tmp_path, {"do": what, "send": {"a": 1}}, {"do": what, "send": {"a": 1}})
    replayed = await replay(gateway, flow)
    assert told(replayed) == [(), ()]
    *repeated, other = gateway.sent(what)
    assert len(repeated) == 3
    assert len({r.headers["idempotency-key"] for r in repeated}) == 1
    assert {r.content for r in repeated} == {other.content}
    assert other.headers["idempotency-key"] != repeated[0].headers["idempotency-key"]


async def test_two_replays_use_different_keys(tmp_path: Path) -> None:
    flow = a_flow(tmp_path, {"do": "POST /ops/v1/cases", "send": {}})
    gateway = Gateway()
    await replay(gateway, flow)
    await replay(gateway, flow)
    first, second = gateway.sent("POST /ops/v1/cases")
    assert first.headers["idempotency-key"] != second.headers["idempotency-key"]


async def test_any_other_failure_is_an_answer(tmp_path: Path) -> None:
    what = "GET /ops/v1/cases"
    gateway = Gateway(answers={what: [httpx.Response(500, json={"code": "internal_error"})]})
    replayed = await replay(gateway, a_flow(tmp_path, {"do": what}))
    assert told(replayed) == [("refused with 500 internal_error",)]
    assert len(gateway.sent(what)) == 1


async def test_a_token_that_has_expired_is_asked_for_anew(tmp_path: Path) -> None:
    gateway = Gateway()

    def expire_all(_: httpx.Request) -> httpx.Response:
        gateway.expired.update(f"token-{number}" for number in range(len(gateway.tokens)))
        return httpx.Response(200, json={})

    gateway.answers = {"GET /ops/v1/last": [expire_all]}
    flow = a_flow(
        tmp_path,
        {"day": 1, "do": "GET /ops/v1/last"},
        {"day": 1, "do": "POST /ops/v1/cases", "send": {}},
        {"day": 2, "do": "GET /ops/v1/cases"},
    )
    replayed = await replay(gateway, flow)
    assert told(replayed) == [(), (), ()]
    refused, accepted = gateway.sent("POST /ops/v1/cases")
    assert refused.headers["idempotency-key"] == accepted.headers["idempotency-key"]
    assert refused.headers["authorization"] != accepted.headers["authorization"]
    assert gateway.tokens.count("id of Kundansvarig") == 2
    assert gateway.tokens.count("administrator") == 2


async def test_a_client_that_stays_refused_is_told_as_such(tmp_path: Path) -> None:
    what = "GET /ops/v1/cases"
    refusal = httpx.Response(401, json={"code": "not_authenticated", "detail": "No."})
    gateway = Gateway(answers={what: [refusal, refusal]})
    replayed = await replay(gateway, a_flow(tmp_path, {"do": what}))
    assert told(replayed) == [("refused with 401 not_authenticated: No.",)]


async def test_a_centre_on_real_time_is_refused_with_advice_and_left_alone(tmp_path: Path) -> None:
    gateway = Gateway(mode="system")
    with pytest.raises(ReplayImpossible) as refused:
        await replay(gateway, a_flow(tmp_path, {"do": "POST /ops/v1/cases", "send": {}}))
    assert "runs on real time" in str(refused.value)
    assert 'make run ARGS="--data data-replay --empty --clock simulated"' in str(refused.value)
    assert [r.url.path for r in gateway.requests] == ["/oauth/token", "/ops/v1/clock"]


@pytest.mark.parametrize(
    ("what", "answer", "says"),
    [
        ("POST /oauth/token", httpx.Response(401, text="no such client"), "refused the credential"),
        ("POST /oauth/token", httpx.Response(200, text="<html>"), "refused the credentials of adm"),
        ("GET /ops/v1/clock", httpx.Response(200, text="<html>"), "Is this a centre's gateway"),
        ("GET /ops/v1/clock", httpx.Response(403, json={"code": "forbidden"}), "administrator"),
        ("POST /ops/v1/clients", httpx.Response(409, text="taken"), "No client for manager: taken"),
        ("POST /ops/v1/clock", httpx.Response(409, text="no"), "POST /ops/v1/clock: no"),
    ],
)
async def test_what_makes_a_replay_impossible_is_said(
    tmp_path: Path, what: str, answer: httpx.Response, says: str
) -> None:
    gateway = Gateway(answers={what: [answer, answer]})
    with pytest.raises(ReplayImpossible, match=says):
        await replay(gateway, a_flow(tmp_path, {"do": "GET /ops/v1/cases"}))


async def test_a_centre_that_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "_SECONDS_TO_RETRY", 0.0)
    gateway = Gateway(answers={"POST /oauth/token": [httpx.Response(503)] * 1000})
    with pytest.raises(ReplayImpossible, match=r"GET /ops/v1/clock got no answer: .*503"):
        await replay(gateway, a_flow(tmp_path))


async def test_an_address_without_a_protocol_is_named_at_once(tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url="127.0.0.1:8080") as http:
        with pytest.raises(ReplayImpossible, match="Begin the URL with http://"):
            await Runner(a_flow(tmp_path), http, ADMINISTRATOR).run()


async def test_a_step_whose_value_is_missing_is_not_run_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    flow = a_flow(
        tmp_path,
        {"day": 1, "do": "POST /ops/v1/cases", "send": {}, "keep": {"case": "id"}},
        {"day": 2, "do": "PUT /ops/v1/cases/${case}", "send": {}},
        {"day": 3, "do": "PUT /ops/v1/x", "send": {"deep": ["${case.id}"]}},
        {"day": 4, "do": "PUT /ops/v1/x/${item}", "each": "cases", "send": {}},
        {"day": 5, "do": "GET /ops/v1/cases", "expect": {"id": "${case}"}},
        {"day": 6, "do": "GET /ops/v1/cases"},
    )
    refusal = httpx.Response(409, json={"code": "conflict"})
    gateway = Gateway(answers={"POST /ops/v1/cases": [refusal]})
    replayed = await replay(gateway, flow)
    assert told(replayed) == [
        ("refused with 409 conflict",),
        ("not run: it needs ${case}",),
        ("not run: it needs ${case.id}",),
        ("not run: it needs ${cases}",),
        ("not run: it needs ${case}",),
        (),
    ]
    assert gateway.steps() == ["POST /ops/v1/cases", "GET /ops/v1/cases"]
    assert [result.status for result in replayed.results][1:5] == [None] * 4
    assert len(replayed.failures) == 5


async def test_what_is_to_be_kept_must_be_there(tmp_path: Path) -> None:
    flow = a_flow(
        tmp_path,
        {"do": "GET /ops/v1/cases", "keep": {"first": "items.0.id", "whole": "id"}},
        {"do": "GET /ops/v1/cases/${first}"},
        {"do": "GET /ops/v1/cases/${whole}"},
    )
    replayed = await replay(Gateway(), flow)
    assert told(replayed) == [
        ("items.0.id: expected something to keep as first, got nothing",),
        ("not run: it needs ${first}",),
        (),
    ]


async def test_nothing_is_kept_from_an_answer_that_differed(tmp_path: Path) -> None:
    flow = a_flow(
        tmp_path,
        {"do": "GET /ops/v1/cases", "expect": {"id": "another"}, "keep": {"case": "id"}},
        {"do": "GET /ops/v1/cases/${case}"},
    )
    replayed = await replay(Gateway(), flow)
    assert told(replayed) == [
        ("id: expected 'another', got 'x-1'",),
        ("not run: it needs ${case}",),
    ]


async def test_what_one_journey_keeps_is_not_anothers(tmp_path: Path) -> None:
    flow = a_flow(
        tmp_path,
        journeys=[
            {"name": "A", "starts": -50, "steps": ["keeps"]},
            {"name": "B", "starts": -40, "steps": ["uses"]},
        ],
        steps={
            "keeps": [
                {"day": 0, "who": "manager", "do": "GET /ops/v1/cases", "keep": {"case": "id"}}
            ],
            "uses": [{"day": 0, "who": "manager", "do": "GET /ops/v1/cases/${case}"}],
        },
    )
    assert told(await replay(Gateway(), flow)) == [(), ("not run: it needs ${case}",)]


async def test_a_step_may_be_repeated_over_a_list(tmp_path: Path) -> None:
    flow = a_flow(
        tmp_path,
        {
            "do": "POST /ops/v1/gaps/${item.name}",
            "each": "gaps",
            "send": {"ore": "${item.ore}", "of": "${owner}"},
            "expect": {"id": "${item.name}"},
        },
        values={"gaps": [{"name": "x-1", "ore": 1}, {"name": "b", "ore": 2}], "owner": "o"},
    )
    gateway = Gateway()
    replayed = await replay(gateway, flow)
    assert told(replayed) == [(), ("id: expected 'b', got 'x-1'",)]
    sent = [json.loads(r.content) for r in gateway.requests if "/gaps/" in r.url.path]
    assert sent == [{"ore": 1, "of": "o"}, {"ore": 2, "of": "o"}]
    keys = [r.headers["idempotency-key"] for r in gateway.requests if "/gaps/" in r.url.path]
    assert len(set(keys)) == 2


async def test_a_step_cannot_be_repeated_over_what_is_no_list(tmp_path: Path) -> None:
    flow = a_flow(tmp_path, {"each": "name"}, values={"name": "text"})
    assert told(await replay(Gateway(), flow)) == [("not run: it needs a list called name",)]


async def test_reading_waits_until_what_was_written_has_had_its_effects(tmp_path: Path) -> None:
    flow = a_flow(
        tmp_path,
        {"do": "GET /ops/v1/a"},
        {"do": "POST /ops/v1/b", "send": {}},
        {"do": "POST /ops/v1/c", "send": {}},
        {"do": "GET /ops/v1/d"},
        {"do": "GET /ops/v1/e"},
    )
    gateway = Gateway()
    await replay(gateway, flow)
    paths = [r.url.path.rsplit("/", 1)[1] for r in gateway.requests]
    assert [path for path in paths if path in {*"abcde", "quiet"}] == [*"abc", "quiet", *"de"]


async def test_an_answer_that_is_not_json_is_compared_as_no_document(tmp_path: Path) -> None:
    what = "GET /ops/v1/cases"
    gateway = Gateway(answers={what: [httpx.Response(200, text="<html>")]})
    replayed: Any = await replay(gateway, a_flow(tmp_path, {"do": what, "expect": {"id": 1}}))
    assert told(replayed) == [("id: expected 1, got nothing",)]
