"""Clients: who may create them, and where their secrets are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.chassis import migrations
from services.chassis.ids import new_id
from services.gateway.app import SPEC
from services.gateway.tables import Base
from tests.component.gateway.centre import BOOTSTRAP_ID, BOOTSTRAP_SECRET, Centre, standing

AGENCY = {"name": "Skogsstyrelsen", "roles": ["agency"], "org_number": "202100-5612"}


@pytest.fixture
async def stored(database_url: str, tmp_path: Path) -> AsyncIterator[Centre]:
    async with standing(database_url, tmp_path) as centre:
        yield centre


async def everything_stored(centre: Centre) -> str:
    """All rows of the gateway's database as one text."""
    rows: list[Any] = []
    async with centre.gateway.state.runtime.database.transaction(write=False) as session:
        for table in Base.metadata.tables:
            rows += (await session.execute(text(f"SELECT * FROM {table}"))).all()
    return repr(rows)


async def test_a_client_is_created_with_a_secret_shown_once(stored: Centre) -> None:
    answer = await stored.http.post("/ops/v1/clients", json=AGENCY, headers=stored.administrator)
    assert answer.status_code == 201
    client = answer.json()
    secret = client.pop("client_secret")
    assert len(secret) == 43
    assert client["roles"] == ["agency"]
    assert client["org_number"] == "202100-5612"
    assert client["revoked_at"] is None
    listed = await stored.http.get("/ops/v1/clients", headers=stored.administrator)
    assert client in listed.json()["items"]
    assert secret not in listed.text


async def test_no_secret_is_stored(stored: Centre) -> None:
    answer = await stored.http.post("/ops/v1/clients", json=AGENCY, headers=stored.administrator)
    kept = await everything_stored(stored)
    assert answer.json()["client_id"] in kept
    assert answer.json()["client_secret"] not in kept
    assert BOOTSTRAP_SECRET not in kept


async def test_a_repeated_command_creates_one_client_and_hides_its_secret(stored: Centre) -> None:
    headers = {**stored.administrator, "Idempotency-Key": new_id()}
    first = await stored.http.post("/ops/v1/clients", json=AGENCY, headers=headers)
    second = await stored.http.post("/ops/v1/clients", json=AGENCY, headers=headers)
    assert second.status_code == 201
    assert second.json() == {**first.json(), "client_secret": None}
    other = await stored.http.post(
        "/ops/v1/clients", json={**AGENCY, "name": "Other"}, headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    listed = await stored.http.get("/ops/v1/clients", headers=stored.administrator)
    assert len(listed.json()["items"]) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "A", "roles": ["agency"]}, "agency_needs_org_number"),
        (
            {"name": "A", "roles": ["finance"], "org_number": "202100-5612"},
            "staff_has_no_org_number",
        ),
        (
            {"name": "A", "roles": ["agency", "finance"], "org_number": "202100-5612"},
            "roles_do_not_mix",
        ),
        ({"name": "A", "roles": ["gateway"]}, "roles_do_not_mix"),
        ({"name": "A", "roles": []}, "validation_failed"),
        ({"name": "A", "roles": ["king"]}, "validation_failed"),
        ({"name": "A", "roles": ["agency"], "org_number": "202100-5613"}, "validation_failed"),
        ({"name": "", "roles": ["finance"]}, "validation_failed"),
        ({"name": "A\x00", "roles": ["finance"]}, "validation_failed"),
        ({"name": "A", "roles": ["finance"], "secret": "mine"}, "validation_failed"),
    ],
)
async def test_a_client_that_does_not_fit_is_refused(
    centre: Centre, body: dict[str, Any], code: str
) -> None:
    answer = await centre.http.post("/ops/v1/clients", json=body, headers=centre.administrator)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    listed = await centre.http.get("/ops/v1/clients", headers=centre.administrator)
    assert [client["client_id"] for client in listed.json()["items"]] == [BOOTSTRAP_ID]


async def test_a_command_needs_an_idempotency_key(centre: Centre) -> None:
    headers = centre.administrator
    del headers["Idempotency-Key"]
    answer = await centre.http.post("/ops/v1/clients", json=AGENCY, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/ops/v1/clients"), ("GET", "/ops/v1/clients"), ("DELETE", "/ops/v1/clients/x")],
)
async def test_only_administrators_see_to_clients(centre: Centre, method: str, path: str) -> None:
    answer = await centre.http.request(
        method,
        path,
        json=AGENCY if method == "POST" else None,
        headers={**centre.finance, "Idempotency-Key": new_id()},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_list_goes_on_page_by_page(centre: Centre) -> None:
    for _ in range(3):
        await centre.http.post("/ops/v1/clients", json=AGENCY, headers=centre.administrator)
    seen: list[str] = []
    after: str | None = None
    while True:
        parameters = {"limit": "2", **({"after": after} if after else {})}
        page = await centre.http.get(
            "/ops/v1/clients", params=parameters, headers=centre.administrator
        )
        seen += [client["client_id"] for client in page.json()["items"]]
        after = page.json()["next"]
        if after is None:
            break
    assert len(seen) == 4
    assert seen == sorted(set(seen))


async def test_revoking_twice_changes_nothing(stored: Centre) -> None:
    created = await stored.http.post("/ops/v1/clients", json=AGENCY, headers=stored.administrator)
    path = f"/ops/v1/clients/{created.json()['client_id']}"
    assert (await stored.http.delete(path, headers=stored.administrator)).status_code == 204
    once = await stored.http.get("/ops/v1/clients", headers=stored.administrator)
    assert (await stored.http.delete(path, headers=stored.administrator)).status_code == 204
    twice = await stored.http.get("/ops/v1/clients", headers=stored.administrator)
    assert once.json() == twice.json()
    assert [client["revoked_at"] is None for client in once.json()["items"]].count(False) == 1


async def test_an_unknown_client_cannot_be_revoked(centre: Centre) -> None:
    answer = await centre.http.delete("/ops/v1/clients/nobody", headers=centre.administrator)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_last_administrator_stays(stored: Centre) -> None:
    path = f"/ops/v1/clients/{BOOTSTRAP_ID}"
    refused = await stored.http.delete(path, headers=stored.administrator)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")
    await stored.http.post(
        "/ops/v1/clients",
        json={"name": "Second", "roles": ["administrator", "finance"]},
        headers=stored.administrator,
    )
    assert (await stored.http.delete(path, headers=stored.administrator)).status_code == 204


async def test_a_wrong_method_on_a_path_of_the_gateways_own(centre: Centre) -> None:
    answer = await centre.http.put("/ops/v1/clients", headers=centre.administrator)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_models_and_migrations_agree(database_url: str) -> None:
    await asyncio.to_thread(migrations.upgrade, database_url, SPEC.migrations)
    found = await asyncio.to_thread(migrations.differences, database_url, Base.metadata)
    assert found == []
