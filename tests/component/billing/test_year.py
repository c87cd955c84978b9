"""Years in simulated time: invoices month by month, true-ups, standstills, two customers."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

from services.billing.app import SPEC
from services.billing.invoices import repository
from services.chassis.identity import Role
from services.chassis.testing import RunningService, running
from services.contracts.billing import InvoiceIssued, TrueUpSettled
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    E_COMMERCE,
    PAYROLL,
    PAYROLL_YEARLY_ORE,
    PENSIONS,
    agreement_signed,
    level_breached,
    other_customer,
    service_went_live,
)

MONTHLY = PAYROLL_YEARLY_ORE // 12
BEGINNING_OF_2026 = datetime(2026, 1, 2, tzinfo=UTC)


async def _through_a_year(billing: RunningService) -> None:
    await billing.deliver(agreement_signed(services=(PAYROLL, E_COMMERCE)))
    await billing.deliver(service_went_live(live_on=date(2025, 1, 7)))
    await billing.advance(datetime(2025, 4, 20, 8, tzinfo=UTC))
    await billing.deliver(service_went_live(service="e-commerce", live_on=date(2025, 4, 16)))
    for month in (1, 2, 3, 4):
        await report(billing, volume_row(f"p{month}", f"2025-{month:02d}", 1_100))
    await billing.advance(datetime(2025, 9, 1, 8, tzinfo=UTC))
    await report(billing, volume_row("late", "2025-03", 10))
    for month in (5, 6, 7, 8, 9, 10):
        await report(billing, volume_row(f"p{month}", f"2025-{month:02d}", 900))
    await report(
        billing, volume_row("i5", "2025-05", 2_000, service="e-commerce", unit="supplier-invoice")
    )
    await billing.deliver(level_breached(1, breached_at=datetime(2025, 9, 3, 9, tzinfo=UTC)))
    await billing.advance(BEGINNING_OF_2026)


async def test_a_year_of_invoices_and_three_true_ups(
    billing: RunningService, reader: Reader
) -> None:
    await _through_a_year(billing)
    issued = await billing.published(InvoiceIssued)
    assert [invoice.period for invoice in issued] == [f"2025-{month:02d}" for month in range(1, 13)]
    assert [invoice.invoice_number for invoice in issued] == [
        *(f"2025-{number:06d}" for number in range(1, 12)),
        "2026-000001",
    ]
    assert issued[0].issued_on == date(2025, 2, 1)
    assert all(
        invoice.total_ore == sum(line.amount_ore for line in invoice.lines) for invoice in issued
    )
    payroll = [
        line.amount_ore
        for invoice in issued
        for line in invoice.lines
        if line.kind == "subscription" and line.service == "payroll"
    ]
    january = (MONTHLY * 25 + 15) // 31  # 25 of 31 days, half up
    assert payroll == [january, *[MONTHLY] * 11]

    spring, autumn, year_end = await billing.published(TrueUpSettled)
    assert [each.settled_on for each in (spring, autumn, year_end)] == [
        date(2025, 4, 30),
        date(2025, 10, 31),
        date(2025, 12, 31),
    ]
    assert year_end.difference_ore == 0  # nothing reported since
    # Spring: payroll has 1,100 payslips a month against 1,000 expected; January is charged
    # by days but used in full, and its fixed fee goes by days on both sides.
    expected_january = january - (1_350_000 * 25 + 15) // 31
    payroll_spring = 4 * 1_100 * 6_200 - 3 * 1_000 * 6_200 - expected_january
    [payroll_area, e_commerce_area] = spring.areas
    assert payroll_area.difference_ore == payroll_spring
    assert e_commerce_area.difference_ore == 0  # nothing reported: the expected counts
    # Autumn: 900 against 1,000 for six months, ten late payslips of March; and 2,000
    # supplier invoices in May against 100 expected.
    [payroll_area, e_commerce_area] = autumn.areas
    assert payroll_area.difference_ore == -6 * 100 * 6_200 + 10 * 6_200
    assert e_commerce_area.difference_ore == 1_900 * 6_500
    assert e_commerce_area.contact_required
    assert not payroll_area.contact_required

    lines = {
        invoice.period: {
            (line.kind, line.service): line.amount_ore
            for line in invoice.lines
            if line.kind != "subscription"
        }
        for invoice in issued
    }
    assert {period: found for period, found in lines.items() if found} == {
        "2025-04": {("true_up", "payroll"): payroll_spring},
        "2025-09": {("credit", "payroll"): -MONTHLY // 20},
        "2025-10": {
            ("true_up", "payroll"): -6 * 100 * 6_200 + 10 * 6_200,
            ("true_up", "e-commerce"): 1_900 * 6_500,
        },
    }
    shown = await reader.items("/true-ups")
    assert all(true_up["invoice_id"] for true_up in shown)
    late = [month for month in shown[1]["months"] if month["late"]]
    assert [(month["period"], month["difference_ore"]) for month in late] == [
        ("2025-03", 10 * 6_200)
    ]
    assert any("expected" in step for step in shown[0]["months"][-1]["steps"])


async def test_the_agency_sees_what_finance_sees_of_it(
    billing: RunningService, reader: Reader
) -> None:
    await _through_a_year(billing)
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as client:
        for path in ("/subscriptions", "/invoices", "/true-ups", "/credits", "/volumes"):
            seen = (await client.get(f"/v1{path}", params={"limit": 200})).json()["items"]
            assert seen == await reader.items(path)
            assert seen


async def test_after_a_standstill_each_month_is_invoiced_once_and_in_order(
    billing: RunningService,
) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live(live_on=date(2025, 1, 7)))
    billing.at(datetime(2025, 7, 15, tzinfo=UTC))
    await billing.advance(datetime(2025, 7, 15, 1, tzinfo=UTC))
    issued = await billing.published(InvoiceIssued)
    assert [(invoice.period, invoice.issued_on) for invoice in issued] == [
        (f"2025-{month:02d}", date(2025, month + 1, 1)) for month in range(1, 7)
    ]
    [spring] = await billing.published(TrueUpSettled)
    assert spring.settled_on == date(2025, 4, 30)


async def test_charging_ends_with_the_agreement(billing: RunningService) -> None:
    await billing.deliver(agreement_signed(valid_until=date(2025, 6, 15)))
    await billing.deliver(service_went_live())
    await billing.advance(BEGINNING_OF_2026)
    issued = await billing.published(InvoiceIssued)
    assert [invoice.period for invoice in issued] == [f"2025-{month:02d}" for month in range(2, 7)]
    assert issued[-1].total_ore == MONTHLY // 2  # 15 of 30 days
    assert len(await billing.published(TrueUpSettled)) == 2


async def test_customers_share_the_number_series_and_nothing_else(
    billing: RunningService, reader: Reader
) -> None:
    other = other_customer()
    await billing.deliver(agreement_signed())
    await billing.deliver(agreement_signed(**other, customer_name="Skogsstyrelsen"))
    await billing.deliver(service_went_live())
    await billing.deliver(service_went_live(**other, live_on=date(2025, 3, 1)))
    await billing.advance(datetime(2025, 5, 2, tzinfo=UTC))
    everything = await reader.items("/invoices")
    assert sorted(invoice["number"] for invoice in everything) == [
        f"2025-{number:06d}" for number in range(1, 6)
    ]
    theirs = await reader.items("/invoices", org_number=other["org_number"])
    assert [invoice["period"] for invoice in theirs] == ["2025-03", "2025-04"]
    subscription = (await reader.items("/subscriptions", org_number=other["org_number"]))[0]
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as client:
        for path in (f"/invoices/{theirs[0]['id']}", f"/subscriptions/{subscription['id']}"):
            foreign = await client.get(f"/v1{path}")
            assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")
        for path in ("/subscriptions", "/invoices", "/true-ups", "/credits", "/volumes"):
            answer = await client.get(f"/v1{path}", params={"org_number": other["org_number"]})
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            own = (await client.get(f"/v1{path}")).json()["items"]
            assert {item["org_number"] for item in own} <= {PENSIONS}


async def test_invoices_are_paged(billing: RunningService, reader: Reader) -> None:
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 6, 2, tzinfo=UTC))
    async with billing.client(Role.FINANCE) as client:
        first = (await client.get("/ops/v1/invoices", params={"limit": 3})).json()
        second = await client.get("/ops/v1/invoices", params={"limit": 3, "after": first["next"]})
    assert first["items"] + second.json()["items"] == await reader.items("/invoices")
    assert second.json()["next"] is None


async def test_a_failed_transaction_gives_its_invoice_number_back(
    billing: RunningService,
) -> None:
    database = billing.runtime.database
    async with database.transaction(write=True) as session:
        assert await repository.next_number(session, 2025) == 1
        await session.rollback()

    async def take() -> int:
        async with database.transaction(write=True) as session:
            number = await repository.next_number(session, 2025)
            await asyncio.sleep(0)  # let the others try meanwhile
            await session.commit()
            return number

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == list(range(1, 9))


async def test_the_same_events_in_another_order_give_the_same_invoices(
    database_url: str, sqlite_url: str
) -> None:
    breaches = [level_breached(number) for number in range(1, 4)]
    rows = [volume_row(str(month), f"2025-{month:02d}", 1_050) for month in (2, 3, 4)]
    totals = []
    urls = [database_url, sqlite_url.replace("test.sqlite3", "other.sqlite3")]
    for url, reverse in zip(urls, (False, True), strict=True):
        async with running(SPEC, url) as service:
            await service.deliver(agreement_signed())
            if not reverse:
                await service.deliver(service_went_live())
            for row in reversed(rows) if reverse else rows:
                await report(service, row)
            if reverse:
                await service.deliver(service_went_live())
            for breach in reversed(breaches) if reverse else breaches:
                await service.deliver(breach)
            await service.advance(datetime(2025, 6, 2, tzinfo=UTC))
            totals.append(
                [
                    (invoice.invoice_number, invoice.period, invoice.total_ore)
                    for invoice in await service.published(InvoiceIssued)
                ]
            )
    assert totals[0] == totals[1]
    assert len(totals[0]) == 4
