"""Parallel runs, training, no-go and roll-back over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import httpx

from services.chassis.clock import STOCKHOLM
from services.contracts.collab_model import LevelResult, PeriodClosed
from services.contracts.onboarding import CaseSentBack, ServiceRolledBack
from services.contracts.values import Phase
from tests.component.onboarding.in_operation import Centre, InOperation, centre
from tests.component.onboarding.walk import done, refused

ORG = "202100-6255"
FEES = {"payroll": (5_000, 20_000), "e-commerce": (2_000, 900)}
HEADING = "löneart;benämning;antal gammalt;antal nytt;summa gammalt;summa nytt"


async def implementing(found: Centre) -> InOperation:
    """A case in phase 4 with nothing live."""
    return await found.customer(
        ORG, "Pensionsmyndigheten", FEES, phase=Phase.IMPLEMENTATION, live_on=None
    )


async def overview(one: InOperation) -> dict[str, Any]:
    """Phase 4 as the agency sees it."""
    return done(await one.agency.get(f"/v1/cases/{one.case_id}/implementation"))


async def upload(found: Centre, one: InOperation, period: str, *rows: str) -> httpx.Response:
    """Send a run as a file."""
    return await found.staff.post(
        f"/ops/v1/cases/{one.case_id}/parallel-runs/file?service=payroll&period={period}",
        content="\n".join([HEADING, *rows]).encode(),
        headers={"Content-Type": "text/csv"},
    )


async def test_two_parallel_runs_in_a_row_are_explained_and_approved(database_url: str) -> None:
    async with centre(database_url) as found:
        one = await implementing(found)
        runs = f"/v1/cases/{one.case_id}/parallel-runs"
        faulty = await upload(found, one, "2026-01", "1010;Lön;1;1;1,00;x", "1010;Lön;1;1;1;1")
        problem = refused(faulty, 422, "rows_refused")
        assert [(fault["row"], fault["column"]) for fault in problem["faults"]] == [
            (2, "summa nytt"),
            (3, "löneart"),
        ]
        assert done(await one.agency.get(runs))["items"] == []
        rows = ("1010;Månadslön;9;9;1000,00;1010,00", "8310;Skatt;9;9;300;310")
        run = done(await upload(found, one, "2026-01", *rows), 201)
        assert (run["kinds"], run["beyond_tolerance"]) == (2, 1)
        approval = f"{runs}/{run['id']}/approval"
        answer = await one.agency.post(approval, json={"approved": True})
        assert refused(answer, 409, "differences_unexplained")["kinds"] == ["1010"]
        why = {"cause": "error_in_new", "explanation": "Fel lönetillägg."}
        differs = f"{runs}/{run['id']}/differences"
        refused(await one.agency.put(f"{differs}/8310", json=why), 409, "no_difference_to_explain")
        refused(await one.agency.put(f"{differs}/9999", json=why), 404, "kind_of_pay_unknown")
        done(await found.staff.put(f"/ops{differs}/1010", json=why))
        wrong = await one.agency.post(approval, json={"approved": True})
        refused(wrong, 409, "run_has_errors")

        again = done(await upload(found, one, "2026-01", *rows), 201)
        assert again["attempt"] == 2
        refused(
            await one.agency.post(approval, json={"approved": True}), 409, "superseded_by_later_run"
        )
        rule = {"cause": "rule_change", "explanation": "Nytt avtal från januari."}
        path = f"/ops{runs}/{again['id']}"
        done(await found.staff.put(f"{path}/differences/1010", json=rule))
        done(await one.agency.post(f"{runs}/{again['id']}/approval", json={"approved": True}), 201)
        refused(await found.staff.put(f"{path}/differences/1010", json=rule), 409, "run_decided")
        payroll = {part["service"]: part for part in (await overview(one))["services"]}["payroll"]
        assert (payroll["parallel_runs_in_a_row"], payroll["parallel_runs_required"]) == (1, 2)
        ahead = await upload(found, one, "2026-04", rows[1])
        refused(ahead, 422, "period_in_future")
        row = {"kind": "1", "name": "x", "old_count": 1, "new_count": 1}
        rows_sent = [{**row, "old_sum_ore": 1, "new_sum_ore": 1}]
        body = {"service": "e-commerce", "period": "2026-02", "rows": rows_sent}
        none = await found.staff.post(f"/ops{runs}", json=body)
        refused(none, 422, "parallel_run_not_needed")
        twice = {**body, "service": "payroll", "rows": rows_sent * 2}
        refused(await found.staff.post(f"/ops{runs}", json=twice), 422, "kind_of_pay_repeated")
        last = done(await upload(found, one, "2026-02", rows[1]), 201)
        done(await one.agency.post(f"{runs}/{last['id']}/approval", json={"approved": True}), 201)
        payroll = {part["service"]: part for part in (await overview(one))["services"]}["payroll"]
        assert payroll["parallel_runs_in_a_row"] == 2
        assert not any("parallel runs" in lack["text"] for lack in payroll["missing"])


async def test_training_reaches_its_share(database_url: str) -> None:
    async with centre(database_url) as found:
        one = await implementing(found)
        path = f"/v1/cases/{one.case_id}/training"
        unknown = await one.agency.put(f"{path}/needs/payroll/pilots", json={"to_be_trained": 1})
        refused(unknown, 404, "training_role_unknown")
        need = f"{path}/needs/payroll/approvers"
        done(await one.agency.put(need, json={"to_be_trained": 11}))
        course = {"service": "payroll", "role": "approvers", "title": "Attest"}
        planned = [
            done(
                await found.staff.post(
                    f"/ops{path}/courses", json={**course, "planned_on": "2026-03-10"}
                ),
                201,
            )["id"]
            for _ in range(2)
        ]
        held = f"/ops{path}/courses/{planned[0]}/held"
        ahead = {"held_on": "2026-03-10", "trained": 10}
        refused(await found.staff.post(held, json=ahead), 422, "held_in_future")
        many = {"held_on": "2026-03-02", "trained": 12}
        refused(await found.staff.post(held, json=many), 422, "trained_beyond_need")
        done(await found.staff.post(held, json={**many, "trained": 10}), 201)
        refused(await one.agency.put(need, json={"to_be_trained": 9}), 422, "trained_beyond_need")
        refused(await found.staff.post(held, json={**many, "trained": 1}), 409, "course_closed")
        cancelled = f"/ops{path}/courses/{planned[1]}/cancellation"
        done(await found.staff.post(cancelled, json={"reason": "Räcker med en."}), 201)
        roles = {
            (part["service"], part["role"]): part
            for part in done(await one.agency.get(path))["roles"]
        }
        approvers = roles["payroll", "approvers"]
        # 90 % of 11 people is 9.9, so ten.
        assert (approvers["required"], approvers["trained"], approvers["holds"]) == (10, 10, True)
        assert roles["e-commerce", "approvers"]["holds"] is False


async def test_a_no_go_for_one_service_holds_that_one_back(database_url: str) -> None:
    async with centre(database_url) as found:
        one = await implementing(found)
        path = f"/v1/cases/{one.case_id}/go-decisions"
        go = {"decision": "go", "go_live_on": "2026-04-15", "mandate": "Styrgruppen"}
        done(await one.agency.post(path, json=go), 201)
        done(await found.staff.post(f"/ops{path}", json=go), 201)
        no_go = {**go, "decision": "no_go", "service": "payroll", "reason": "Fel i skatt."}
        past = {**no_go, "go_live_on": "2026-03-01"}
        refused(await one.agency.post(path, json=past), 422, "no_go_past")
        soon = {**no_go, "new_earliest_on": "2026-04-15"}
        problem = refused(await one.agency.post(path, json=soon), 422, "earliest_day_impossible")
        assert problem["earliest_on"] == "2026-04-16"
        late = {**no_go, "new_earliest_on": "2026-04-20"}
        told = done(await one.agency.post(path, json=late), 201)
        assert (told["service"], told["new_earliest_on"]) == ("payroll", "2026-04-20")
        assert [entry["kind"] for entry in told["consequences"]] == [
            "go-live-falls-away",
            "other-decision-void",
            "charging-waits",
        ]
        again = {**go, "service": "payroll", "go_live_on": "2026-04-17"}
        held = await found.staff.post(f"/ops{path}", json=again)
        assert refused(held, 409, "go_live_held_back")["earliest_on"] == "2026-04-20"
        days = {
            part["service"]: part["decided_go_live_on"]
            for part in (await overview(one))["services"]
        }
        assert days == {"payroll": None, "e-commerce": "2026-04-15"}


def closed(agreement_id: str, period: str, *, met: bool, revision: int = 1) -> PeriodClosed:
    """A month of payroll, right in 97.8 % of the payslips where it was missed."""
    result = LevelResult(
        level="payslips-right",
        required_share_percent=Decimal(99),
        outcome_percent=Decimal("99.5" if met else "97.8"),
        measured=1_000,
        met=met,
    )
    return PeriodClosed(
        agreement_id=agreement_id,
        org_number=ORG,
        service="payroll",
        period=period,
        whole_month=True,
        results=(result,),
        met=met,
        revision=revision,
    )


async def test_a_roll_back_sends_the_case_back_and_months_before_count_no_more(
    database_url: str,
) -> None:
    async with centre(database_url) as found:
        one = await found.customer(ORG, "Pensionsmyndigheten", FEES, phase=Phase.STABILISATION)
        case = f"/v1/cases/{one.case_id}"
        await found.service.deliver(closed(one.agreement_id, "2026-02", met=True))
        seen = done(await one.agency.get(f"{case}/stabilisation"))
        payroll = next(part for part in seen["services"] if part["service"] == "payroll")
        # Go-live on 1 February makes it a whole month.
        assert (payroll["met_in_a_row"], payroll["earliest_stable_on"]) == (1, "2026-04-01")
        await found.service.deliver(closed(one.agreement_id, "2026-02", met=False, revision=2))
        await found.service.deliver(closed(one.agreement_id, "2026-02", met=False, revision=2))
        seen = done(await one.agency.get(f"{case}/stabilisation"))
        assert "97.8 % of the required 99 %" in seen["held_by"][1]
        assert [p["revision"] for p in seen["services"][1]["periods"]] == [2]

        path = f"/ops{case}/services/payroll/roll-back"
        body = {
            "rolled_back_on": "2026-03-02",
            "reason": "Lönen kan inte betalas ut i tid.",
            "decided_by": "Styrgruppen",
            "mandate": "Överenskommelsen",
        }
        before = {**body, "rolled_back_on": "2026-01-31"}
        refused(await found.staff.post(path, json=before), 422, "roll_back_day_impossible")
        taken = done(await found.staff.post(path, json=body), 201)
        assert [entry["kind"] for entry in taken["consequences"]] == [
            "not-in-operation",
            "shown-anew",
            "parallel-runs-anew",
            "back-to-implementation",
            "charging-waits",
        ]
        (event,) = await found.service.published(ServiceRolledBack)
        assert (event.service, event.live_on) == ("payroll", date(2026, 2, 1))
        (back,) = await found.service.published(CaseSentBack)
        assert (back.phase, back.previous_phase) == (Phase.IMPLEMENTATION, Phase.STABILISATION)
        case_now = done(await one.agency.get(case))
        assert case_now["phase"] == "implementation"
        live = {entry["service"]: entry["live_on"] for entry in case_now["live"]}
        assert live == {"payroll": None, "e-commerce": "2026-02-01"}
        refused(await found.staff.post(path, json=body), 409, "not_live")
        assert (await overview(one))["roll_backs"][0]["id"] == taken["id"]
        found.service.at(datetime(2026, 3, 19, 8, tzinfo=STOCKHOLM))
        other = f"/ops{case}/services/e-commerce/roll-back"
        late = {**body, "rolled_back_on": "2026-03-19"}
        refused(await found.staff.post(other, json=late), 409, "fallback_closed")


async def test_start_up_cost_is_registered_and_taken_back_apart(database_url: str) -> None:
    async with centre(database_url) as found:
        one = await implementing(found)
        path = f"/ops/v1/cases/{one.case_id}/start-up-costs"
        day = {"service": "payroll", "incurred_on": "2026-03-02", "note": "Provmigrering"}
        time = {**day, "role": "migration-specialist", "minutes": 95}
        entry = done(await found.staff.post(f"{path}/time", json=time), 201)
        # 95 minutes at 1 050 kr an hour.
        assert (entry["hourly_rate_ore"], entry["amount_ore"]) == (105_000, 166_250)
        bought = {**day, "service": "e-commerce", "amount_ore": 250_000}
        done(await found.staff.post(f"{path}/purchases", json=bought), 201)
        correction = f"{path}/{entry['id']}/correction"
        why = {"reason": "Fel ärende."}
        opposite = done(await found.staff.post(correction, json=why), 201)
        assert (opposite["minutes"], opposite["amount_ore"]) == (-95, -166_250)
        refused(await found.staff.post(correction, json=why), 409, "cost_already_corrected")
        itself = f"{path}/{opposite['id']}/correction"
        refused(await found.staff.post(itself, json=why), 409, "correction_stands")
        for change, code in (
            ({"role": "pilot"}, "cost_role_unknown"),
            ({"incurred_on": "2026-03-03"}, "outside_start_up"),
            ({"service": "travel-and-expenses"}, "service_not_in_case"),
        ):
            refused(await found.staff.post(f"{path}/time", json={**time, **change}), 422, code)
        totals = done(await found.staff.get(f"{path}/totals"))
        assert [(t["service"], t["total_ore"]) for t in totals["services"]] == [
            ("e-commerce", 250_000),
            ("payroll", 0),
        ]
        assert len(done(await found.staff.get(path))["items"]) == 3
        assert (await one.agency.get(path.removeprefix("/ops"))).status_code == 404
        told = await found.service.published_types()
        assert told.count("onboarding.start_up_cost_registered.v1") == 3
