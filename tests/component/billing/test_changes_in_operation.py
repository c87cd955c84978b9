"""Terms, ends and roll-backs while services are charged, in any order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from services.billing.app import SPEC
from services.billing.subscriptions.service import CannotApplyError
from services.chassis.consumer import NotYet
from services.chassis.events import Event
from services.chassis.testing import RunningService, running
from services.contracts.billing import InvoiceIssued, SubscriptionOpened, TrueUpSettled
from services.contracts.values import EndReason, SignedService
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    E_COMMERCE,
    PAYROLL,
    PAYROLL_YEARLY_ORE,
    agreement_ended,
    agreement_signed,
    level_breached,
    service_ended,
    service_rolled_back,
    service_went_live,
)

MONTHLY = PAYROLL_YEARLY_ORE // 12
DEARER = PAYROLL.model_copy(
    update={
        "fee_items": tuple(
            item.model_copy(update={"unit_price_ore": 2 * item.unit_price_ore})
            for item in PAYROLL.fee_items
        )
    }
)


def amended(version: int, effective_on: date, *services: SignedService, **changes: object) -> Event:
    return agreement_signed(
        version=version,
        amends_version=version - 1,
        effective_on=effective_on,
        services=services,
        **changes,
    )


async def amounts(service: RunningService) -> dict[str, list[tuple[str, int]]]:
    """What each month's invoice charges, by service."""
    return {
        invoice.period: [(line.service, line.amount_ore) for line in invoice.lines]
        for invoice in await service.published(InvoiceIssued)
    }


async def test_new_terms_hold_from_their_day_and_the_month_of_change_is_shared_by_days(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 3, 10, tzinfo=UTC))
    await billing.deliver(amended(2, date(2025, 4, 16), DEARER))
    for month in (2, 3, 4):
        await report(billing, volume_row(str(month), f"2025-{month:02d}", 1_200))
    await billing.advance(datetime(2025, 6, 2, tzinfo=UTC))
    april = MONTHLY * 3 // 2
    charged = await amounts(billing)
    assert charged["2025-03"] == [("payroll", MONTHLY)]
    assert charged["2025-04"][0] == ("payroll", april)
    assert charged["2025-05"] == [("payroll", 2 * MONTHLY)]
    [settled] = await billing.published(TrueUpSettled)
    # 200 slips above the expected: at the old price in two months, and in April at the old
    # one for half of the days and the new one for the other half.
    assert settled.difference_ore == 2 * 200 * 6_200 + 200 * 6_200 * 3 // 2
    assert len(await billing.published(SubscriptionOpened)) == 1
    [shown] = await reader.items("/subscriptions")
    assert (shown["agreement_version"], shown["yearly_fee_ore"]) == (2, 2 * PAYROLL_YEARLY_ORE)


