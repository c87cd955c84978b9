"""The time plan over HTTP: laid out, reported on, moved, forecast."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.component.onboarding.walk import Walk, done, nothing_changes, refused, walking

PLAN = {"starts_on": "2025-01-10", "go_live_on": "2025-06-16"}
DONE = {
    "status": "done",
    "started_on": "2025-01-10",
    "finished_on": "2025-01-13",
    "evidence": "Protokoll.",
}


def by_key(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {task["key"]: task for task in plan["tasks"]}


async def planned(walk: Walk) -> dict[str, Any]:
    await walk.open()
    plan = done(await walk.staff("PUT", "/time-plan", PLAN))
    walk.service.at(datetime(2025, 1, 20, 9, 0, tzinfo=UTC))
    return plan


async def test_setting_the_plan_lays_out_tasks_with_a_critical_path(database_url: str) -> None:
    async with walking(database_url) as walk:
        plan = await planned(walk)
        tasks = by_key(plan)
        assert {task["phase"] for task in plan["tasks"]} == {
            "letter_of_intent",
            "gap_analysis",
            "agreement",
            "implementation",
            "stabilisation",
        }
        assert tasks["payroll-parallel-run-1"]["workstream"] == "data"
        assert tasks["first-meeting"]["planned_start"] == "2025-01-10"
        assert tasks["go-live"]["latest_finish"] == "2025-06-16"
        assert plan["critical_path"][0] == "first-meeting"
        assert "go-live" in plan["critical_path"]
        assert plan["fit"]["fits"] is False
        assert "does not fit" in plan["fit"]["says"]
        read = done(await walk.customer("GET", "/time-plan?owner=customer&phase=implementation"))
        assert {task["owner"] for task in read["tasks"]} == {"customer"}


async def test_an_owner_reports_its_tasks_in_order(database_url: str) -> None:
    async with walking(database_url) as walk:
        await planned(walk)
        path = "/time-plan/tasks/first-meeting"
        done(await walk.staff("PUT", path, DONE))
        report = {**DONE, "started_on": "2025-01-13", "finished_on": "2025-01-17"}
        task = done(await walk.customer("PUT", "/time-plan/tasks/collect-baseline", report))
        assert (task["status"], task["reported_by"]) == ("done", "customer")
        both = {**report, "keys": ["staff-project", "plan-preliminarily", "indicate-fee"]}
        reported = done(
            await walk.staff("PUT", "/time-plan/tasks", {**both, "reason": "Samma dag."})
        )
        assert [task["status"] for task in reported["items"]] == ["done"] * 3


REFUSALS = [
    ("first-meeting", {**DONE, "finished_on": "2025-01-09"}, 422, "task_days_out_of_order"),
    ("first-meeting", {**DONE, "finished_on": "2025-01-21"}, 422, "task_days_out_of_order"),
    ("first-meeting", {**DONE, "evidence": None}, 422, "task_not_shown"),
    ("first-meeting", {"status": "started"}, 422, "task_days_out_of_order"),
    ("first-meeting", {"status": "not_needed"}, 422, "task_reason_required"),
    (
        "first-meeting",
        {**DONE, "document_id": "00000000-0000-7000-8000-000000000000"},
        422,
        "document_unknown",
    ),
    ("indicate-fee", DONE, 409, "task_waits"),
    ("collect-baseline", DONE, 403, "not_your_task"),
    ("unheard-of", DONE, 404, "plan_task_unknown"),
]


async def test_wrong_reports_are_refused_and_change_nothing(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        refused(await walk.staff("GET", "/time-plan"), 409, "time_plan_missing")
        refused(
            await walk.staff("PUT", "/time-plan/tasks/first-meeting", DONE),
            409,
            "time_plan_missing",
        )
        done(await walk.staff("PUT", "/time-plan", PLAN))
        walk.service.at(datetime(2025, 1, 20, 9, 0, tzinfo=UTC))
        async with nothing_changes(walk):
            for key, report, status, code in REFUSALS:
                refused(await walk.staff("PUT", f"/time-plan/tasks/{key}", report), status, code)


async def test_gates_settle_phases_and_the_workstreams_are_asked_for(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        tasks = by_key(done(await walk.staff("GET", "/time-plan")))
        assert tasks["sign-letter"]["status"] == "done"
        assert tasks["sign-letter"]["reported_by"] == "gate"
        assert tasks["describe-current-way"]["status"] == "planned"
        going = await walk.seen()
        gate = next(gate for gate in going["gates"] if gate["leaves"] == "implementation")
        item = next(item for item in gate["items"] if item["key"] == "workstreams-done")
        assert any("parallel" in lack["text"] for lack in item["missing"])


async def test_a_pause_moves_what_has_not_begun(database_url: str) -> None:
    async with walking(database_url) as walk:
        await planned(walk)
        done(await walk.staff("PUT", "/time-plan/tasks/first-meeting", DONE))
        before = by_key(done(await walk.staff("GET", "/time-plan")))
        pause = {"reason": "Omorganisation.", "expected_resume_on": "2025-02-03"}
        done(await walk.staff("POST", "/pause", pause))
        walk.service.at(datetime(2025, 2, 3, 9, 0, tzinfo=UTC))
        done(await walk.staff("POST", "/resume", {}))
        plan = done(await walk.staff("GET", "/time-plan"))
        after = by_key(plan)
        assert plan["go_live_on"] == "2025-06-30"
        assert after["first-meeting"]["planned_start"] == before["first-meeting"]["planned_start"]
        assert before["staff-project"]["planned_start"] == "2025-01-15"
        assert after["staff-project"]["planned_start"] == "2025-01-29"


async def test_the_forecast_moves_and_says_why(database_url: str) -> None:
    async with walking(database_url) as walk:
        await planned(walk)
        first = done(await walk.customer("GET", "/forecast"))
        assert first["go_live"]["p10"] <= first["go_live"]["p50"] <= first["go_live"]["p90"]
        parts = [Decimal(part["points"]) for part in first["complexity"]["contributions"]]
        assert Decimal(first["complexity"]["points"]) == sum(parts) > 0
        assert first["compared_with"] is None
        await walk.service.advance(datetime(2025, 1, 20, 10, 0, tzinfo=UTC))
        again = done(await walk.customer("GET", "/forecast"))
        assert again["moved_working_days"] == 0
        await walk.service.advance(datetime(2025, 2, 10, 10, 0, tzinfo=UTC))
        history = done(await walk.customer("GET", "/forecast/history"))["items"]
        assert len(history) >= 3
        newest = history[0]
        assert newest["moved_working_days"] > 0
        assert "Nothing was done" in newest["causes"][0]["text"]
        assert (
            sum(cause["working_days"] for cause in newest["causes"])
            == (newest["moved_working_days"])
        )
        assert newest["go_live"]["p50"] > history[-1]["go_live"]["p50"]


@pytest.mark.parametrize("weeks", [19, 20])
async def test_under_twenty_weeks_needs_a_reason(database_url: str, weeks: int) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        start = datetime(2025, 1, 13, tzinfo=UTC).date()
        plan = {"starts_on": f"{start}", "go_live_on": f"{start + timedelta(weeks=weeks)}"}
        answer = await walk.staff("PUT", "/time-plan", plan)
        if weeks < 20:
            refused(answer, 422, "time_plan_too_short")
            plan["reason_if_short"] = "Samma system som i dag."
            answer = await walk.staff("PUT", "/time-plan", plan)
        done(answer)
