"""What several workers at once, or a timer that is late, could bring about."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from services.billing import schedule
from services.billing.app import SPEC
from services.billing.months import Month
from services.billing.tables import VolumeRow
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.chassis.timers import DueTimer
from services.contracts.billing import InvoiceIssued, TrueUpSettled
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    E_COMMERCE,
    PAYROLL,
    agreement_signed,
    level_breached,
    service_went_live,
)


@pytest.fixture
async def live(billing: RunningService) -> RunningService:
    """Billing with payroll live since February 2025, before any timer is due."""
    await billing.deliver(agreement_signed(services=(PAYROLL, E_COMMERCE)))
    await billing.deliver(service_went_live())
    return billing


async def _fire(service: RunningService, name: str, due_at: datetime, **payload: str) -> None:
    """Fire a timer out of turn, as another worker might."""
    reader = Reader(service)
    [subscription] = await reader.items("/subscriptions")
    async with service.runtime.units.begin(now=due_at) as uow:
        await SPEC.timers[name](uow, DueTimer(name, subscription["id"], due_at, payload))


async def _fire_invoice(service: RunningService, month: Month) -> None:
    await _fire(service, "invoice", schedule.invoice_due_at(month), period=str(month))


async def test_an_invoice_that_fires_again_is_not_issued_again(live: RunningService) -> None:
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    await live.deliver(level_breached(1))
    await _fire_invoice(live, Month(2025, 3))
    assert len(await live.published(InvoiceIssued)) == 2
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    april = (await live.published(InvoiceIssued))[-1]
    assert (april.period, [line.kind for line in april.lines]) == (
        "2025-04",
        ["subscription", "credit"],
    )


async def test_a_true_up_that_fires_again_is_not_booked_again(live: RunningService) -> None:
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    await report(live, volume_row("late", "2025-03", 5))
    day = date(2025, 4, 30)
    await _fire(live, "true-up", schedule.true_up_due_at(day), day=day.isoformat())
    assert len(await live.published(TrueUpSettled)) == 1


async def test_a_late_invoice_holds_no_true_up_of_a_later_month(live: RunningService) -> None:
    await report(live, volume_row("a", "2025-02", 1_001))
    day = date(2025, 4, 30)
    await _fire(live, "true-up", schedule.true_up_due_at(day), day=day.isoformat())
    for month in (Month(2025, 3), Month(2025, 4)):
        await _fire_invoice(live, month)
    march, april = await live.published(InvoiceIssued)
    assert {line.kind for line in march.lines} == {"subscription"}
    assert {line.kind for line in april.lines} == {"subscription", "true_up"}


async def test_a_breach_of_the_new_month_is_not_on_the_old_months_invoice(
    live: RunningService,
) -> None:
    await live.advance(datetime(2025, 3, 31, 22, 30, tzinfo=UTC))  # 00:30 on 1 April
    await live.deliver(level_breached(1, breached_at=datetime(2025, 3, 31, 22, 15, tzinfo=UTC)))
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    credited = [
        invoice.period
        for invoice in await live.published(InvoiceIssued)
        for line in invoice.lines
        if line.kind == "credit"
    ]
    assert credited == ["2025-04"]


async def test_a_second_service_does_not_move_the_firsts_invoices(live: RunningService) -> None:
    await live.deliver(service_went_live(service="e-commerce", live_on=date(2025, 8, 1)))
    await live.advance(datetime(2025, 9, 2, tzinfo=UTC))
    assert [invoice.period for invoice in await live.published(InvoiceIssued)] == [
        f"2025-{month:02d}" for month in range(2, 9)
    ]
    assert [true_up.settled_on for true_up in await live.published(TrueUpSettled)] == [
        date(2025, 4, 30)
    ]


async def test_a_volume_set_aside_beside_the_go_live_is_found_by_the_true_up(
    live: RunningService,
) -> None:
    await report(live, volume_row("a", "2025-02", 1_001))
    async with live.runtime.units.begin() as uow:
        # As a report leaves it whose transaction did not see the agreement yet.
        await uow.session.execute(
            update(VolumeRow).values(
                status="set_aside", reason="service_not_subscribed", subscription_id=None
            )
        )
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    [settled] = await live.published(TrueUpSettled)
    assert settled.difference_ore == 6_200


async def test_a_volume_at_the_moment_of_closing_is_in_it_or_waits_for_finance(
    live: RunningService, reader: Reader
) -> None:
    await live.advance(datetime(2025, 4, 2, 8, tzinfo=UTC))
    await report(live, volume_row("first", "2025-02", 900))
    corrected = volume_row("first", "2025-02", 901, revision=2)
    async with live.client(Role.FINANCE) as client:
        closing, *_ = await asyncio.gather(
            client.post("/ops/v1/billing-periods/2025-02/closing"),
            report(live, corrected),
            *(report(live, volume_row(f"beside-{number}", "2025-02", 1)) for number in range(4)),
        )
    rows = [row for row in await reader.items("/volumes") if row["superseded_by"] is None]
    counting = [row for row in rows if row["status"] == "accepted"]
    if closing.status_code == 409:
        assert (closing.json()["code"], len(counting)) == ("period_busy", 5)
        return
    # Whatever came before is in what was closed; the others are set aside, and none is late.
    assert closing.json()["accepted"] == len(counting)
    assert {row["reason"] for row in rows if row not in counting} <= {"period_closed"}
    assert not any(row["late"] for row in rows)
