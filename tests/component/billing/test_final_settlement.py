"""What remains to be paid when services end for good."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.chassis.consumer import NotYet
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import FinalSettlementMade, InvoiceIssued, InvoiceLineKind
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    E_COMMERCE,
    PAYROLL,
    PAYROLL_YEARLY_ORE,
    PENSIONS,
    agreement_ended,
    agreement_signed,
    final_settlement_requested,
    level_breached,
    service_went_live,
)

MONTHLY = PAYROLL_YEARLY_ORE // 12
LAST_DAY = date(2025, 6, 15)
JUNE = MONTHLY // 2  # 15 of 30 days
SETTLED_ON = date(2025, 7, 30)  # thirty days after the month of the last day


@pytest.fixture
async def leaving(billing: RunningService) -> RunningService:
    """Two services in operation, of which payroll is to end; it is the middle of May."""
    await billing.deliver(agreement_signed(services=(PAYROLL, E_COMMERCE)))
    await billing.deliver(service_went_live())
    await billing.deliver(service_went_live(service="e-commerce", live_on=date(2025, 2, 1)))
    for month in (2, 3, 4):
        await report(billing, volume_row(str(month), f"2025-{month:02d}", 1_100))
    await billing.advance(datetime(2025, 5, 15, 8, tzinfo=UTC))
    return billing


async def invoiced_of(service: RunningService, name: str) -> int:
    return sum(
        line.amount_ore
        for invoice in await service.published(InvoiceIssued)
        for line in invoice.lines
        if line.service == name
    )


async def test_a_settlement_waits_for_its_volumes_and_the_sum_is_what_was_used(
    leaving: RunningService, reader: Reader
) -> None:
    request = final_settlement_requested(LAST_DAY, "payroll")
    await leaving.deliver(request)
    [waiting] = await reader.items("/final-settlements")
    assert (waiting["status"], waiting["due_on"]) == ("waiting", str(SETTLED_ON))
    await leaving.deliver(level_breached(1, breached_at=datetime(2025, 6, 3, 9, tzinfo=UTC)))
    await leaving.advance(datetime(2025, 7, 20, tzinfo=UTC))
    assert await leaving.published(FinalSettlementMade) == []
    await report(leaving, volume_row("5", "2025-05", 950), volume_row("6", "2025-06", 480))
    # A breach that is told of only now has no invoice of its own month left.
    await leaving.deliver(level_breached(2, breached_at=datetime(2025, 6, 4, 9, tzinfo=UTC)))
    await leaving.advance(datetime(2025, 8, 2, tzinfo=UTC))
    await leaving.deliver(request)  # asked again: it is made

    [made] = await leaving.published(FinalSettlementMade)
    fixed = 4 * 1_350_000 + 1_350_000 // 2
    actual = fixed + (3 * 1_100 + 950 + 480) * 6_200
    credit = JUNE * 5 // 100
    assert made.settled_on == SETTLED_ON
    assert made.actual_ore == actual
    assert made.credits_ore == -credit
    assert made.charged_ore == 4 * MONTHLY + JUNE + 3 * 100 * 6_200
    assert made.difference_ore == actual - made.charged_ore - credit
    assert await invoiced_of(leaving, "payroll") == actual - 2 * credit

    [shown] = await reader.items("/final-settlements")
    assert (shown["status"], shown["settlement_id"]) == ("made", made.settlement_id)
    [final] = [each for each in await reader.items("/invoices") if each["final"]]
    assert final["id"] == shown["invoice_id"]
    assert (final["total_ore"], final["issued_on"]) == (made.difference_ore, str(SETTLED_ON))
    assert {line["service"] for line in final["lines"]} == {"payroll"}
    async with leaving.client(Role.AGENCY, org_number=PENSIONS) as client:
        seen = (await client.get("/v1/final-settlements")).json()["items"]
    assert seen == [shown]

    # The books of payroll are closed; e-commerce goes on.
    late = await report(leaving, volume_row("7", "2025-06", 5))
    assert late["rows"][0]["reason"] == "settled_finally"
    before = await invoiced_of(leaving, "payroll")
    await leaving.advance(datetime(2025, 12, 2, tzinfo=UTC))
    assert await invoiced_of(leaving, "payroll") == before
    assert len(await leaving.published(FinalSettlementMade)) == 1


async def test_what_the_exit_terms_add_is_on_the_last_invoice(leaving: RunningService) -> None:
    request = final_settlement_requested(LAST_DAY, "payroll", "e-commerce")
    await leaving.deliver(request.model_copy(update={"exit_costs_ore": 1_000_001}))
    await leaving.advance(datetime(2025, 8, 2, tzinfo=UTC))
    [made] = await leaving.published(FinalSettlementMade)
    final = (await leaving.published(InvoiceIssued))[-1]
    assert made.exit_costs_ore == 1_000_001
    assert made.difference_ore == final.total_ore
    exits = [line for line in final.lines if line.exact_kind is InvoiceLineKind.EXIT_COST]
    added = [line.amount_ore for line in exits]
    assert {line.kind for line in exits} == {"true_up"}  # As readers of the first form know it.
    assert all("exit costs" in line.text for line in exits)
    assert (len(added), sum(added)) == (2, 1_000_001)
    assert made.difference_ore == made.actual_ore - made.charged_ore + 1_000_001


async def test_what_an_ordinary_true_up_left_over_goes_with_the_last_invoice(
    billing: RunningService,
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.deliver(agreement_ended(date(2025, 3, 20)))
    for month in (2, 3):
        await report(billing, volume_row(str(month), f"2025-{month:02d}", 700))
    # Between the true-up of 30 April and the invoice after it; the settlement is overdue.
    await billing.advance(datetime(2025, 4, 30, 20, tzinfo=UTC))
    await billing.deliver(final_settlement_requested(date(2025, 3, 20), "payroll"))
    await billing.advance(datetime(2025, 4, 30, 21, tzinfo=UTC))
    [made] = await billing.published(FinalSettlementMade)
    march = (MONTHLY * 20 * 2 + 31) // 62
    fixed = 1_350_000 + (1_350_000 * 20 * 2 + 31) // 62
    assert (made.charged_ore, made.actual_ore) == (MONTHLY + march, fixed + 1_400 * 6_200)
    await billing.advance(datetime(2025, 12, 2, tzinfo=UTC))
    assert await invoiced_of(billing, "payroll") == made.actual_ore
    assert (await billing.published(InvoiceIssued))[-1].issued_on == date(2025, 4, 30)


async def test_a_service_that_turns_out_to_end_later_is_settled_later(
    leaving: RunningService,
) -> None:
    await leaving.deliver(final_settlement_requested(LAST_DAY, "payroll", "e-commerce"))
    await leaving.deliver(agreement_ended(date(2025, 5, 31)), version=1)
    await leaving.deliver(agreement_ended(date(2025, 8, 31)), version=3)
    await leaving.deliver(agreement_ended(date(2025, 7, 31)), version=2)
    await leaving.deliver(final_settlement_requested(date(2025, 8, 31), "payroll", "e-commerce"))
    await leaving.advance(datetime(2025, 9, 29, tzinfo=UTC))
    assert await leaving.published(FinalSettlementMade) == []
    await leaving.advance(datetime(2025, 10, 1, tzinfo=UTC))
    [made] = await leaving.published(FinalSettlementMade)
    assert made.settled_on == date(2025, 9, 30)


async def test_what_cannot_be_settled_is_refused_visibly(
    leaving: RunningService, reader: Reader
) -> None:
    with pytest.raises(NotYet):
        await leaving.deliver(
            final_settlement_requested(LAST_DAY, "payroll").model_copy(
                update={"agreement_id": "unheard-of"}
            )
        )
    await leaving.deliver(final_settlement_requested(LAST_DAY, "archive", "payroll"))
    await leaving.advance(datetime(2025, 9, 1, tzinfo=UTC))
    [refused] = await reader.items("/final-settlements")
    assert refused["status"] == "refused"
    assert "archive" in refused["reason"]
    assert await leaving.published(FinalSettlementMade) == []
    await leaving.deliver(final_settlement_requested(LAST_DAY, "payroll"))
    await leaving.advance(datetime(2025, 9, 2, tzinfo=UTC))
    assert len(await leaving.published(FinalSettlementMade)) == 1


async def test_what_cannot_be_right_stops_no_true_up_and_waits_until_it_is_corrected(
    billing: RunningService, reader: Reader
) -> None:
    [fixed, variable, _] = PAYROLL.fee_items
    dear = variable.model_copy(update={"unit_price_ore": 10**7})
    payroll = PAYROLL.model_copy(update={"fee_items": (fixed, dear)})
    await billing.deliver(agreement_signed(services=(payroll, E_COMMERCE)))
    for service in ("payroll", "e-commerce"):
        await billing.deliver(service_went_live(service=service))
    await report(billing, volume_row("typo", "2025-02", 10**9))
    await billing.advance(datetime(2025, 5, 2, 8, tzinfo=UTC))
    [booked] = await reader.items("/true-ups")
    [carried] = booked["carried"]
    assert (carried["service_area"], carried["too_large"]) == ("payroll", True)
    assert carried["contact_required"] is True
    assert {each["service"] for each in booked["services"]} == {"e-commerce"}

    await billing.deliver(final_settlement_requested(LAST_DAY, "payroll"))
    await billing.advance(datetime.combine(SETTLED_ON, time(20), UTC))
    [waiting] = await reader.items("/final-settlements")
    assert waiting["status"] == "waiting"
    await report(billing, volume_row("typo", "2025-02", 1_000, revision=2))
    await billing.advance(datetime.combine(SETTLED_ON + timedelta(days=1), time(20), UTC))
    [made] = await reader.items("/final-settlements")
    assert (made["status"], made["difference_ore"]) == ("made", 0)
    assert (await reader.items("/true-ups"))[-1]["carried"] == []
