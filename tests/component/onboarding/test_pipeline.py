"""The board and the planner over HTTP, the planner's process included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.identity import Role
from services.onboarding.pipeline import repository, worker
from services.onboarding.pipeline.repository import PlanStatus
from services.onboarding.time_plan.rules import plan_templates
from tests.component.onboarding.walk import ORG, OTHER_ORG, Walk, done, refused, walking

DUTY = {"service_area": "payroll", "deadline": "2026-01-01", "legal_source": "2015:665"}
THIRD = "202100-5612"


async def obliged(walk: Walk, org_number: str, headcount: int, deadline: str) -> None:
    agency = {
        "org_number": org_number,
        "name": f"Myndigheten {headcount}",
        "headcount": headcount,
        "obligations": [{**DUTY, "deadline": deadline}],
    }
    done(await walk.centre.post("/ops/v1/agencies", json=agency), 201)


async def give_hours(walk: Walk, hours: int) -> None:
    for role in plan_templates().centre_roles:
        capacity = {"role": role.key, "from_week": "2025-W02", "to_week": "2025-W02"}
        answer = await walk.centre.put(
            "/ops/v1/pipeline/capacity", json={**capacity, "hours": hours}
        )
        done(answer)


async def ask(walk: Walk, **more: object) -> dict[str, Any]:
    return done(await walk.centre.post("/ops/v1/pipeline/plans", json=dict(more)), 202)


async def read(walk: Walk, plan_id: str) -> dict[str, Any]:
    return done(await walk.centre.get(f"/ops/v1/pipeline/plans/{plan_id}"))


async def test_the_board_shows_cases_duties_and_what_is_missing(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        await walk.prepare()
        await obliged(walk, OTHER_ORG, 400, "2026-01-01")
        await obliged(walk, THIRD, 40, "2025-03-01")
        board = done(await walk.centre.get("/ops/v1/pipeline"))
        column = board["phases"][0]
        card = column["cases"][0]
        assert (column["phase"], card["case_id"]) == ("letter_of_intent", walk.case_id)
        assert (card["deadline"], card["deadline_kind"]) == ("2025-06-01", "wish")
        assert card["missing"]["customer"] >= 1
        assert card["missing"] == board["totals"]["missing"]
        assert [(duty["org_number"], duty["light"]) for duty in board["obliged_without_case"]] == [
            (THIRD, "red"),
            (OTHER_ORG, "amber"),
        ]
        walk.service.at(datetime(2025, 4, 1, 9, 0, tzinfo=UTC))
        await walk.service.advance(datetime(2025, 4, 2, 9, 0, tzinfo=UTC))
        late = done(await walk.centre.get("/ops/v1/pipeline?overdue=true&light=red"))
        assert late["totals"]["overdue_items"] >= 1
        assert late["phases"][0]["cases"][0]["go_live"]["p50"] > "2025-06-01"
        other = done(await walk.centre.get("/ops/v1/pipeline?phase=agreement"))
        assert other["totals"]["cases"] == 0
        async with walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as agency:
            own = done(await agency.get("/v1/pipeline"))
        assert own["totals"]["cases"] == 0
        assert [duty["org_number"] for duty in own["obliged_without_case"]] == [OTHER_ORG]
        assert (await walk.agency.get("/v1/pipeline")).json()["totals"]["cases"] == 1


async def test_a_plan_is_computed_outside_and_says_who_misses_and_why(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        done(
            await walk.staff(
                "PUT", "/time-plan", {"starts_on": "2025-01-10", "go_live_on": "2025-12-01"}
            )
        )
        await obliged(walk, OTHER_ORG, 400, "2025-09-01")
        await obliged(walk, THIRD, 40, "2025-03-01")
        await give_hours(walk, 30)
        asked = await ask(walk, title="Våren")
        assert asked["status"] == "requested"
        assert (await read(walk, asked["id"]))["outcome"] is None
        units = walk.service.runtime.units
        assert await worker.compute_next(units) is True
        assert await worker.compute_next(units) is False
        plan = await read(walk, asked["id"])
        assert plan["status"] == "done", plan["failure"]
        assert plan["outcome"]["agencies"] == 3
        agencies = {agency["org_number"]: agency for agency in plan["agencies"]}
        missed = agencies[THIRD]
        assert missed["late_weeks"] > 0
        assert missed["extra_hours"] == []
        assert "deadline would have to move" in missed["says"]
        assert agencies[ORG]["deadline_kind"] == "wish"
        for agency in plan["agencies"]:
            assert agency["starts_on"] < agency["go_live_on"] < agency["stable_on"]
            assert agency["chance"]["p10"] <= agency["chance"]["p50"] <= agency["chance"]["p90"]
        for role in plan["load"]:
            pairs = zip(role["used_hours"], role["capacity_hours"], strict=True)
            assert all(float(used) <= float(there) for used, there in pairs)
        listed = done(await walk.centre.get("/ops/v1/pipeline/plans"))["items"]
        assert [each["id"] for each in listed] == [asked["id"]]


async def test_a_plan_survives_a_crash_and_gives_up_in_the_end(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with walking(database_url) as walk:
        await obliged(walk, OTHER_ORG, 40, "2026-01-01")
        await give_hours(walk, 100)
        asked = await ask(walk)
        units = walk.service.runtime.units
        async with units.begin() as uow:
            # Somebody claims the plan and is gone.
            claimed = await repository.claim(uow.session, datetime.now(UTC), 60)
        assert claimed is not None
        assert await worker.compute_next(units) is False
        async with units.begin() as uow:
            later = datetime.now(UTC) + timedelta(seconds=61)
            again = await repository.claim(uow.session, later, 0)
        assert (again and again.id, again and again.inputs) == (asked["id"], claimed.inputs)

        async def dies(*_: object) -> None:
            raise worker.PlannerFailed("its process ended with -9")

        monkeypatch.setattr(worker, "_answered", dies)
        async with units.begin() as uow:
            await repository.let_go(uow.session, asked["id"])
        assert await worker.compute_next(units) is True
        plan = await read(walk, asked["id"])
        assert plan["status"] == PlanStatus.FAILED
        assert "3 times" in plan["failure"]


async def test_what_cannot_be_planned_is_refused(database_url: str) -> None:
    async with walking(database_url) as walk:
        path = "/ops/v1/pipeline/plans"
        refused(await walk.centre.post(path, json={}), 409, "capacity_missing")
        capacity = {"role": "trainer", "from_week": "2025-W02", "to_week": "2025-W05", "hours": 9}
        for wrong, code in (
            ({"role": "magician"}, "role_unknown"),
            ({"to_week": "2025-W53"}, "week_unknown"),
            ({"from_week": "2025-W06"}, "weeks_reversed"),
            ({"to_week": "2034-W01"}, "too_many_weeks"),
        ):
            answer = await walk.centre.put("/ops/v1/pipeline/capacity", json={**capacity, **wrong})
            refused(answer, 422, code)
        done(await walk.centre.put("/ops/v1/pipeline/capacity", json=capacity))
        roles = done(await walk.centre.get("/ops/v1/pipeline/capacity"))["roles"]
        weeks = {role["role"]: role["weeks"] for role in roles}
        assert [week["hours"] for week in weeks["trainer"]] == [9, 9, 9, 9]
        refused(await walk.centre.post(path, json={}), 409, "nothing_to_plan")
        await walk.open()
        lacking = refused(await walk.centre.post(path, json={}), 409, "no_capacity_for_roles")
        assert "account-manager" in lacking["roles"]
        unknown = {"include": "all", "services": ["magic"]}
        refused(await walk.centre.post(path, json=unknown), 422, "service_unknown")
        assert (await walk.agency.post(path.replace("/ops", ""), json={})).status_code in {404, 405}
