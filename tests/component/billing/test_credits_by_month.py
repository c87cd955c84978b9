from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import InvoiceIssued
from services.contracts.collab_model import LevelResult, PeriodClosed
from services.contracts.values import CreditBand, CreditTerms, MeasureKind
from tests.component.billing.conftest import Reader
from tests.component.billing.events import (
    FORESTRY,
    PAYROLL_YEARLY_ORE,
    PENSIONS,
    agreement_signed,
    level_breached,
    service_went_live,
)

MONTHLY = PAYROLL_YEARLY_ORE // 12
TERMS = CreditTerms(
    percent_per_breach=Decimal(5),
    monthly_cap_percent=Decimal("12.5"),
    bands=(
        CreditBand(missed_by_points=Decimal(0), percent=Decimal(1)),
        CreditBand(missed_by_points=Decimal(2), percent=Decimal(4)),
    ),
    exclusions=("customer-late-input",),
)


@pytest.fixture
async def live(billing: RunningService) -> RunningService:
    """Payroll live since February 2025 with a table of bands, in the middle of March."""
    await billing.deliver(agreement_signed(credit_terms=TERMS))
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 3, 15, tzinfo=UTC))
    return billing


def closed(good: int, total: int, **changes: Any) -> PeriodClosed:
    """March as it closed: one level of 95 per cent."""
    result = LevelResult(
        level="payslips",
        required_share_percent=Decimal(95),
        outcome_percent=Decimal(100 * good) / total,
        measured=total,
        met=100 * good >= 95 * total,
        kind=MeasureKind.QUALITY_SHARE,
        good=good,
        total=total,
        excluded=changes.pop("excluded", 0),
    )
    fields: dict[str, Any] = {
        "agreement_id": "agreement-1",
        "org_number": PENSIONS,
        "service": "payroll",
        "period": "2025-03",
        "whole_month": True,
        "results": (result,),
        "met": result.met,
    }
    return PeriodClosed.model_validate(fields | changes)


async def credited(service: RunningService) -> dict[str, list[int]]:
    """What each invoice gave back."""
    return {
        invoice.period: [line.amount_ore for line in invoice.lines if line.kind == "credit"]
        for invoice in await service.published(InvoiceIssued)
    }


async def calculation(service: RunningService, reader: Reader) -> list[dict[str, Any]]:
    """The calculations that a finance officer sees."""
    [subscription] = await reader.items("/subscriptions")
    async with service.client(Role.FINANCE) as client:
        answer = await client.get(f"/ops/v1/subscriptions/{subscription['id']}/credits")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_missed_level_and_a_breach_give_what_the_table_says_up_to_the_cap(
    live: RunningService, reader: Reader
) -> None:
    await live.deliver(level_breached(1))
    await live.deliver(level_breached(2))
    await live.deliver(closed(94, 100))  # missed by one point: the first band
    [month] = await calculation(live, reader)
    assert (month["sum_percent"], month["percent"], month["due_ore"]) == (
        "11",
        "11",
        MONTHLY * 11 // 100,
    )
    assert [step["explanation"] for step in month["steps"]] == [
        "2 breaches at 5 % each",
        "payslips missed its share by 1.00 points, in the band from 0 points: 1 %",
    ]
    await live.deliver(closed(92, 100, revision=2))  # by three: the second
    [month] = await calculation(live, reader)
    assert (month["sum_percent"], month["percent"]) == ("14", "12.5")
    assert month["explanation"].startswith("14 % in all, capped at 12.5 %: 12.5 % of the")
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    assert (await credited(live))["2025-03"] == [-(MONTHLY // 8)]
    [month] = await calculation(live, reader)
    assert month["invoiced_ore"] == month["due_ore"] == MONTHLY // 8


async def test_a_correction_that_is_known_late_is_settled_by_the_next_invoice(
    live: RunningService, reader: Reader
) -> None:
    await live.deliver(closed(90, 100))
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    await live.deliver(closed(96, 100, revision=2))
    await live.deliver(closed(90, 100))  # the first, come again
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    four = MONTHLY * 4 // 100
    assert await credited(live) == {"2025-02": [], "2025-03": [-four], "2025-04": [four]}
    assert await calculation(live, reader) == []


async def test_what_the_agreement_excludes_gives_nothing(
    live: RunningService, reader: Reader
) -> None:
    await live.deliver(level_breached(1))
    await live.deliver(level_breached(2))
    # Of ten that failed five had a cause that gives no credit: 90 of 95 are left.
    await live.deliver(closed(90, 100, excluded=5, excluded_breaches=("breach-1",)))
    [month] = await calculation(live, reader)
    assert month["excluded_breaches"] == 1
    assert [step["percent"] for step in month["steps"]] == ["5", "1"]


async def test_nobody_sees_how_another_customers_credit_came_about(
    live: RunningService, reader: Reader
) -> None:
    [subscription] = await reader.items("/subscriptions")
    async with live.client(Role.AGENCY, org_number=FORESTRY) as client:
        answer = await client.get(f"/v1/subscriptions/{subscription['id']}/credits")
    assert answer.status_code == 404
