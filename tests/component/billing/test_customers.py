"""Who the customer was: the merger of 1 January 2026, and agencies that close."""

from __future__ import annotations

from datetime import UTC, date, datetime

import httpx
import pytest

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import InvoiceIssued, TrueUpSettled
from services.contracts.values import LifeEventKind
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    PENSIONS,
    agency_registered,
    agreement_signed,
    level_breached,
    life_event,
    service_went_live,
)

ESV, STATSKONTORET = "202100-5026", "202100-0852"
OLD_NAME, NEW_NAME = "Ekonomistyrningsverket", "Statskontoret"
SIGNED = {
    ESV: {"org_number": ESV, "customer_name": OLD_NAME},
    STATSKONTORET: {
        "org_number": STATSKONTORET,
        "customer_name": "Statskontoret",
        "case_id": "case-2",
        "agreement_id": "agreement-2",
    },
}
LIVE = date(2025, 11, 1)
MERGER = life_event(LifeEventKind.MERGED, STATSKONTORET, successors=(ESV,))
RENAME = life_event(LifeEventKind.RENAMED, ESV, name=NEW_NAME)


@pytest.fixture
async def both(billing: RunningService) -> RunningService:
    """Two customers in operation since November 2025, the merger known in December."""
    for org_number, signed in SIGNED.items():
        await billing.deliver(agency_registered(org_number, signed["customer_name"]))
        await billing.deliver(agreement_signed(**signed))
        keys = {key: signed[key] for key in ("case_id", "agreement_id") if key in signed}
        await billing.deliver(service_went_live(org_number=org_number, live_on=LIVE, **keys))
    await billing.advance(datetime(2025, 12, 15, 9, tzinfo=UTC))
    await billing.deliver(MERGER)
    await billing.deliver(RENAME)
    return billing


async def customer(service: RunningService, org_number: str, **query: str) -> httpx.Response:
    async with service.client(Role.FINANCE) as client:
        return await client.get(f"/ops/v1/customers/{org_number}", params=query)


async def test_december_says_the_old_name_and_january_the_new(
    both: RunningService, reader: Reader
) -> None:
    await both.advance(datetime(2026, 3, 2, tzinfo=UTC))
    issued = {
        (each["subscription_id"], each["period"]): each for each in await reader.items("/invoices")
    }
    subscriptions = {each["case_id"]: each["id"] for each in await reader.items("/subscriptions")}
    told = {
        (case, period): (invoice["org_number"], invoice["customer_name"], invoice["issued_on"])
        for case in ("case-1", "case-2")
        for period in ("2025-12", "2026-01")
        if (invoice := issued[subscriptions[case], period])
    }
    assert told == {
        ("case-1", "2025-12"): (ESV, OLD_NAME, "2026-01-01"),
        ("case-1", "2026-01"): (ESV, NEW_NAME, "2026-02-01"),
        ("case-2", "2025-12"): (STATSKONTORET, "Statskontoret", "2026-01-01"),
        ("case-2", "2026-01"): (ESV, NEW_NAME, "2026-02-01"),
    }


async def test_the_successor_sees_what_it_took_over_and_the_old_number_what_was_its_own(
    both: RunningService,
) -> None:
    async def seen(who: str, path: str, **query: str) -> set[tuple[str, str]]:
        async with both.client(Role.AGENCY, org_number=who) as client:
            answer = await client.get(f"/v1{path}", params=query)
            assert answer.status_code == 200, answer.text
            return {
                (each["org_number"], each.get("period") or each["case_id"])
                for each in answer.json()["items"]
            }

    assert await seen(STATSKONTORET, "/subscriptions") == {(STATSKONTORET, "case-2")}
    assert await seen(ESV, "/subscriptions") == {(ESV, "case-1")}
    await both.advance(datetime(2026, 2, 2, tzinfo=UTC))
    # Volumes may come under either number: of the old one only those of its own time show.
    for number, period in ((1, "2025-12"), (2, "2026-01")):
        await report(both, volume_row(str(number), period, 900, org_number=STATSKONTORET))
    await both.deliver(
        level_breached(
            1,
            agreement_id="agreement-2",
            org_number=STATSKONTORET,
            breached_at=datetime(2026, 1, 20, 9, tzinfo=UTC),
        )
    )
    assert await seen(STATSKONTORET, "/subscriptions") == set()
    assert await seen(ESV, "/subscriptions") == {(ESV, "case-1"), (ESV, "case-2")}
    own = {(STATSKONTORET, "2025-11"), (STATSKONTORET, "2025-12")}
    assert await seen(STATSKONTORET, "/invoices") == own
    months = ("2025-11", "2025-12", "2026-01")
    assert await seen(ESV, "/invoices") == own | {(ESV, period) for period in months}
    assert await seen(ESV, "/invoices", org_number=STATSKONTORET) == own
    assert await seen(STATSKONTORET, "/volumes") == {(STATSKONTORET, "2025-12")}
    assert await seen(ESV, "/volumes") == {(STATSKONTORET, "2025-12"), (STATSKONTORET, "2026-01")}
    assert (await seen(STATSKONTORET, "/credits"), await seen(ESV, "/credits")) == (
        set(),
        {(ESV, "2026-01")},
    )
    async with both.client(Role.AGENCY, org_number=STATSKONTORET) as client:
        foreign = await client.get("/v1/invoices", params={"org_number": ESV})
        assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")

    # The true-up follows the subscription, the volumes under the old number with it.
    await both.advance(datetime(2026, 5, 2, tzinfo=UTC))
    *year_end, first, second = await both.published(TrueUpSettled)
    assert {each.org_number for each in year_end} == {ESV, STATSKONTORET}
    assert all(each.difference_ore == 0 for each in year_end)
    assert [first.org_number, second.org_number] == [ESV, ESV]
    assert sorted([first.difference_ore, second.difference_ore]) == [-2 * 100 * 6_200, 0]