async def test_added_services_wait_for_their_go_live_and_removed_ones_end(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.deliver(amended(2, date(2025, 4, 1), PAYROLL, E_COMMERCE))
    await billing.deliver(amended(3, date(2025, 6, 1), E_COMMERCE))
    await billing.deliver(service_went_live(service="e-commerce", live_on=date(2025, 5, 1)))
    await billing.advance(datetime(2025, 7, 2, tzinfo=UTC))
    charged = await amounts(billing)
    assert [(period, [service for service, _ in lines]) for period, lines in charged.items()] == [
        ("2025-02", ["payroll"]),
        ("2025-03", ["payroll"]),
        ("2025-04", ["payroll"]),
        ("2025-05", ["e-commerce", "payroll"]),
        ("2025-06", ["e-commerce"]),
    ]
    [shown] = await reader.items("/subscriptions")
    assert {each["service"]: each["ends_on"] for each in shown["services"]} == {
        "e-commerce": "2028-01-06",
        "payroll": "2025-05-31",
    }


FACTS: tuple[tuple[Event, int], ...] = (
    (amended(2, date(2025, 3, 1), DEARER), 2),
    (amended(3, date(2025, 3, 15), DEARER, E_COMMERCE), 3),
    (agreement_ended(date(2025, 5, 31)), 4),
    (agreement_ended(date(2025, 5, 20)), 5),
    (service_rolled_back(date(2025, 2, 1), date(2025, 2, 20)), 6),
    (service_went_live(live_on=date(2025, 3, 1)), 7),
)


async def _run(url: str, facts: Sequence[tuple[Event, int]]) -> int:
    """All that is invoiced when facts come between invoices; the retry ladder helps."""
    async with running(SPEC, url) as service:
        await service.deliver(agreement_signed())
        await service.deliver(
            service_went_live(), version=1, recorded_at=datetime(2025, 1, 1, tzinfo=UTC)
        )
        months = iter(range(3, 9))
        waiting = list(facts)
        while waiting:
            event, version = waiting.pop(0)
            try:
                told_at = datetime(2025, 1, version, tzinfo=UTC)
                await service.deliver(event, version=version, recorded_at=told_at)
            except (NotYet, CannotApplyError):
                waiting.append((event, version))
                continue
            await service.advance(datetime(2025, next(months), 2, tzinfo=UTC))
        await service.advance(datetime(2025, 12, 2, tzinfo=UTC))
        return sum(invoice.total_ore for invoice in await service.published(InvoiceIssued))


async def test_facts_in_any_order_come_to_the_same(database_url: str, sqlite_url: str) -> None:
    # Live anew from 1 March on the dearer terms, until 20 May: 31 and 30 and 20 days.
    expected = 2 * MONTHLY * 2 + (2 * MONTHLY * 20 + 15) // 31
    orders = list(permutations(FACTS))
    chosen = [FACTS[::-1], orders[len(orders) // 3], orders[2 * len(orders) // 3]]
    for number, facts in enumerate(chosen):
        url = database_url if number == 0 else sqlite_url.replace("test.", f"order-{number}.")
        assert await _run(url, facts) == expected


async def test_an_end_that_comes_late_is_corrected_on_the_next_invoice(
    billing: RunningService,
) -> None:
    await billing.deliver(agreement_signed(services=(PAYROLL, E_COMMERCE)))
    await billing.deliver(service_went_live())
    await billing.deliver(service_went_live(service="e-commerce", live_on=date(2025, 2, 1)))
    await billing.advance(datetime(2025, 5, 2, tzinfo=UTC))
    await billing.deliver(service_ended("payroll", date(2025, 3, 31)))
    await billing.advance(datetime(2025, 6, 2, tzinfo=UTC))
    charged = await amounts(billing)
    assert [line for line in charged["2025-05"] if line[0] == "payroll"] == [("payroll", -MONTHLY)]
    assert [service for service, _ in charged["2025-05"]].count("e-commerce") == 1


async def test_a_renewal_goes_on_after_an_end_by_expiry(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed(valid_until=date(2025, 4, 30)))
    await billing.deliver(service_went_live())
    await billing.deliver(agreement_ended(date(2025, 4, 30), EndReason.EXPIRED))
    renewed = {"valid_from": date(2025, 5, 1), "valid_until": date(2025, 6, 30)}
    await billing.deliver(agreement_signed(version=2, amends_version=1, **renewed))
    await billing.advance(datetime(2025, 9, 2, tzinfo=UTC))
    assert list(await amounts(billing)) == [f"2025-{month:02d}" for month in range(2, 7)]
    assert (await reader.items("/subscriptions"))[0]["status"] == "ended"


async def test_a_roll_back_gives_back_and_a_later_go_live_charges_anew(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live(), version=1)
    await billing.deliver(level_breached(1))
    await billing.advance(datetime(2025, 5, 2, tzinfo=UTC))
    rolled_back = service_rolled_back(date(2025, 2, 1), date(2025, 4, 20))
    await billing.deliver(rolled_back, version=2)
    await billing.deliver(rolled_back, version=2)
    assert (await reader.items("/subscriptions"))[0]["status"] == "pending"
    await billing.deliver(level_breached(2))  # of the time that is taken back
    await billing.deliver(service_went_live(live_on=date(2025, 6, 1)), version=3)
    await billing.advance(datetime(2025, 11, 2, tzinfo=UTC))
    charged = await amounts(billing)
    compensated = MONTHLY * 5 // 100
    assert charged["2025-05"] == [*[("payroll", -MONTHLY)] * 3, ("payroll", compensated)]
    assert charged["2025-06"] == [("payroll", MONTHLY)]
    assert sum(amount for lines in charged.values() for _, amount in lines) == 5 * MONTHLY
    settled = await billing.published(TrueUpSettled)
    assert [each.difference_ore for each in settled] == [0, 0]


async def test_what_comes_before_the_agreement_waits(billing: RunningService) -> None:
    for early in (
        agreement_ended(date(2025, 5, 31)),
        service_ended("payroll", date(2025, 5, 31)),
        service_rolled_back(date(2025, 2, 1), date(2025, 2, 20)),
    ):
        with pytest.raises(NotYet):
            await billing.deliver(early)
