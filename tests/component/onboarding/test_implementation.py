"""Phase 4 over HTTP: readiness, reconciliation, go and go-live; a case walked there goes live."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.contracts.onboarding import ServiceWentLive
from services.contracts.values import Phase
from tests.component.onboarding.in_operation import Centre, InOperation, centre
from tests.component.onboarding.walk import (
    GO_LIVE,
    Walk,
    done,
    nothing_changes,
    refused,
    walking,
)

READY = {"ready": True, "evidence": "Protokoll."}
FEES = {"payroll": (5_000, 20_000), "e-commerce": (2_000, 900)}
TODAY = date(2026, 3, 2)


async def implementing(found: Centre, phase: Phase = Phase.IMPLEMENTATION) -> InOperation:
    """A case in phase 4 with nothing live."""
    return await found.customer(
        "202100-6255", "Pensionsmyndigheten", FEES, phase=phase, live_on=None
    )


async def readiness(one: InOperation) -> dict[str, Any]:
    """The readiness items by their key."""
    path = f"/v1/cases/{one.case_id}/implementation"
    return {item["item"]: item for item in done(await one.agency.get(path))["readiness"]}


async def missing_items(walk: Walk, service: str = "payroll", live_on: date = GO_LIVE) -> set[str]:
    """What a refused go-live says is missing, by item; the refusal leaves no trace."""
    async with nothing_changes(walk):
        problem = refused(await walk.go_live(service, live_on), 409, "go_live_not_ready")
    return {lack["item"] for lack in problem["missing"]}


async def test_each_readiness_item_has_its_owner_and_its_subjects(database_url: str) -> None:
    async with centre(database_url) as found:
        one = await implementing(found)
        items = await readiness(one)
        areas = {item["area"] for item in items.values()}
        assert areas == {"programme", "system", "workforce", "operations"}
        path = f"/v1/cases/{one.case_id}/readiness"
        for key, item in items.items():
            if item["owner"] == "customer":
                answer = await found.staff.put(f"/ops{path}/{key}", json=READY)
                assert refused(answer, 403, "not_your_item")["owner"] == "customer"
            if item["owner"] == "centre":
                answer = await one.agency.put(f"{path}/{key}", json=READY)
                refused(answer, 403, "not_your_item")
        refused(await one.agency.put(f"{path}/no-such", json=READY), 404, "readiness_item_unknown")
        shared = f"{path}/contacts-known"
        assert done(await one.agency.put(shared, json=READY))["ready"] is False
        assert done(await found.staff.put(f"/ops{shared}", json=READY))["ready"] is True
        gone = {"ready": False, "evidence": "En kontakt har slutat."}
        assert done(await one.agency.put(shared, json=gone))["ready"] is False

        each = f"{path}/data-delivered"
        assert items["data-delivered"]["services"] == ["e-commerce", "payroll"]
        half = done(await one.agency.put(each, json={**READY, "service": "payroll"}))
        assert (half["ready"], half["statements"][0]["service"]) == (False, "payroll")
        assert done(await one.agency.put(each, json=READY))["ready"] is True
        other = {**READY, "service": "fixed-assets"}
        refused(await one.agency.put(each, json=other), 422, "service_not_in_case")
        unknown = {**READY, "document_id": one.case_id}
        refused(await one.agency.put(each, json=unknown), 422, "document_unknown")
        assert len((await readiness(one))["data-delivered"]["statements"]) == 2


async def test_what_belongs_to_phase_4_is_refused_before_it(database_url: str) -> None:
    async with centre(database_url) as found:
        one = await implementing(found, Phase.AGREEMENT)
        path = f"/v1/cases/{one.case_id}"
        ready = await one.agency.put(f"{path}/readiness/contacts-known", json=READY)
        refused(ready, 409, "wrong_phase")
        need = await one.agency.put(
            f"{path}/training/needs/payroll/approvers", json={"to_be_trained": 1}
        )
        refused(need, 409, "wrong_phase")


async def test_go_is_decided_30_to_60_days_ahead_by_who_has_seen_the_case(
    database_url: str,
) -> None:
    async with centre(database_url) as found:
        one = await implementing(found)
        path = f"/v1/cases/{one.case_id}/go-decisions"
        for ahead, status in ((29, 422), (30, 201), (60, 201), (61, 422), (-1, 422)):
            day = (TODAY + timedelta(days=ahead)).isoformat()
            body = {"decision": "go", "go_live_on": day, "mandate": "GD"}
            answer = await one.agency.post(path, json=body)
            assert answer.status_code == status, answer.text
            if status == 422:
                refused(answer, 422, "go_live_outside_window")
        body = {"decision": "go", "go_live_on": "2026-04-15", "mandate": "GD"}
        stale = await one.agency.post(path, json=body, headers={"If-Match": '"1"'})
        assert refused(stale, 412, "precondition_failed")["current"]["phase"] == "implementation"
        no_go = {"decision": "no_go", "go_live_on": TODAY.isoformat(), "mandate": "GD"}
        refused(await one.agency.post(path, json=no_go), 422, "reason_required")


async def test_a_case_goes_live_when_all_that_is_asked_for_holds(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_implementation()
        walk.service.at(datetime(2025, 4, 1, 6, 0, tzinfo=UTC))
        problem = refused(await walk.go_live("payroll", date(2025, 4, 1)), 409, "go_live_not_ready")
        parts = sum(
            2 if item["owner"] == "shared" else 1 for item in (await walk.seen())["readiness"]
        )
        items = [lack["item"] for lack in problem["missing"]]
        assert items.count("readiness-complete") == parts
        assert items.count("go-decided") == 2
        assert {"data-reconciled", "parallel-runs-approved", "training-complete"} <= set(items)
        assert "agreement-in-force" in items
        await walk.confirm_readiness()
        await walk.train()
        await walk.run_payroll_twice()
        await walk.finish_workstreams()
        await walk.decide_go()
        walk.service.at(datetime(2025, 6, 1, 6, 0, tzinfo=UTC))

        assert await missing_items(walk) == {"data-reconciled"}
        lost = await walk.reconcile(target_count=1_799)
        assert (lost["within_tolerance"], lost["holds"]) == (False, False)
        why = "En dubblett togs bort."
        explained = await walk.reconcile(target_count=1_799, explanation=why)
        assert (explained["run"], explained["needs_approval"]) == (2, True)
        assert await missing_items(walk) == {"data-reconciled"}
        superseded = f"/reconciliations/{lost['id']}/approval"
        approval = f"/reconciliations/{explained['id']}/approval"
        async with nothing_changes(walk):
            answer = await walk.customer("POST", superseded, {"approved": True})
            refused(answer, 409, "superseded_by_later_run")
            answer = await walk.customer("POST", approval, {"approved": False})
            refused(answer, 422, "rejection_needs_note")
            assert (await walk.staff("POST", approval, {"approved": True})).status_code == 404
        assert done(await walk.customer("POST", approval, {"approved": True}), 201)["holds"] is True
        again = await walk.customer("POST", approval, {"approved": True})
        refused(again, 409, "explanation_not_waiting")
        runs = done(await walk.customer("GET", "/reconciliations"))["items"]
        assert [(run["batch"], run["run"]) for run in runs] == [("employees", 1), ("employees", 2)]

        refused(await walk.go_live("payroll", date(2025, 6, 2)), 422, "live_on_in_future")
        refused(await walk.go_live("e-commerce"), 422, "service_not_in_case")
        early = await missing_items(walk, live_on=date(2025, 5, 31))
        assert early == {"go-live-day", "agreement-in-force"}
        no_go = {**walk.go(date(2025, 7, 10)), "decision": "no_go", "reason": "Skattefel."}
        told = done(await walk.staff("POST", "/go-decisions", no_go), 201)
        assert told["new_earliest_on"] == "2025-07-11"
        assert "time-plan-moved" in [entry["kind"] for entry in told["consequences"]]
        assert done(await walk.customer("GET", "/time-plan"))["go_live_on"] == "2025-07-11"
        assert await missing_items(walk) == {"go-decided"}
        for speak in (walk.staff, walk.customer):
            done(await speak("POST", "/go-decisions", walk.go(date(2025, 7, 15))), 201)
        assert (await walk.seen())["decided_go_live_on"] == "2025-07-15"
        assert await missing_items(walk) == {"go-live-day"}
        walk.service.at(datetime(2025, 7, 15, 6, 0, tzinfo=UTC))
        done(await walk.go_live("payroll", date(2025, 7, 15)))
        refused(await walk.go_live("payroll", date(2025, 7, 15)), 409, "already_live")
        assert len(await walk.service.published(ServiceWentLive)) == 1


async def test_services_go_live_one_by_one(database_url: str) -> None:
    async with walking(database_url, "payroll", "e-commerce") as walk:
        await walk.to_implementation()
        await walk.confirm_readiness()
        await walk.train()
        await walk.reconcile()
        await walk.finish_workstreams()
        walk.service.at(datetime(2025, 4, 17, 9, 0, tzinfo=UTC))
        go = {**walk.go(), "service": "e-commerce"}
        for speak in (walk.staff, walk.customer):
            done(await speak("POST", "/go-decisions", go), 201)
        walk.service.at(datetime(2025, 6, 1, 6, 0, tzinfo=UTC))
        # Payroll has neither its parallel runs nor its decisions; e-commerce needs none of them.
        assert await missing_items(walk) == {"parallel-runs-approved", "go-decided"}
        done(await walk.go_live("e-commerce"))
        problem = refused(await walk.enter("stabilisation"), 409, "gate_not_open")
        assert {lack["item"] for lack in problem["missing"]} == {
            "parallel-runs-approved",
            "go-decided",
            "services-live",
        }
        assert "(payroll)" in str(problem["missing"])
        refused(await walk.staff("POST", "/go-decisions", go), 409, "already_live")
