"""Start-up costs stand apart from operations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import InvoiceIssued
from services.contracts.values import StartUpCostKind
from tests.component.billing.conftest import Reader
from tests.component.billing.events import (
    FORESTRY,
    PAYROLL_YEARLY_ORE,
    PENSIONS,
    agreement_signed,
    service_went_live,
    start_up_cost,
)


async def _totals(service: RunningService, **query: str) -> dict[str, Any]:
    async with service.client(Role.FINANCE) as client:
        answer = await client.get("/ops/v1/start-up-costs/totals", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_entries_and_corrections_sum_up_and_enter_no_fee(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    entry = start_up_cost("a")
    # The correction comes first: what it takes back is on its way.
    await billing.deliver(start_up_cost("b", minutes=-480, amount_ore=-400_000, corrects="a"))
    for _ in range(2):
        await billing.deliver(entry)
    await billing.deliver(
        start_up_cost(
            "c",
            kind=StartUpCostKind.PURCHASE,
            minutes=0,
            amount_ore=1_000_000,
            incurred_on=date(2025, 2, 3),
        )
    )
    other = {"org_number": FORESTRY, "case_id": "case-2", "service_area": "e-commerce"}
    await billing.deliver(start_up_cost("d", **other))

    listed = await reader.items("/start-up-costs")
    assert [(each["id"], each["amount_ore"], each["corrects"]) for each in listed] == [
        ("a", 400_000, None),
        ("b", -400_000, "a"),
        ("c", 1_000_000, None),
        ("d", 400_000, None),
    ]
    by_case = await _totals(billing)
    assert [(each["key"], each["minutes"], each["amount_ore"]) for each in by_case["totals"]] == [
        ("case-1", 0, 1_000_000),
        ("case-2", 480, 400_000),
    ]
    assert (by_case["entries"], by_case["amount_ore"]) == (4, 1_400_000)
    by_month = await _totals(billing, by="period", org_number=PENSIONS)
    assert [(each["key"], each["amount_ore"]) for each in by_month["totals"]] == [
        ("2025-01", 0),
        ("2025-02", 1_000_000),
    ]
    by_area = await _totals(billing, by="service_area", last_period="2025-01")
    assert {each["key"]: each["amount_ore"] for each in by_area["totals"]} == {
        "payroll": 0,
        "e-commerce": 400_000,
    }
    await billing.advance(datetime(2025, 3, 2, tzinfo=UTC))
    [february] = await billing.published(InvoiceIssued)
    assert february.total_ore == PAYROLL_YEARLY_ORE // 12


async def test_start_up_costs_are_for_finance(billing: RunningService) -> None:
    for path in ("/ops/v1/start-up-costs", "/ops/v1/start-up-costs/totals"):
        for role in (Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER):
            async with billing.client(role) as client:
                answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
