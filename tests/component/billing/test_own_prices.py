"""Own prices as finance sets them, as billing answers by them, and as a customer pays by them."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import (
    FeeIndicated,
    FeeIndicationRefused,
    InvoiceIssued,
    TrueUpSettled,
)
from services.contracts.onboarding import FeeIndicationRequested, ServiceVolumes
from services.contracts.values import SignedService
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    FORESTRY,
    NOBODY,
    PENSIONS,
    agency_registered,
    agreement_signed,
    fee_indication_requested,
    service_went_live,
)

PRICES = "/ops/v1/price-items"
LEDGER = "supplier-ledger"


def price(**changes: object) -> dict[str, object]:
    return {
        "service": LEDGER,
        "unit": "supplier-invoice",
        "amount_ore": 3_150,
        "cost_basis": "22 årsarbetskrafter hanterar 700 000 fakturor.",
        "valid_from": "2025-01-01",
    } | changes


async def register(service: RunningService, /, **changes: object) -> httpx.Response:
    async with service.client(Role.FINANCE) as client:
        return await client.post(PRICES, json=price(**changes))


async def registered(service: RunningService, /, **changes: object) -> dict[str, Any]:
    answer = await register(service, **changes)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def asked(request_id: str, org_number: str = PENSIONS) -> FeeIndicationRequested:
    return fee_indication_requested(
        request_id=request_id,
        org_number=org_number,
        services=(ServiceVolumes(service=LEDGER, yearly_volumes={"supplier-invoice": 12_000}),),
    )


async def test_what_is_indicated_is_signed_invoiced_and_trued_up(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(asked("too-early"))
    [refused] = await billing.published(FeeIndicationRefused)
    assert refused.code == "service-not-priced"
    assert "finance has to register" in refused.reason
    assert "Leverantörsreskontra" in (refused.reason_sv or "")

    await registered(billing)
    await registered(billing, unit="year", amount_ore=1_200_000)
    await billing.deliver(asked("in-time"))
    [indicated] = await billing.published(FeeIndicated)
    items = tuple(line.item for line in indicated.lines)
    assert indicated.yearly_total_ore == 12_000 * 3_150 + 1_200_000
    assert [(item.unit, item.own_price and item.own_price.version) for item in items] == [
        ("supplier-invoice", 1),
        ("year", 1),
    ]

    signed = SignedService(
        service=LEDGER,
        service_area="finance",
        name="Supplier ledger",
        name_sv="Leverantörsreskontra",
        levels=(),
        fee_items=items,
    )
    await billing.deliver(agreement_signed(services=(signed,)))
    await billing.deliver(service_went_live(service=LEDGER))
    [subscription] = await reader.items("/subscriptions")
    assert subscription["yearly_fee_ore"] == indicated.yearly_total_ore
    # A price that rises later changes nothing of what is signed, or was answered.
    await registered(billing, amount_ore=9_900, valid_from="2025-02-15")
    await report(
        billing,
        volume_row("1", "2025-02", 900, service=LEDGER, unit="supplier-invoice"),
        volume_row("2", "2025-03", 1_100, service=LEDGER, unit="supplier-invoice"),
        volume_row("3", "2025-04", 1_200, service=LEDGER, unit="supplier-invoice"),
    )
    await billing.advance(datetime(2025, 5, 2, 10, tzinfo=UTC))
    february, *_ = await billing.published(InvoiceIssued)
    assert february.total_ore == indicated.yearly_total_ore // 12
    [settled] = await billing.published(TrueUpSettled)
    assert settled.difference_ore == (900 + 1_100 + 1_200 - 3_000) * 3_150

    await billing.deliver(asked("in-time"))
    await billing.deliver(asked("later"))
    first, second = await billing.published(FeeIndicated)
    assert first == indicated
    assert second.lines[0].item.unit_price_ore == 9_900
    assert "own price, version 2 from 2025-02-15" in second.lines[0].explanation


async def test_an_agency_sees_what_is_for_it_and_pays_by_it(billing: RunningService) -> None:
    await billing.deliver(agency_registered())
    await billing.deliver(agency_registered(FORESTRY, "Skogsstyrelsen"))
    shared = await registered(billing)
    own = await registered(billing, org_number=PENSIONS, unit="month", amount_ore=3_000_000)
    foreign = await registered(billing, org_number=FORESTRY, amount_ore=2_000)
    await billing.deliver(asked("pensions"))
    await billing.deliver(asked("forestry", FORESTRY))
    totals = [each.yearly_total_ore for each in await billing.published(FeeIndicated)]
    assert totals == [12 * 3_000_000, 12_000 * 2_000]
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as agency:
        listed = (await agency.get("/v1/price-items", params={"service": LEDGER})).json()["items"]
        assert [each["id"] for each in listed] == [shared["id"], own["id"]]
        assert {each["registered_by"] for each in listed} == {None}
        in_force = (await agency.get("/v1/price-items/in-force")).json()
        assert [each["id"] for each in in_force["items"]] == [own["id"]]
        assert (await agency.get(f"/v1/price-items/{own['id']}")).status_code == 200
        assert (await agency.get(f"/v1/price-items/{foreign['id']}")).status_code == 404
        query = {"org_number": FORESTRY}
        for path in ("/v1/price-items", "/v1/price-items/in-force"):
            assert (await agency.get(path, params=query)).status_code == 404
    async with billing.client(Role.ACCOUNT_MANAGER) as manager:
        assert (await manager.post(PRICES, json=price())).json()["code"] == "forbidden"
        on = {"on": "2024-12-31"}
        assert (await manager.get(f"{PRICES}/in-force", params=on)).json()["items"] == []


async def test_a_price_is_corrected_followed_and_withdrawn(
    billing: RunningService, reader: Reader
) -> None:
    first = await registered(billing, amount_ore=315_000)
    corrected = await registered(billing, replaces=1)
    following = await registered(billing, amount_ore=3_300, valid_from="2025-07-01")
    path = f"{PRICES}/{following['id']}/withdrawals"
    ending = {"valid_from": "2026-01-01", "reason": "Tjänsten prissätts i avgiftslistan."}
    async with billing.client(Role.FINANCE) as finance:
        early = await finance.post(path, json=ending | {"valid_from": "2025-07-01"})
        assert early.json()["code"] == "price_overlaps"
        stale = await finance.post(f"{PRICES}/{corrected['id']}/withdrawals", json=ending)
        assert (stale.status_code, stale.json()["code"]) == (409, "price_not_newest")
        assert stale.json()["newest_version"] == 3
        unknown = await finance.post(
            f"{PRICES}/{'0' * 8}-0000-0000-0000-{'0' * 12}/withdrawals", json=ending
        )
        assert unknown.status_code == 404
        key = {"Idempotency-Key": "withdrawn-once"}
        done = [await finance.post(path, json=ending, headers=key) for _ in range(2)]
        assert [each.status_code for each in done] == [201, 201]
        assert done[0].json() == done[1].json()
        again = await finance.post(path, json=ending)
        assert again.json()["code"] == "price_withdrawn"
    shown = await reader.items("/price-items")
    told = ("version", "amount_ore", "valid_until", "replaced_by", "withdrawn")
    assert [tuple(each[field] for field in told) for each in shown] == [
        (1, 315_000, None, 2, False),
        (2, 3_150, "2025-06-30", None, False),
        (3, 3_300, "2025-12-31", None, False),
        (4, None, None, None, True),
    ]
    assert shown[0]["id"] == first["id"]
    async with billing.client(Role.FINANCE) as finance:
        for day, amounts in (("2025-06-30", [3_150]), ("2025-07-01", [3_300]), ("2026-01-01", [])):
            held = (await finance.get(f"{PRICES}/in-force", params={"on": day})).json()["items"]
            assert [each["amount_ore"] for each in held] == amounts


async def test_prices_that_cannot_be_are_refused_and_nothing_changes(
    billing: RunningService, reader: Reader
) -> None:
    await registered(billing)
    before = await reader.items("/price-items")
    for changes, status, code in (
        ({"service": "cleaning"}, 422, "service_not_priceable"),
        ({"unit": "payslip"}, 422, "unit_not_of_service"),
        ({"service": "payroll", "unit": "payslip"}, 422, "service_priced_by_tariff"),
        ({"org_number": NOBODY}, 422, "customer_unknown"),
        ({}, 409, "price_overlaps"),
        ({"valid_from": "2024-06-01"}, 409, "price_overlaps"),
        ({"replaces": 7}, 409, "price_not_newest"),
        ({"unit": "month", "replaces": 1}, 409, "price_not_newest"),
        ({"amount_ore": -1}, 422, "validation_failed"),
        ({"amount_ore": "3150"}, 422, "validation_failed"),
        ({"amount_ore": 31.5}, 422, "validation_failed"),
        ({"cost_basis": " "}, 422, "validation_failed"),
        ({"valid_from": 0}, 422, "validation_failed"),
        ({"org_number": "202100-6256"}, 422, "validation_failed"),
    ):
        answer = await register(billing, **changes)
        assert (answer.status_code, answer.json()["code"]) == (status, code), changes
        assert answer.json()["detail"]
    assert await reader.items("/price-items") == before


async def test_of_two_who_register_at_once_one_wins(
    billing: RunningService, reader: Reader
) -> None:
    answers = await asyncio.gather(*(register(billing, amount_ore=each) for each in (1, 2, 3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert {each.json().get("code") for each in answers} == {None, "price_overlaps"}
    [held] = await reader.items("/price-items")
    assert date.fromisoformat(held["valid_from"]) == date(2025, 1, 1)
