from __future__ import annotations

import asyncio

import pytest

from services.billing.app import SPEC
from services.chassis import migrations
from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.testing import RunningService
from tests.component.billing.events import PENSIONS


async def test_models_and_migrations_agree(billing: RunningService) -> None:
    url = billing.runtime.database.url.render_as_string(hide_password=False)
    assert await asyncio.to_thread(migrations.differences, url, SPEC.base.metadata) == []


async def test_both_parties_read_the_tariffs(billing: RunningService) -> None:
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as client:
        listed = (await client.get("/v1/tariffs")).json()["items"]
        shown = (await client.get("/v1/tariffs/ssc-2020")).json()
        unknown = await client.get("/v1/tariffs/ssc-1999")
    assert [tariff["key"] for tariff in listed] == ["ssc-2013", "ssc-2020"]
    scheduling = next(item for item in shown["items"] if item["key"] == "scheduling-system-fixed")
    assert (scheduling["optional"], scheduling["option"]) == (True, "scheduling-system")
    assert scheduling["prices_ore"] == [800_000]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    async with billing.client(Role.ACCOUNT_MANAGER) as client:
        assert (await client.get("/ops/v1/tariffs/ssc-2020")).json() == shown


@pytest.mark.parametrize("thing", ["subscriptions", "invoices"])
async def test_what_does_not_exist_is_not_found(billing: RunningService, thing: str) -> None:
    async with billing.client(Role.FINANCE) as client:
        unknown = await client.get(f"/ops/v1/{thing}/{new_id()}")
        malformed = await client.get(f"/ops/v1/{thing}/no-identifier")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (malformed.status_code, malformed.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "201"}, {"org_number": "123"}, {"after": "A'--"}],
)
async def test_malformed_queries_are_refused(
    billing: RunningService, query: dict[str, str]
) -> None:
    async with billing.client(Role.FINANCE) as client:
        for path in ("subscriptions", "invoices", "volumes", "true-ups", "credits"):
            answer = await client.get(f"/ops/v1/{path}", params=query)
            assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
