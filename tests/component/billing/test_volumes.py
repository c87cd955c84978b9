from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    NOBODY,
    PENSIONS,
    agreement_signed,
    other_customer,
    service_went_live,
)


@pytest.fixture
async def live(billing: RunningService) -> RunningService:
    """Billing with payroll live since February 2025, in March."""
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 3, 10, tzinfo=UTC))
    return billing


async def test_volumes_are_taken_in_and_recognised_when_sent_again(
    live: RunningService, reader: Reader
) -> None:
    first = await report(live, volume_row("a", "2025-02", 900), volume_row("b", "2025-02", 50))
    assert (first["accepted"], first["set_aside"], first["already_known"]) == (2, 0, 0)
    again = await report(live, volume_row("b", "2025-02", 50), volume_row("c", "2025-03", 1))
    assert (again["accepted"], again["already_known"]) == (1, 1)
    assert [row["known"] for row in again["rows"]] == [True, False]
    assert [row["quantity"] for row in await reader.items("/volumes")] == [900, 50, 1]
    other_source = await report(live, volume_row("a", "2025-02", 7), source="by-hand")
    assert other_source["accepted"] == 1


async def test_another_content_under_a_known_id_refuses_the_whole_batch(
    live: RunningService, reader: Reader
) -> None:
    await report(live, volume_row("a", "2025-02", 900))
    before = await reader.everything()
    rows = [volume_row("new", "2025-02", 1), volume_row("a", "2025-02", 901)]
    async with live.client(Role.FINANCE) as client:
        body = {"source": "payroll-system", "rows": rows}
        answer = await client.post("/ops/v1/volumes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "volume_conflict")
    assert answer.json()["conflicts"] == ["a"]
    assert answer.json()["rows"] == [{"row": 2, "id": "a", "column": "id"}]
    assert await reader.everything() == before


async def test_one_batch_may_not_contradict_itself(live: RunningService, reader: Reader) -> None:
    rows = [volume_row("a", "2025-02", 1), volume_row("a", "2025-02", 2)]
    async with live.client(Role.FINANCE) as client:
        body = {"source": "payroll-system", "rows": rows}
        answer = await client.post("/ops/v1/volumes", json=body)
    assert answer.json()["code"] == "volume_conflict"
    assert await reader.items("/volumes") == []
    repeated = await report(live, volume_row("a", "2025-02", 1), volume_row("a", "2025-02", 1))
    assert (repeated["accepted"], repeated["already_known"]) == (1, 1)


async def test_what_fits_no_subscription_is_kept_aside_with_its_reason(
    live: RunningService, reader: Reader
) -> None:
    answer = await report(
        live,
        volume_row("a", "2025-02", 1, org_number=NOBODY),
        volume_row("b", "2025-02", 1, service="e-commerce"),
        volume_row("c", "2025-02", 1, unit="supplier-invoice"),
        volume_row("d", "2025-02", 1, unit="month"),
        volume_row("e", "2025-01", 1),
        volume_row("f", "2025-02", 0),
    )
    assert (answer["accepted"], answer["set_aside"]) == (1, 5)
    assert [row["reason"] for row in answer["rows"]] == [
        "unknown_customer",
        "service_not_subscribed",
        "unit_not_signed",
        "unit_is_fixed",
        "not_live_in_period",
        None,
    ]
    kept = await reader.items("/volumes")
    assert [row["status"] for row in kept] == ["set_aside"] * 5 + ["accepted"]


async def test_volumes_that_came_before_the_go_live_find_their_place(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await report(billing, volume_row("a", "2025-02", 900), volume_row("b", "2025-01", 3))
    assert {row["status"] for row in await reader.items("/volumes")} == {"set_aside"}
    await billing.deliver(service_went_live())
    rows = {row["id"]: row for row in await reader.items("/volumes")}
    assert (rows["a"]["status"], rows["a"]["reason"]) == ("accepted", None)
    assert rows["b"]["reason"] == "not_live_in_period"


async def test_a_volume_that_comes_after_its_true_up_is_late(live: RunningService) -> None:
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    answer = await report(live, volume_row("a", "2025-04", 1), volume_row("b", "2025-05", 1))
    assert [row["late"] for row in answer["rows"]] == [True, False]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([volume_row("a", "2025-02", "12")], "quantity"),
        ([volume_row("a", "2025-02", 1.5)], "quantity"),
        ([volume_row("a", "2025-02", True)], "quantity"),
        ([volume_row("a", "2025-02", 10**12)], "quantity"),
        ([volume_row("a", "2025-13", 1)], "period"),
        ([volume_row("a", "2025-02", 1, org_number="202100-6256")], "org_number"),
        ([volume_row("a\x00", "2025-02", 1)], "id"),
        ([volume_row("", "2025-02", 1)], "id"),
        ([volume_row("a", "2025-02", 1, note="extra")], "note"),
        ([], "rows"),
        ([volume_row(str(number), "2025-02", 1) for number in range(1001)], "rows"),
    ],
)
async def test_malformed_reports_are_refused(
    live: RunningService, reader: Reader, rows: list[dict[str, object]], field: str
) -> None:
    async with live.client(Role.SERVICE_MANAGER) as client:
        answer = await client.post("/ops/v1/volumes", json={"source": "s", "rows": rows})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert any(error["field"].endswith(field) for error in answer.json()["errors"])
    assert await reader.items("/volumes") == []


async def test_a_thousand_rows_are_taken_in_at_once(live: RunningService) -> None:
    rows = [volume_row(str(number), "2025-02", 1) for number in range(1000)]
    assert (await report(live, *rows))["accepted"] == 1000


@pytest.mark.parametrize("role", [Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR])
async def test_other_roles_may_not_report(live: RunningService, reader: Reader, role: Role) -> None:
    async with live.client(role) as client:
        body = {"source": "s", "rows": [volume_row("a", "2025-02", 1)]}
        answer = await client.post("/ops/v1/volumes", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert await reader.items("/volumes") == []


async def test_an_agency_may_not_report_and_sees_its_own(
    live: RunningService, reader: Reader
) -> None:
    other = other_customer()
    await live.deliver(agreement_signed(**other))
    await live.deliver(service_went_live(**other, live_on=date(2025, 2, 1)))
    await report(
        live,
        volume_row("mine", "2025-02", 1),
        volume_row("theirs", "2025-02", 2, org_number=other["org_number"]),
        volume_row("march", "2025-03", 3),
    )
    async with live.client(Role.AGENCY, org_number=PENSIONS) as client:
        body = {"source": "s", "rows": [volume_row("a", "2025-02", 1)]}
        assert (await client.post("/v1/volumes", json=body)).status_code in {404, 405}
        assert (await client.post("/ops/v1/volumes", json=body)).status_code == 403
        seen = (await client.get("/v1/volumes")).json()["items"]
        february = await client.get("/v1/volumes", params={"period": "2025-02"})
    assert [row["id"] for row in seen] == ["mine", "march"]
    assert [row["id"] for row in february.json()["items"]] == ["mine"]
    staff_view = await reader.items("/volumes", org_number=other["org_number"], period="2025-02")
    assert [row["id"] for row in staff_view] == ["theirs"]


async def test_the_same_batch_twice_at_once_is_taken_in_once(
    live: RunningService, reader: Reader
) -> None:
    rows = [volume_row(str(number), "2025-02", number) for number in range(20)]
    answers = await asyncio.gather(report(live, *rows), report(live, *reversed(rows)))
    assert sorted(answer["accepted"] for answer in answers) == [0, 20]
    assert sorted(answer["already_known"] for answer in answers) == [0, 20]
    assert len(await reader.items("/volumes")) == 20
