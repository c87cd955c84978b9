"""Life events: who was who in both times, and what happens to cases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from services.chassis.identity import Role
from services.contracts.onboarding import AgencyLifeEventRecorded, CaseWithdrawn
from tests.component.onboarding.agencies.register import (
    ESV,
    NEW_YEAR,
    PENSION,
    STATSKONTORET,
    nothing_changes,
    register,
)
from tests.component.onboarding.walk import done, refused

NOVEMBER = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
JANUARY = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)


async def test_who_was_the_customer_in_2025_and_in_2026(database_url: str) -> None:
    """On 1 January 2026 Ekonomistyrningsverket absorbed Statskontoret and took its name."""
    async with (
        register(database_url) as known,
        known.service.client(Role.AGENCY, org_number=ESV) as heir,
        known.service.client(Role.AGENCY, org_number=STATSKONTORET) as former,
    ):
        await known.enter(ESV, STATSKONTORET)
        case_id = await known.open(STATSKONTORET, "payroll")
        own = await known.open(ESV, "supplier-ledger")
        known.service.at(NOVEMBER)
        merged, renamed = await known.merge()
        assert merged["applied_at"] is None
        assert [item["effect"] for item in merged["consequences"]] == ["case_passes"]
        assert [item["effect"] for item in renamed["consequences"]] == ["name_shown"]
        assert done(await former.get(f"/v1/cases/{case_id}"))["customer_name"] == "Statskontoret"
        refused(await heir.get(f"/v1/cases/{case_id}"), 404, "not_found")

        await known.service.advance(JANUARY)
        refused(await former.get(f"/v1/cases/{case_id}"), 404, "not_found")
        assert done(await heir.get(f"/v1/cases/{case_id}"))["org_number"] == ESV
        seen = done(await heir.get(f"/v1/cases/{own}"))
        assert seen["customer_name"] == "Statskontoret"
        assert "passes to 202100-5026" in await known.told(case_id)
        assert "carries the name Statskontoret" in await known.told(own)
        entry = await known.read(f"agencies/{STATSKONTORET}")
        assert (entry["status"], entry["successors"]) == ("merged", [ESV])

        before = await known.customer(case_id, "2025-12-31")
        after = await known.customer(case_id, NEW_YEAR)
        assert (before["org_number"], before["name"]) == (STATSKONTORET, "Statskontoret")
        assert (after["org_number"], after["name"]) == (ESV, "Statskontoret")
        assert after["successions"] == [
            {"from_org": STATSKONTORET, "to_org": ESV, "effective_on": NEW_YEAR}
        ]
        not_yet = await known.customer(case_id, NEW_YEAR, known_at="2025-10-20T12:00:00Z")
        assert not_yet["org_number"] == STATSKONTORET
        names = {
            day: (await known.read(f"agencies/{ESV}/standing?valid_on={day}"))["name"]
            for day in ("2025-12-31", NEW_YEAR)
        }
        assert names == {"2025-12-31": "Ekonomistyrningsverket", NEW_YEAR: "Statskontoret"}
        events = await known.service.published(AgencyLifeEventRecorded)
        assert [(event.kind.value, str(event.effective_on)) for event in events] == [
            ("merged", NEW_YEAR),
            ("renamed", NEW_YEAR),
        ]


async def test_a_preview_keeps_nothing_and_says_what_would_be_done(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(ESV, STATSKONTORET)
        double = await known.open(STATSKONTORET, "payroll")
        other = await known.open(STATSKONTORET, "supplier-ledger")
        await known.open(ESV, "payroll")
        body = {"kind": "merged", "effective_on": "2025-10-01", "successor": ESV}
        async with nothing_changes(known):
            answer = await known.post(f"agencies/{STATSKONTORET}/life-events/preview", body)
            foreseen = done(answer)
        assert foreseen["takes_effect_at_once"] is True
        effects = {item["case_id"]: item["effect"] for item in foreseen["consequences"]}
        assert effects == {double: "case_withdrawn", other: "case_passes"}
        recorded = await known.event(STATSKONTORET, "merged", "2025-10-01", successor=ESV)
        assert recorded["consequences"] == foreseen["consequences"]
        (withdrawn,) = await known.service.published(CaseWithdrawn)
        assert withdrawn.case_id == double
        cases = {item["id"]: item for item in (await known.read("cases"))["items"]}
        assert cases[double]["status"] == "withdrawn"
        assert cases[other]["org_number"] == ESV
        assert "has an open case for payroll" in await known.told(double)
        answer = await known.post("cases", {"org_number": STATSKONTORET, "services": ["payroll"]})
        assert refused(answer, 409, "agency_not_active")["successors"] == [ESV]


async def test_closing_withdraws_open_cases_on_the_day(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(PENSION)
        case_id = await known.open(PENSION, "payroll")
        await known.event(PENSION, "closed")
        assert (await known.read(f"cases/{case_id}"))["status"] == "active"
        await known.service.advance(JANUARY)
        assert (await known.read(f"cases/{case_id}"))["status"] == "withdrawn"
        (withdrawn,) = await known.service.published(CaseWithdrawn)
        assert str(withdrawn.withdrawn_on) == NEW_YEAR


async def test_a_split_leaves_cases_to_be_settled(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(ESV, STATSKONTORET, PENSION)
        ahead, late = (
            await known.open(STATSKONTORET, "payroll"),
            await known.open(STATSKONTORET, "supplier-ledger"),
        )
        split = await known.event(STATSKONTORET, "split", successors=[ESV, PENSION])
        assert {item["effect"] for item in split["consequences"]} == {"decision_needed"}
        path = f"agencies/{STATSKONTORET}/life-events/{split['id']}/cases"
        async with nothing_changes(known):
            answer = await known.post(path, {"case_id": ahead, "successor": STATSKONTORET})
            refused(answer, 422, "not_a_successor")
        for successor in (PENSION, ESV):
            done(await known.post(path, {"case_id": ahead, "successor": successor}), 201)
        await known.service.advance(JANUARY)
        assert (await known.customer(ahead, NEW_YEAR))["org_number"] == ESV
        assert (await known.read(f"cases/{ahead}"))["org_number"] == ESV
        assert (await known.customer(late, NEW_YEAR))["org_number"] == STATSKONTORET
        settled = done(await known.post(path, {"case_id": late, "successor": PENSION}), 201)
        assert [item["effect"] for item in settled["consequences"]] == ["case_passes"]
        assert (await known.customer(late, NEW_YEAR))["org_number"] == PENSION
        assert (await known.customer(late, "2025-12-31"))["org_number"] == STATSKONTORET
        answer = await known.post(path, {"case_id": late, "successor": ESV})
        refused(answer, 409, "no_decision_needed")


async def test_a_wrong_record_is_corrected_and_withdrawn(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(ESV, STATSKONTORET)
        case_id = await known.open(STATSKONTORET, "payroll")
        wrong = await known.event(STATSKONTORET, "merged", "2025-10-01", successor=ESV)
        assert (await known.read(f"cases/{case_id}"))["org_number"] == ESV
        known.service.at(NOVEMBER)
        path = f"agencies/{STATSKONTORET}/life-events/{wrong['id']}/correction"
        replacement = {"kind": "merged", "effective_on": NEW_YEAR, "successor": ESV}
        body = {"reason": "Riksdagens beslut gäller från årsskiftet.", "replacement": replacement}
        corrected = done(await known.post(path, body), 201)
        assert [item["effect"] for item in corrected["consequences"]] == [
            "case_returns",
            "case_passes",
        ]
        assert (await known.read(f"cases/{case_id}"))["org_number"] == STATSKONTORET
        assert (await known.read(f"agencies/{STATSKONTORET}"))["status"] == "active"
        async with nothing_changes(known):
            refused(await known.post(path, body), 409, "life_event_already_corrected")
        believed = await known.customer(case_id, "2025-10-15", known_at="2025-10-20T12:00:00Z")
        assert believed["org_number"] == ESV
        assert (await known.customer(case_id, "2025-10-15"))["org_number"] == STATSKONTORET
        await known.service.advance(JANUARY)
        assert (await known.read(f"cases/{case_id}"))["org_number"] == ESV
        path = f"agencies/{STATSKONTORET}/life-events/{corrected['id']}/correction"
        withdrawn = done(await known.post(path, {"reason": "Uppgiften var fel."}), 201)
        assert withdrawn["withdrawn"] is True
        assert (await known.customer(case_id, NEW_YEAR))["org_number"] == STATSKONTORET
        events = await known.service.published(AgencyLifeEventRecorded)
        assert [(event.corrects, event.withdrawn) for event in events] == [
            (None, False),
            (wrong["id"], False),
            (corrected["id"], True),
        ]


AFTER_THE_END: list[tuple[dict[str, str], int, str]] = [
    ({"kind": "closed", "effective_on": "2024-12-31"}, 422, "life_event_before_registration"),
    ({"kind": "closed", "effective_on": "2026-02-01"}, 409, "agency_ceased"),
    ({"kind": "merged", "successor": PENSION}, 409, "agency_ceased"),
    ({"kind": "renamed", "name": "Nytt", "effective_on": "2026-02-01"}, 409, "agency_ceased"),
    ({"kind": "closed", "effective_on": "2025-11-01"}, 409, "agency_ceased"),
]


async def test_what_comes_after_the_end_is_refused(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(ESV, STATSKONTORET, PENSION)
        await known.event(STATSKONTORET, "merged", successor=ESV)
        async with nothing_changes(known):
            for body, status, code in AFTER_THE_END:
                answer = await known.post(
                    f"agencies/{STATSKONTORET}/life-events", {"effective_on": NEW_YEAR, **body}
                )
                refused(answer, status, code)


async def test_successors_have_to_be_there(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(ESV, STATSKONTORET)
        await known.event(STATSKONTORET, "merged", successor=ESV)
        wanted: list[tuple[str, dict[str, Any], int, str]] = [
            (ESV, {"kind": "merged", "successor": ESV}, 422, "successor_is_itself"),
            (ESV, {"kind": "merged", "successor": PENSION}, 422, "successor_unknown"),
            (ESV, {"kind": "merged", "successor": STATSKONTORET}, 409, "succession_circular"),
            (ESV, {"kind": "closed"}, 409, "awaited_as_successor"),
            (ESV, {"kind": "split", "successors": [PENSION]}, 422, "split_needs_successors"),
            (
                ESV,
                {"kind": "moved", "city": "Stockholm"},
                409,
                "life_event_changes_nothing",
            ),
        ]
        async with nothing_changes(known):
            for org_number, body, status, code in wanted:
                answer = await known.post(
                    f"agencies/{org_number}/life-events", {"effective_on": NEW_YEAR, **body}
                )
                refused(answer, status, code)
            answer = await known.staff.get(f"/ops/v1/agencies/{ESV}/standing?valid_on=2024-01-01")
            refused(answer, 404, "not_known_then")


async def test_two_mergers_into_each_other_at_once(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(ESV, STATSKONTORET)
        answers = await asyncio.gather(
            *(
                known.post(
                    f"agencies/{absorbed}/life-events",
                    {"kind": "merged", "effective_on": NEW_YEAR, "successor": heir},
                )
                for absorbed, heir in ((ESV, STATSKONTORET), (STATSKONTORET, ESV))
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (event,) = await known.service.published(AgencyLifeEventRecorded)
        assert event.kind.value == "merged"
