"""The savings register over HTTP: an agency's own saving from the idea to what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.values import LifeEventKind
from tests.component.billing.events import (
    FORESTRY,
    NOBODY,
    PENSIONS,
    agency_registered,
    life_event,
)

SPECIFICATION = {
    "baseline": "40 lönehandläggare",
    "baseline_ore": 2_000_000_000,
    "baseline_fte_hundredths": 4_000,
    "baseline_source": "årsredovisningen",
    "expected_ore": 1_400_000_000,
    "expected_fte_hundredths": 2_800,
    "saves_from": "2024-01-01",
}
OWNER = {"name": "Eva Ek", "title": "HR-chef", "organisation": "Pensionsmyndigheten"}
SAVING = {
    "arises_at": "agency",
    "service": "payroll",
    "title": "Färre lönehandläggare",
    "description": "Tolv i stället för fyrtio.",
}
FOLLOW_UP = {
    "first_period": "2024-01",
    "last_period": "2024-04",
    "realised_ore": 400_000_000,
    "realised_fte_hundredths": 2_400,
    "source": "tertialrapporten",
}


class Side:
    """One side at work on savings."""

    def __init__(self, client: httpx.AsyncClient, door: str) -> None:
        self._client = client
        self._door = f"{door}/savings"

    async def send(self, path: str, body: Any, if_match: str = "*") -> httpx.Response:
        headers = {"If-Match": if_match}
        return await self._client.post(f"{self._door}{path}", json=body, headers=headers)

    async def ok(self, path: str, body: Any) -> Any:
        answer = await self.send(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(self, path: str, body: Any) -> str:
        answer = await self.send(path, body)
        assert answer.status_code in {404, 409, 422}, answer.text
        code: str = answer.json()["code"]
        return code

    async def get(self, path: str = "", **query: str) -> httpx.Response:
        return await self._client.get(f"{self._door}{path}", params=query)


async def test_who_saves_what_and_who_answers_for_it(billing: RunningService) -> None:
    await billing.deliver(agency_registered())
    await billing.deliver(agency_registered(FORESTRY, "Skogsstyrelsen"))
    async with (
        billing.client(Role.AGENCY, org_number=PENSIONS) as own,
        billing.client(Role.AGENCY, org_number=FORESTRY) as other,
        billing.client(Role.FINANCE) as finance,
        billing.client(Role.SERVICE_MANAGER) as operations,
    ):
        await _goes_its_way(Side(own, "/v1"), Side(other, "/v1"))
        await _is_followed_by_staff(Side(finance, "/ops/v1"), Side(own, "/v1"))
        assert (await Side(operations, "/ops/v1").send("", SAVING)).status_code == 403
        merged = life_event(
            LifeEventKind.MERGED, PENSIONS, effective_on=date(2025, 1, 1), successors=(FORESTRY,)
        )
        await billing.deliver(merged)
        # What was the agency's is its heir's to realise.
        assert await Side(own, "/v1").refused("", SAVING) == "not_found"
        assert (await Side(own, "/v1").get()).json()["items"] == []
        assert len((await Side(other, "/v1").get()).json()["items"]) == 2


async def _goes_its_way(agency: Side, other: Side) -> None:
    elsewhere = SAVING | {"arises_at": "state"}
    assert await agency.refused("", elsewhere) == "saving_arises_elsewhere"
    assert await agency.refused("", SAVING | {"org_number": FORESTRY}) == "not_found"
    assert await agency.refused("", SAVING | {"service": "no-such"}) == "service_unknown"
    saving = await agency.ok("", SAVING)
    path = f"/{saving['id']}"
    assert (saving["org_number"], saving["state"]) == (PENSIONS, "identified")
    assert (await other.get(path)).json()["code"] == "not_found"
    assert await other.refused(f"{path}/steps", {"to": "specified"}) == "not_found"

    async def refused(what: str, **body: Any) -> str:
        return await agency.refused(f"{path}/{what}", body)

    assert await refused("steps", to="planned") == "saving_step_skipped"
    assert await refused("steps", to="specified") == "specification_missing"
    turned = SPECIFICATION | {"saves_until": "2023-12-31"}
    assert await refused("specifications", **turned) == "saving_days_turned_round"
    await agency.ok(f"{path}/specifications", SPECIFICATION)
    assert await refused("specifications", **SPECIFICATION) == "change_without_reason"
    await agency.ok(f"{path}/steps", {"to": "specified"})
    await agency.ok(f"{path}/steps", {"to": "planned"})

    # Nothing counts as realised for which nobody answers.
    assert await refused("steps", to="realised") == "owner_missing"
    assert await refused("follow-ups", **FOLLOW_UP) == "saving_not_realised"
    await agency.ok(f"{path}/owners", OWNER | {"holds_from": "2024-06-01"})
    found = await agency.ok(f"{path}/steps", {"to": "realised"})
    assert await refused("follow-ups", **FOLLOW_UP) == "owner_missing"
    early = OWNER | {"name": "Bo Alm", "holds_from": "2024-01-01", "reason": "Började tidigare."}
    assert await refused("owners", **early) == "owner_too_early"
    later = OWNER | {"name": "Bo Alm", "holds_from": "2024-06-01"}
    assert await refused("owners", **later) == "change_without_reason"
    await agency.ok(f"{path}/owners", later | {"reason": "Eva Ek slutade."})

    stale = await agency.send(f"{path}/steps", {"to": "planned", "reason": "Nej."}, if_match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert stale.headers["ETag"] == f'"{found["revision"] + 1}"'

    tertial = FOLLOW_UP | {"first_period": "2024-07", "last_period": "2024-10"}
    unfinished = tertial | {"first_period": "2025-01", "last_period": "2025-01"}
    assert await refused("follow-ups", **unfinished) == "follow_up_period_wrong"
    assert await refused("steps", to="followed_up") == "follow_up_missing"
    kept = await agency.ok(f"{path}/follow-ups", tertial)
    [first] = kept["follow_ups"]
    assert first["owner"]["name"] == "Bo Alm"
    assert await refused("follow-ups", **tertial) == "followed_up_already"
    right = tertial | {"realised_ore": 300_000_000, "corrects": first["id"]}
    assert await refused("follow-ups", **right) == "change_without_reason"
    kept = await agency.ok(f"{path}/follow-ups", right | {"reason": "Räknat dubbelt."})
    assert [each["stands"] for each in kept["follow_ups"]] == [False, True]
    assert kept["realised_ore"] == 300_000_000
    again = right | {"reason": "Igen."}
    assert await refused("follow-ups", **again) == "follow_up_not_standing"
    assert await refused("steps", to="planned") == "change_without_reason"
    assert await refused("steps", to="planned", reason="Nej.") == "follow_ups_stand"
    await agency.ok(f"{path}/steps", {"to": "followed_up"})
    await agency.ok(f"{path}/steps", {"to": "realised", "reason": "Mer är kvar."})

    told = (await agency.get(path)).json()
    assert [each["name"] for each in told["owners"]] == ["Eva Ek", "Bo Alm"]
    story = "\n".join(each["text_sv"] for each in told["story"]).replace("\u00a0", " ")
    assert "14 000 000,00 kr om året" in story
    assert "ansvarar för besparingen från och med den 1 juni 2024 efter Eva Ek." in story
    assert "Det rättar 2024-07 till 2024-10, där 4 000 000,00 kr stod." in story
    assert story.endswith("från uppföljd till under realisering. Skäl: Mer är kvar.")
    assert told["follow_ups"][0]["recorded_by"] is None


async def _is_followed_by_staff(staff: Side, agency: Side) -> None:
    assert await staff.refused("", SAVING) == "saving_place_unclear"
    assert await staff.refused("", SAVING | {"org_number": NOBODY}) == "customer_unknown"
    await staff.ok(
        "",
        SAVING
        | {"arises_at": "centre", "specification": SPECIFICATION}
        | {"owner": OWNER | {"holds_from": "2024-01-01", "organisation": "Servicecentret"}},
    )
    await staff.ok("", SAVING | {"org_number": FORESTRY})

    totals = (await staff.get("/totals", by="place", year="2024")).json()
    agencies, centre = totals["totals"]
    # Four of twelve months are followed up, and nobody has looked at the others.
    assert agencies | {"realised_ore": 300_000_000, "not_followed_up_ore": 933_333_333} == agencies
    assert (agencies["expected_ore"], agencies["without_owner"]) == (1_400_000_000, 1)
    assert agencies["realised_fte_hundredths"] == 800
    assert centre["not_followed_up_ore"] == 1_400_000_000
    assert totals["whole"]["expected_ore"] == 2_800_000_000
    by_year = (await staff.get("/totals", by="year")).json()["totals"]
    assert [each["key"] for each in by_year] == ["2024", "2025", None]
    by_owner = (await staff.get("/totals", by="owner", service="payroll")).json()["totals"]
    assert [each["savings"] for each in by_owner] == [1, 1, 1]

    assert len((await staff.get()).json()["items"]) == 3
    assert len((await staff.get(arises_at="centre")).json()["items"]) == 1
    assert len((await staff.get(state="realised", org_number=PENSIONS)).json()["items"]) == 1
    assert len((await agency.get()).json()["items"]) == 1
    assert (await agency.get("/totals")).json()["whole"]["savings"] == 1
    assert (await agency.get("/totals", org_number=FORESTRY)).status_code == 404
