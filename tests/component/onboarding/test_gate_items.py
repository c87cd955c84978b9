"""Gate items: owner, day, evidence, since when; staffing; the story of a case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.onboarding.gates import repository as gate_items
from tests.component.onboarding.test_case_status import item
from tests.component.onboarding.walk import START, Walk, done, nothing_changes, refused, walking

UNKNOWN_ID = "01900000-0000-7000-8000-000000000000"


async def stored(walk: Walk) -> dict[str, Any]:
    """The stored standing of a case's items."""
    async with walk.service.runtime.units.begin(read_only=True) as uow:
        return dict((await gate_items.standings(uow.session, [walk.case_id]))[walk.case_id])


async def test_the_stored_standing_is_what_the_case_shows(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        opened = await stored(walk)
        assert opened["baseline-recorded"].since == START
        walk.service.at(START + timedelta(days=2))
        await walk.prepare()
        await walk.indicate_fee()
        now = await stored(walk)
        seen = await walk.seen()
        for gate in seen["gates"]:
            for shown in gate["items"]:
                kept = now[shown["key"]]
                assert (shown["holds"], shown["due_on"]) == (
                    kept.holds,
                    kept.due_on.isoformat() if kept.due_on else None,
                )
        baseline = now["baseline-recorded"]
        assert (baseline.holds, baseline.since) == (True, START + timedelta(days=2))
        assert "recorded the customer's baseline" in (baseline.evidence or "")
        assert "indicated a fee" in (now["fee-indicated"].evidence or "")
        assert item(seen, "letter-signed-by-customer")["answering"] == ["Anna Ek"]

        # An account manager sets the day and the evidence of what is missing still.
        path = "/gate-items/letter_of_intent/letter-signed-by-customer"
        reckoned = item(await walk.seen(), "letter-signed-by-customer")["due_on"]
        body = {"due_on": "2025-01-10", "evidence": "Utlovat vid uppstartsmötet."}
        put = done(await walk.staff("PUT", path, body))
        assert (put["due_on"], put["due_by_hand"], put["evidence"]) == (
            "2025-01-10",
            True,
            body["evidence"],
        )
        walk.service.at(START + timedelta(days=4))
        assert item(await walk.seen(), "letter-signed-by-customer")["overdue"] is True
        (late,) = done(await walk.centre.get("/ops/v1/cases?overdue=true"))["items"]
        assert late["id"] == walk.case_id
        assert done(await walk.staff("PUT", path, {}))["due_on"] == reckoned
        async with nothing_changes(walk):
            for where, code in (
                ("/gate-items/letter_of_intent/nothing", "gate_item_unknown"),
                ("/gate-items/agreement/letter-signed-by-customer", "gate_item_unknown"),
            ):
                refused(await walk.staff("PUT", where, body), 404, code)
            unknown = {"document_id": UNKNOWN_ID}
            refused(await walk.staff("PUT", path, unknown), 422, "evidence_unknown")


async def test_a_gate_asks_for_roles_that_deputies_do_for_a_time(database_url: str) -> None:
    async with walking(database_url, "payroll", "e-commerce") as walk:
        await walk.open()
        await walk.prepare()
        only = {"role": "Tjänsteansvarig", "name": "Robin Ek", "service_area": "payroll"}
        lead = {"role": "Projektledare", "name": "Kim Lind"}
        done(await walk.customer("PUT", "/staffing", {"members": [lead, only]}))
        texts = [one["text"] for one in (await walk.seen())["missing"]]
        assert "The customer agency has not named a service owner for e-commerce." in texts
        async with nothing_changes(walk):
            wrong = {"members": [{**only, "service_area": "catering"}]}
            refused(await walk.customer("PUT", "/staffing", wrong), 422, "staffing_faulty")
        of_all = {"role": "Tjänsteansvarig", "name": "Robin Ek"}
        done(await walk.customer("PUT", "/staffing", {"members": [lead, of_all]}))

        lead = {
            "role": "account manager",
            "name": "Anna Ek",
            "valid_until": "2025-02-28",
            "deputy": "Bo Alm",
            "deputy_from": "2025-01-20",
            "deputy_until": "2025-01-31",
        }
        owner = {"role": "service owner", "name": "Eva Sand"}
        done(await walk.staff("PUT", "/staffing", {"members": [lead, owner]}))
        for day, who in (("2025-01-19", "Anna Ek"), ("2025-01-20", "Bo Alm"), ("2025-03-01", None)):
            on_day = done(await walk.customer("GET", f"/staffing?on={day}"))
            assert on_day["centre"][0]["acting"] == who
            assert [one["role_key"] for one in on_day["vacant"]] == (
                [] if who else ["account-manager"]
            )
        for manager in ("Anna Ek", "Bo Alm"):
            path = f"/ops/v1/cases?account_manager={manager}"
            assert len(done(await walk.centre.get(path))["items"]) == 1
        assert done(await walk.centre.get("/ops/v1/cases?account_manager=Eva"))["items"] == []
        # Nobody does anything, and yet the role is vacant from the first of March on.
        assert (await stored(walk))["centre-staffed"].holds
        await walk.service.advance(datetime(2025, 3, 1, 8, 0, tzinfo=UTC))
        lacking = (await stored(walk))["centre-staffed"]
        assert not lacking.holds
        assert lacking.since == datetime(2025, 2, 28, 23, 0, tzinfo=UTC)


async def test_the_timeline_reads_as_a_story(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        activities = (await walk.activities())[:5]
        for service, activity in activities:
            same = {"customer_way": "Som standard.", "gap": False}
            done(await walk.customer("PUT", f"/comparisons/{service}/{activity}", same))
        number = len(activities)
        grouped = done(await walk.customer("GET", "/timeline?grouped=true&limit=200"))["items"]
        (compared,) = [line for line in grouped if line["action"] == "activity-compared"]
        assert compared["count"] == number
        assert f"compared {number} activities" in compared["sentence"]
        assert compared["phase"] == "gap_analysis"
        # Page by page it is the same story, from either end.
        for query in ("grouped=true", "grouped=true&newest_first=true", "newest_first=true"):
            whole = done(await walk.customer("GET", f"/timeline?{query}&limit=200"))["items"]
            pages: list[Any] = []
            after = ""
            while True:
                page = done(await walk.customer("GET", f"/timeline?{query}&limit=7{after}"))
                pages += page["items"]
                if page["next"] is None:
                    break
                after = f"&after={page['next']}"
            assert pages == whole
        only = done(await walk.customer("GET", "/timeline?action=letter-signed"))["items"]
        assert len(only) == 2
        assert any(ref["kind"] == "document" for line in only for ref in line["refs"])

        english = await walk.customer("GET", "/timeline.md")
        assert english.headers["content-type"] == "text/markdown; charset=utf-8"
        assert "## Gap analysis" in english.text
        path = f"/v1/cases/{walk.case_id}/timeline.md"
        swedish = await walk.agency.get(path, headers={"Accept-Language": "sv-SE, en;q=0.5"})
        assert swedish.headers["content-language"] == "sv"
        assert f"Pensionsmyndigheten jämförde {number} aktiviteter med standarden." in swedish.text