async def test_a_customer_can_be_asked_about_in_both_times(both: RunningService) -> None:
    december = (await customer(both, STATSKONTORET, valid_on="2025-12-31")).json()
    january = (await customer(both, STATSKONTORET, valid_on="2026-01-01")).json()
    assert (december["name"], december["successor"]) == ("Statskontoret", None)
    assert january["successor"] == {"org_number": ESV, "name": NEW_NAME, "since": "2026-01-01"}
    shown = (await customer(both, ESV, valid_on="2026-01-01")).json()
    assert shown["name"] == NEW_NAME
    assert [each["org_number"] for each in shown["taken_over"]] == [STATSKONTORET]
    assert [(each["name"], each["first_day"], each["last_day"]) for each in shown["names"]] == [
        (OLD_NAME, None, "2025-12-31"),
        (NEW_NAME, "2026-01-01", None),
    ]
    # Before the middle of December nobody here knew.
    then = await customer(both, ESV, valid_on="2026-01-01", known_at="2025-12-01T00:00:00Z")
    assert (then.json()["name"], then.json()["life_events"]) == (OLD_NAME, [])
    unknown = await customer(both, ESV, known_at="2024-12-01T00:00:00+01:00")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")

    await both.deliver(
        life_event(
            LifeEventKind.RENAMED,
            ESV,
            life_event_id="correction",
            name="Statskontoret 2026",
            corrects=RENAME.life_event_id,
        )
    )
    await both.deliver(RENAME)  # again, late
    after = (await customer(both, ESV, valid_on="2026-01-01")).json()
    assert after["name"] == "Statskontoret 2026"
    assert {each["id"]: each["holds"] for each in after["life_events"]} == {
        MERGER.life_event_id: True,
        RENAME.life_event_id: False,
        "correction": True,
    }


async def test_a_split_passes_the_one_agreement_that_was_decided_on(
    both: RunningService, reader: Reader
) -> None:
    await both.deliver(
        life_event(
            LifeEventKind.SPLIT,
            ESV,
            effective_on=date(2026, 2, 1),
            successors=(PENSIONS,),
            agreement_id="agreement-1",
        )
    )
    await both.advance(datetime(2026, 3, 2, tzinfo=UTC))
    async with both.client(Role.AGENCY, org_number=PENSIONS) as client:
        [taken] = (await client.get("/v1/subscriptions")).json()["items"]
        seen = (await client.get("/v1/invoices")).json()["items"]
    assert (taken["case_id"], taken["org_number"]) == ("case-1", PENSIONS)
    assert [(each["org_number"], each["period"]) for each in seen] == [
        (ESV, "2025-11"),
        (ESV, "2025-12"),
        (ESV, "2026-01"),
        (PENSIONS, "2026-02"),
    ]
    async with both.client(Role.AGENCY, org_number=ESV) as client:
        left = (await client.get("/v1/subscriptions")).json()["items"]
        gone = await client.get(f"/v1/subscriptions/{taken['id']}")
    assert [each["case_id"] for each in left] == ["case-2"]
    assert gone.status_code == 404
    counted = await report(both, volume_row("1", "2026-02", 900, org_number=PENSIONS))
    assert counted["accepted"] == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1, 0)])
async def test_a_decision_after_a_split_that_is_withdrawn_passes_nothing(
    both: RunningService, order: tuple[int, ...]
) -> None:
    fields = {
        "effective_on": date(2026, 2, 1),
        "successors": (PENSIONS,),
        "agreement_id": "agreement-1",
    }
    decided = life_event(LifeEventKind.SPLIT, ESV, life_event_id="decided", **fields)
    withdrawn = life_event(
        LifeEventKind.SPLIT,
        ESV,
        life_event_id="withdrawn",
        corrects="decided",
        withdrawn=True,
        **fields,
    )
    for number in order:
        await both.deliver((decided, withdrawn)[number])
    await both.advance(datetime(2026, 3, 2, tzinfo=UTC))
    async with both.client(Role.AGENCY, org_number=PENSIONS) as client:
        assert (await client.get("/v1/subscriptions")).json()["items"] == []
    async with both.client(Role.AGENCY, org_number=ESV) as client:
        kept = (await client.get("/v1/subscriptions")).json()["items"]
        issued = (await client.get("/v1/invoices")).json()["items"]
    assert {each["case_id"] for each in kept} == {"case-1", "case-2"}
    assert (ESV, "2026-02") in {(each["org_number"], each["period"]) for each in issued}


async def test_charging_ends_when_a_customer_closes_without_a_successor(
    billing: RunningService, reader: Reader
) -> None:
    closed = life_event(LifeEventKind.CLOSED, PENSIONS, effective_on=date(2025, 4, 16))
    await billing.deliver(closed)  # before anything else is known of the agency
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live())
    await billing.advance(datetime(2025, 7, 2, tzinfo=UTC))
    issued = await billing.published(InvoiceIssued)
    assert [each.period for each in issued] == ["2025-02", "2025-03", "2025-04"]
    assert issued[-1].total_ore == issued[0].total_ore // 2  # 15 of 30 days
    assert (await reader.items("/subscriptions"))[0]["status"] == "ended"
