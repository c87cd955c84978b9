"""A request is one unit of work: what it leaves behind commits with it, or not at all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.chassis.identity import Role
from services.chassis.tables import audit, idempotency_keys, outbox, timers
from services.chassis.testing import DEFAULT_START, RunningService, running
from tests.support.probe import SPEC, Effect, Happened

ORG = "202100-6255"


async def rows(service: RunningService) -> dict[str, int]:
    """How many rows each table of interest holds."""
    counts = {}
    async with service.runtime.database.transaction(write=False) as session:
        for name, table in {
            "effects": Effect.__table__,
            "outbox": outbox,
            "timers": timers,
            "audit": audit,
            "keys": idempotency_keys,
        }.items():
            counts[name] = await session.scalar(select(func.count()).select_from(table)) or 0
    return counts


async def test_everything_of_a_command_commits_together(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            answer = await agency.post("/v1/things", json={"label": "one"})
        assert answer.status_code == 201
        assert await rows(service) == dict(effects=1, outbox=1, timers=1, audit=1, keys=1)
        assert [event.label for event in await service.published(Happened)] == ["one"]


async def test_a_refused_command_leaves_nothing(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            answer = await agency.post("/v1/things", json={"label": "one", "refuse": True})
        assert answer.status_code == 409
        assert answer.json()["code"] == "refused_on_request"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-correlation-id"] == answer.json()["correlation_id"]
        assert await rows(service) == dict(effects=0, outbox=0, timers=0, audit=0, keys=0)


async def test_a_repeated_command_gets_the_same_answer_and_no_second_effect(
    database_url: str,
) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            key = {"Idempotency-Key": "k1"}
            first = await agency.post("/v1/things", json={"label": "one"}, headers=key)
            again = await agency.post("/v1/things", json={"label": "one"}, headers=key)
            other = await agency.post("/v1/things", json={"label": "two"}, headers=key)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotent-replayed"] == "true"
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert (await rows(service))["effects"] == 1


async def test_two_at_once_with_one_key_take_effect_once(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            answers = await asyncio.gather(
                *(
                    agency.post(
                        "/v1/things", json={"label": "one"}, headers={"Idempotency-Key": "k1"}
                    )
                    for _ in range(6)
                )
            )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert (await rows(service))["effects"] == 1


async def test_one_clients_key_is_not_anothers(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        key = {"Idempotency-Key": "k1"}
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            await agency.post("/v1/things", json={"label": "one"}, headers=key)
        async with service.client(Role.AGENCY, org_number="202100-5612") as other:
            answer = await other.post("/v1/things", json={"label": "two"}, headers=key)
        assert answer.status_code == 201
        assert (await rows(service))["effects"] == 2


async def test_a_foreign_thing_is_not_found(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            thing = (await agency.post("/v1/things", json={"label": "one"})).json()["id"]
            own = await agency.get(f"/v1/things/{thing}")
        async with service.client(Role.AGENCY, org_number="202100-5612") as other:
            foreign = await other.get(f"/v1/things/{thing}")
        assert own.status_code == 200
        assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")


async def test_a_parameter_that_is_not_there_is_not_passed_over(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            misspelt = await agency.post("/v1/things?labl=x", json={"label": "one"})
        assert (misspelt.status_code, misspelt.json()["code"]) == (422, "validation_failed")
        assert misspelt.json()["errors"][0]["field"] == "labl"
        assert await rows(service) == dict(effects=0, outbox=0, timers=0, audit=0, keys=0)


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", {}, 400, "not_json"),
        (b"", {}, 422, "validation_failed"),
        (b"[]", {}, 422, "validation_failed"),
        (b'{"label": 5}', {}, 422, "validation_failed"),
        (b'{"label": "a", "labl": "b"}', {}, 422, "validation_failed"),
        (b'{"label": "a\\u0000b"}', {}, 422, "validation_failed"),
        (b'{"label": "a\\nb"}', {}, 422, "validation_failed"),
        (b'{"label": "\\ud800"}', {}, 422, "validation_failed"),
        (b'{"label": ""}', {}, 422, "validation_failed"),
        (b'{"label": " \\u00a0"}', {}, 422, "validation_failed"),
        (b'{"label": "' + b"a" * 2_000_000 + b'"}', {}, 413, "body_too_large"),
        (b"label=a", {"Content-Type": "text/plain"}, 415, "content_type_not_json"),
        (b'{"label": "a"}', {"Idempotency-Key": ""}, 400, "idempotency_key_missing"),
        (b'{"label": "a"}', {"Idempotency-Key": "k" * 201}, 422, "validation_failed"),
        (b'{"label": "a"}', {"Authorization": "Bearer nonsense"}, 401, "not_authenticated"),
        (b'{"label": "a"}', {"Authorization": ""}, 401, "not_authenticated"),
    ],
)
async def test_bad_input_has_a_stable_code_and_changes_nothing(
    database_url: str, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            answer = await agency.post(
                "/v1/things",
                content=content,
                headers={"Content-Type": "application/json", **headers},
            )
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert await rows(service) == dict(effects=0, outbox=0, timers=0, audit=0, keys=0)


async def test_problems_do_not_echo_what_was_sent(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            answer = await agency.post("/v1/things", json={"label": 191212121212})
        assert "191212121212" not in answer.text


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.AGENCY, "/ops/v1/things", 403),
        (Role.FINANCE, "/v1/things", 403),
        (Role.FINANCE, "/ops/v1/things", 201),
        (Role.GATEWAY, "/v1/things", 403),
    ],
)
async def test_each_door_is_for_its_own(
    database_url: str, role: Role, path: str, status: int
) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(role, org_number=ORG) as client:
            answer = await client.post(path, json={"label": "one"})
        assert answer.status_code == status


async def test_a_role_may_be_required(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.ACCOUNT_MANAGER) as client:
            refused = await client.put("/ops/v1/labels", json={"label": "x"})
        async with service.client(Role.FINANCE) as client:
            allowed = await client.put("/ops/v1/labels", json={"label": "x"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert allowed.status_code == 200


async def test_internal_routes_are_the_gateways_alone(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.ADMINISTRATOR) as staff:
            hidden = await staff.get("/internal/standing")
        async with service.client(Role.GATEWAY) as gateway:
            standing = await gateway.get("/internal/standing")
        assert hidden.status_code == 404
        assert standing.json()["mode"] == "simulated"
        assert standing.json()["subscribes"] == ["probe.happened.v1"]


async def test_timers_fire_in_order_for_their_own_instant(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        async with service.client(Role.AGENCY, org_number=ORG) as agency:
            for label in ("one", "two"):
                await agency.post("/v1/things", json={"label": label})
            service.at(DEFAULT_START + timedelta(hours=1))
            await agency.post("/v1/things", json={"label": "later"})
        await service.advance(DEFAULT_START + timedelta(days=1))
        assert (await rows(service))["effects"] == 5
        await service.advance(DEFAULT_START + timedelta(days=2))
        await service.advance(DEFAULT_START + timedelta(days=3))
        assert (await rows(service))["effects"] == 6


async def test_an_event_takes_effect_once(database_url: str) -> None:
    async with running(SPEC, database_url) as service:
        event_id = await service.deliver(Happened(thing_id="t", label="one"))
        await service.deliver(Happened(thing_id="t", label="one"), event_id=event_id)
        assert (await rows(service))["effects"] == 1
