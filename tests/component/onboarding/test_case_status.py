"""Pausing, resuming, withdrawing and sending back; conditions and races."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.chassis.identity import Role
from services.contracts import onboarding
from tests.component.onboarding.walk import (
    ORG,
    START,
    Walk,
    done,
    nothing_changes,
    refused,
    walking,
)

LATER = START + timedelta(days=10)


def item(case: dict[str, Any], key: str) -> dict[str, Any]:
    """An item of a case's gates."""
    return next(one for gate in case["gates"] for one in gate["items"] if one["key"] == key)


async def pause(walk: Walk, until: str = "2025-03-01") -> dict[str, Any]:
    body = {"reason": "Omorganisation hos kunden.", "expected_resume_on": until}
    return done(await walk.staff("POST", "/pause", body))


async def send_back(walk: Walk, to: str, **more: object) -> Any:
    body = {"to": to, "cause": "scope-change", "reason": "Omfattningen ändras.", **more}
    return await walk.staff("POST", "/send-back", body)


async def test_a_paused_case_stands_still_and_its_days_move(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        by_hand = {"due_on": "2025-01-20", "evidence": "Beställd."}
        done(await walk.staff("PUT", "/gate-items/letter_of_intent/fee-indicated", by_hand))
        before = await walk.seen()
        async with nothing_changes(walk), walk.service.client(Role.FINANCE) as finance:
            body = {"reason": "x", "expected_resume_on": "2025-01-07"}
            refused(await walk.staff("POST", "/pause", body), 422, "resume_date_past")
            path = f"/ops/v1/cases/{walk.case_id}/pause"
            refused(await finance.post(path, json=body), 403, "forbidden")
        assert item(before, "fee-indicated")["due_by_hand"] is True
        paused = await pause(walk)
        assert (paused["status"], paused["paused_on"]) == ("paused", "2025-01-07")

        async with nothing_changes(walk):
            refused(await walk.customer("PUT", "/baseline", walk.baseline()), 409, "case_paused")
            refused(await walk.enter("gap_analysis"), 409, "case_paused")
            refused(await send_back(walk, "letter_of_intent"), 409, "case_paused")
        walk.service.at(START + timedelta(days=40))
        # Had the clock not stood still, the day would be long past.
        standing = await walk.seen()
        assert item(standing, "fee-indicated")["overdue"] is False
        assert done(await walk.centre.get("/ops/v1/cases?overdue=true"))["items"] == []

        resumed = done(await walk.staff("POST", "/resume"))
        assert (resumed["status"], resumed["days_paused"]) == ("active", 40)
        after = await walk.seen()
        assert item(after, "fee-indicated")["due_on"] == "2025-03-01"
        moved = date.fromisoformat(after["time_plan"]["go_live_on"])
        planned = date.fromisoformat(before["time_plan"]["go_live_on"])
        assert 40 <= (moved - planned).days <= 43
        refused(await walk.staff("POST", "/resume"), 409, "case_not_paused")
        walk.service.at(START + timedelta(days=80))
        (late,) = done(await walk.centre.get("/ops/v1/cases?overdue=true"))["items"]
        assert late["id"] == walk.case_id
        (event,) = await walk.service.published(onboarding.CaseResumed)
        assert event.days_paused == 40


async def test_either_party_withdraws_and_may_begin_anew(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        first = walk.case_id
        again = {"org_number": ORG, "services": ["payroll"]}
        taken = refused(
            await walk.centre.post("/ops/v1/cases", json=again), 409, "case_already_open"
        )
        assert taken["case_id"] == first
        body = {"reason": "Regeringen har ändrat uppdraget."}
        withdrawn = done(await walk.customer("POST", "/withdraw", body))
        assert (withdrawn["status"], withdrawn["status_reason"]) == ("withdrawn", body["reason"])
        async with nothing_changes(walk):
            for command in ("/withdraw", "/pause"):
                wanted = {"reason": "x"} | (
                    {"expected_resume_on": "2025-03-01"} if command == "/pause" else {}
                )
                refused(await walk.staff("POST", command, wanted), 409, "case_closed")
            refused(await walk.enter("gap_analysis"), 409, "case_closed")
        (event,) = await walk.service.published(onboarding.CaseWithdrawn)
        assert event.by == "customer"
        assert await walk.service.published(onboarding.AgreementEnded) == []
        second = done(await walk.centre.post("/ops/v1/cases", json=again), 201)["id"]
        open_cases = done(await walk.centre.get("/ops/v1/cases?status=active"))["items"]
        assert [case["id"] for case in open_cases] == [second]
        newest = done(await walk.centre.get("/ops/v1/cases?newest_first=true&limit=1"))
        assert [case["id"] for case in newest["items"]] == [second]
        older = await walk.centre.get(f"/ops/v1/cases?newest_first=true&after={newest['next']}")
        assert [case["id"] for case in done(older)["items"]] == [first]


async def test_sent_back_what_is_reopened_is_done_anew(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_agreement()
        walk.service.at(LATER)
        old_text = (await walk.draft())["content_hash"]
        gap = {"service": "payroll", "activity": "approve-payment"}
        compared_only = {"service": "payroll", "activity": "pay-salaries"}
        async with nothing_changes(walk):
            answer = await send_back(walk, "gap_analysis", gaps=[compared_only])
            assert refused(answer, 422, "gap_not_decided")["gaps"] == ["payroll/pay-salaries"]
            refused(await send_back(walk, "implementation"), 409, "no_way_back")
            refused(await send_back(walk, "gap_analysis", cause="mood"), 409, "no_way_back")

        sent = done(await send_back(walk, "gap_analysis", gaps=[gap]))
        assert (sent["phase"], sent["reopened"]) == ("gap_analysis", ["agreement", "gap-decisions"])
        assert sent["reopened_gaps"] == [gap]
        (event,) = await walk.service.published(onboarding.CaseSentBack)
        assert (event.reopened, event.reason) == (tuple(sent["reopened"]), "Omfattningen ändras.")
        (lack,) = refused(await walk.enter("agreement"), 409, "gate_not_open")["missing"]
        assert lack["item"] == "gaps-decided"
        assert datetime.fromisoformat(lack["since"]) == LATER
        assert lack["due_on"] is not None
        done(await walk.decide("approve-payment", "adopt_standard"))
        done(await walk.enter("agreement"))
        old = walk.signature(old_text)
        answer = await walk.customer("POST", "/agreement/signatures", old)
        refused(answer, 409, "agreement_not_drafted")

        # After signing, the fee changes: the signed version becomes history.
        walk.service.at(LATER + timedelta(days=1))
        await walk.sign_agreement((await walk.draft())["content_hash"])
        done(await walk.enter("implementation"))
        walk.service.at(LATER + timedelta(days=2))
        sent = done(await send_back(walk, "agreement", cause="fee-change"))
        assert sent["reopened"] == ["agreement", "fee-indication", "go-decisions"]
        lacks = refused(await walk.enter("implementation"), 409, "gate_not_open")["missing"]
        assert {lack["item"] for lack in lacks} >= {"fee-indicated", "agreement-drafted"}
        walk.service.at(LATER + timedelta(days=3))
        await walk.indicate_fee()
        drafted = await walk.draft()
        assert drafted["version"] == 3
        await walk.sign_agreement(drafted["content_hash"])
        done(await walk.enter("implementation"))
        signed = await walk.service.published(onboarding.AgreementSigned)
        assert [event.version for event in signed] == [2, 3]

        # Withdrawn after signing, the agreement ends with the case.
        agreement_id = await walk.agreement_id()
        done(await walk.staff("POST", "/withdraw", {"reason": "Myndigheten läggs ned."}))
        (ended,) = await walk.service.published(onboarding.AgreementEnded)
        assert (ended.agreement_id, ended.reason) == (agreement_id, "withdrawn")


async def test_of_those_who_have_seen_one_version_one_wins(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        answer = await walk.customer("GET", "")
        tag = answer.headers["ETag"]
        assert tag == f'"{answer.json()["version"]}"'
        path = f"/v1/cases/{walk.case_id}/withdraw"
        await walk.prepare()
        async with nothing_changes(walk):
            stale = await walk.agency.post(path, json={"reason": "x"}, headers={"If-Match": tag})
            problem = refused(stale, 412, "precondition_failed")
        now = (await walk.seen())["version"]
        assert (problem["current_version"], problem["current"]["status"]) == (now, "active")
        assert stale.headers["ETag"] == f'"{now}"'
        # Of several who have seen the same version at once, one wins.
        fresh = {"If-Match": stale.headers["ETag"]}
        answers = await asyncio.gather(
            *(walk.agency.post(path, json={"reason": f"{n}"}, headers=fresh) for n in range(4))
        )
        assert sorted(answer.status_code for answer in answers)[:2] in ([200, 409], [200, 412])
        refusals = {answer.json()["code"] for answer in answers if answer.status_code != 200}
        assert refusals <= {"changed_meanwhile", "precondition_failed"}
        assert (await walk.seen())["version"] == now + 1


async def test_live_services_stay_and_the_others_follow_on_their_day(database_url: str) -> None:
    async with walking(database_url, "payroll", "e-commerce") as walk:
        await walk.ready_for_go_live()
        done(await walk.go_live("payroll"))
        async with nothing_changes(walk):
            answer = await walk.customer("POST", "/withdraw", {"reason": "x"})
            assert "exit case" in refused(answer, 409, "service_is_live")["detail"]
            refused(await send_back(walk, "gap_analysis"), 409, "sent_back_past_go_live")
        walk.service.at(datetime(2025, 6, 20, 6, 0, tzinfo=UTC))
        (lack,) = [one for one in (await walk.seen())["missing"] if one["item"] == "services-live"]
        assert "e-commerce" in lack["text"]
        refused(await walk.enter("stabilisation"), 409, "gate_not_open")
        done(await walk.go_live("e-commerce", date(2025, 6, 20)))
        done(await walk.enter("stabilisation"))
        live = {one["service"]: one["live_on"] for one in (await walk.seen())["live"]}
        assert live == {"payroll": "2025-06-01", "e-commerce": "2025-06-20"}
