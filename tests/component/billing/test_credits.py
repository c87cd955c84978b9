from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from services.billing.subscriptions.service import CannotApplyError
from services.chassis.consumer import NotYet
from services.chassis.testing import RunningService
from services.contracts.billing import InvoiceIssued
from tests.component.billing.conftest import Reader
from tests.component.billing.events import (
    PAYROLL_YEARLY_ORE,
    agreement_signed,
    level_breach_withdrawn,
    level_breached,
    service_went_live,
)

MONTHLY = PAYROLL_YEARLY_ORE // 12
FIVE_PERCENT = MONTHLY // 20
CAP = MONTHLY // 8


@pytest.fixture
async def live(billing: RunningService) -> RunningService:
    """Billing with payroll live since February 2025, in the middle of March."""
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 3, 15, tzinfo=UTC))
    return billing


async def _credited(service: RunningService) -> dict[str, list[int]]:
    return {
        invoice.period: [line.amount_ore for line in invoice.lines if line.kind == "credit"]
        for invoice in await service.published(InvoiceIssued)
    }


async def test_a_breach_is_credited_on_its_months_invoice(
    live: RunningService, reader: Reader
) -> None:
    await live.deliver(level_breached(1))
    [credit] = await reader.items("/credits")
    assert (credit["amount_ore"], credit["invoice_id"]) == (FIVE_PERCENT, None)
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    assert await _credited(live) == {"2025-02": [], "2025-03": [-FIVE_PERCENT]}
    [credit] = await reader.items("/credits")
    march = next(each for each in await reader.items("/invoices") if each["period"] == "2025-03")
    assert credit["invoice_id"] == march["id"]
    assert march["total_ore"] == MONTHLY - FIVE_PERCENT


async def test_a_breach_counts_once(live: RunningService, reader: Reader) -> None:
    event_id = await live.deliver(level_breached(1))
    await live.deliver(level_breached(1), event_id=event_id)
    await live.deliver(level_breached(1))
    assert len(await reader.items("/credits")) == 1


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
async def test_the_cap_holds_by_month_in_any_order(
    live: RunningService, order: tuple[int, ...]
) -> None:
    for number in order:
        await live.deliver(level_breached(number))
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    assert (await _credited(live))["2025-03"] == [-CAP]


async def test_a_breach_known_late_goes_on_the_next_invoice_under_its_months_cap(
    live: RunningService,
) -> None:
    await live.deliver(level_breached(1))
    await live.deliver(level_breached(2))
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    await live.deliver(level_breached(3))
    await live.deliver(level_breached(4))
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    credited = await _credited(live)
    assert credited["2025-03"] == [-2 * FIVE_PERCENT]
    assert credited["2025-04"] == [-(CAP - 2 * FIVE_PERCENT)]


async def test_a_withdrawn_breach_is_taken_back_on_the_next_invoice(
    live: RunningService, reader: Reader
) -> None:
    for number in (1, 2):
        await live.deliver(level_breached(number))
    await live.deliver(level_breach_withdrawn(2))  # before it was invoiced
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    assert (await _credited(live))["2025-03"] == [-FIVE_PERCENT]
    for _ in range(2):
        await live.deliver(level_breach_withdrawn(1))  # after it was
    await live.advance(datetime(2025, 5, 2, tzinfo=UTC))
    assert (await _credited(live))["2025-04"] == [FIVE_PERCENT]
    credits_ = await reader.items("/credits")
    assert all(credit["withdrawn_at"] for credit in credits_)
    assert sum(credit["invoice_id"] is not None for credit in credits_) == 1
    await live.advance(datetime(2025, 6, 2, tzinfo=UTC))
    assert (await _credited(live))["2025-05"] == []


async def test_a_withdrawn_breach_makes_room_under_the_cap(live: RunningService) -> None:
    for number in range(1, 5):
        await live.deliver(level_breached(number))
    await live.deliver(level_breach_withdrawn(1))
    await live.advance(datetime(2025, 4, 2, tzinfo=UTC))
    assert (await _credited(live))["2025-03"] == [-CAP]


async def test_a_withdrawal_waits_for_its_breach(live: RunningService, reader: Reader) -> None:
    with pytest.raises(NotYet, match="not known yet"):
        await live.deliver(level_breach_withdrawn(1))
    await live.deliver(level_breached(1))
    await live.deliver(level_breach_withdrawn(1))
    assert (await reader.items("/credits"))[0]["withdrawn_at"] is not None


async def test_a_breach_belongs_to_its_month_in_stockholm(
    live: RunningService, reader: Reader
) -> None:
    await live.deliver(level_breached(1, breached_at=datetime(2025, 3, 31, 22, 30, tzinfo=UTC)))
    [credit] = await reader.items("/credits")
    assert credit["period"] == "2025-04"


async def test_a_breach_waits_for_its_agreement_and_go_live(
    billing: RunningService, reader: Reader
) -> None:
    with pytest.raises(NotYet, match="agreement"):
        await billing.deliver(level_breached(1))
    await billing.deliver(agreement_signed())
    with pytest.raises(NotYet, match="live"):
        await billing.deliver(level_breached(1))
    assert await reader.items("/credits") == []
    await billing.deliver(service_went_live())
    await billing.deliver(level_breached(1))
    assert len(await reader.items("/credits")) == 1


async def test_a_breach_of_a_service_that_was_not_agreed_is_left_to_a_person(
    live: RunningService, reader: Reader
) -> None:
    with pytest.raises(CannotApplyError, match="no service"):
        await live.deliver(level_breached(1, service="e-commerce"))
    assert await reader.items("/credits") == []
