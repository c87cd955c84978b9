from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.billing.subscriptions.service import CannotApplyError
from services.chassis.consumer import NotYet
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import InvoiceIssued, SubscriptionOpened
from tests.component.billing.conftest import Reader
from tests.component.billing.events import (
    E_COMMERCE,
    PAYROLL,
    PAYROLL_YEARLY_ORE,
    PENSIONS,
    agency_registered,
    agreement_signed,
    service_went_live,
)


async def test_a_signed_agreement_opens_a_pending_subscription(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    [opened] = await billing.published(SubscriptionOpened)
    assert opened.yearly_fee_ore == PAYROLL_YEARLY_ORE
    [shown] = await reader.items("/subscriptions")
    assert shown["id"] == opened.subscription_id
    assert shown["status"] == "pending"
    assert shown["yearly_fee_ore"] == PAYROLL_YEARLY_ORE
    assert shown["credit_terms"] == {
        "percent_per_breach": "5",
        "monthly_cap_percent": "12.5",
        "bands": [],
        "exclusions": [],
    }


async def test_the_same_agreement_twice_opens_one(billing: RunningService) -> None:
    first = await billing.deliver(agreement_signed())
    await billing.deliver(agreement_signed(), event_id=first)
    await billing.deliver(agreement_signed())
    assert len(await billing.published(SubscriptionOpened)) == 1


async def test_an_agreement_signed_anew_before_go_live_takes_the_place_of_the_first(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed(services=(PAYROLL, E_COMMERCE)))
    await billing.deliver(agreement_signed(agreement_id="agreement-1b", version=2))
    await billing.deliver(agreement_signed(services=(PAYROLL, E_COMMERCE)))  # late, again
    [shown] = await reader.items("/subscriptions")
    assert (shown["agreement_id"], shown["agreement_version"]) == ("agreement-1b", 2)
    assert [service["service"] for service in shown["services"]] == ["payroll"]


async def test_a_go_live_before_its_agreement_waits_and_then_counts(
    billing: RunningService, reader: Reader
) -> None:
    with pytest.raises(NotYet):
        await billing.deliver(service_went_live())
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 2, 1, 9, tzinfo=UTC))
    [shown] = await reader.items("/subscriptions")
    assert shown["status"] == "active"
    assert shown["services"][0]["live_on"] == "2025-02-01"


async def test_a_repeated_go_live_changes_nothing_and_another_day_is_refused(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    before = await reader.everything()
    await billing.deliver(service_went_live())
    with pytest.raises(CannotApplyError, match="already"):
        await billing.deliver(service_went_live(live_on=date(2025, 2, 2)))
    with pytest.raises(CannotApplyError, match="no service"):
        await billing.deliver(service_went_live(service="travel-and-expenses"))
    assert await reader.everything() == before


@pytest.mark.parametrize("registered_first", [True, False])
async def test_the_customers_name_does_not_depend_on_the_order_of_events(
    billing: RunningService, reader: Reader, registered_first: bool
) -> None:
    events = [agency_registered(name="Pensionsmyndigheten (PM)"), agreement_signed()]
    for event in events if registered_first else reversed(events):
        await billing.deliver(event)
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 3, 2, tzinfo=UTC))
    [subscription] = await reader.items("/subscriptions")
    [invoice] = await reader.items("/invoices")
    assert subscription["customer_name"] == "Pensionsmyndigheten (PM)"
    assert invoice["customer_name"] == "Pensionsmyndigheten (PM)"


async def test_an_invoice_keeps_the_name_of_its_day(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 3, 2, tzinfo=UTC))
    await billing.deliver(agency_registered(name="Another name"))
    [invoice] = await reader.items("/invoices")
    assert invoice["customer_name"] == "Pensionsmyndigheten"


async def test_the_plan_shows_a_years_instalments_and_what_was_invoiced(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live(live_on=date(2025, 2, 15)))
    await billing.advance(datetime(2025, 4, 2, tzinfo=UTC))
    [listed] = await reader.items("/subscriptions")
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as client:
        shown = (await client.get(f"/v1/subscriptions/{listed['id']}")).json()
        later = await client.get(f"/v1/subscriptions/{listed['id']}", params={"year": 2026})
    months = {month["period"]: month for month in shown["plan"]["months"]}
    assert months["2025-01"]["amount_ore"] == 0
    assert months["2025-02"]["amount_ore"] == PAYROLL_YEARLY_ORE // 12 // 2  # 14 of 28 days
    assert months["2025-03"]["amount_ore"] == PAYROLL_YEARLY_ORE // 12
    assert [month["instalments"][0]["invoiced"] for month in months.values()] == [
        period in {"2025-02", "2025-03"} for period in months
    ]
    assert later.json()["plan"]["total_ore"] == PAYROLL_YEARLY_ORE


async def test_a_go_live_known_late_is_charged_from_its_day(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agreement_signed(services=(PAYROLL, E_COMMERCE)))
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 4, 2, tzinfo=UTC))
    await billing.deliver(service_went_live(service="e-commerce", live_on=date(2025, 2, 1)))
    await billing.advance(datetime(2025, 5, 2, tzinfo=UTC))
    april = (await billing.published(InvoiceIssued))[-1]
    assert april.period == "2025-04"
    texts = [line.text for line in april.lines if line.service == "e-commerce"]
    assert [text[-7:] for text in texts] == ["2025-02", "2025-03", "2025-04"]
