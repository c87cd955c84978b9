"""What clocks follow beyond the agreement: levels beneath it, and rules, set by staff."""

from __future__ import annotations

from typing import Any

import httpx

from services.chassis.testing import RunningService
from services.contracts.collab_model import ClockWarned, LevelBreached
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.clock_terms import TEAM, TOMORROW, set_levels
from tests.component.collab_model.matters import clock_of, entered, raise_one, refused
from tests.component.collab_model.signed import PAYROLL, at

SUPPLIER: dict[str, Any] = {
    **TEAM,
    "key": "vendor",
    "beneath": "supplier",
    "counterpart": "vendor",
    "hours": {"opens": "06:00", "closes": "22:00", "half_day_closes": "22:00"},
}


async def test_levels_beneath_run_on_the_same_matter_and_are_the_centres_own(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    assert (await set_levels(manager, TEAM, SUPPLIER)).status_code == 201
    before = (await raise_one(pensions))["id"]
    await entered(manager, before, "handed_to_team", counterpart="specialists")
    await service.advance(at(2025, 2, 4, 9))
    matter = (await raise_one(pensions))["id"]
    await entered(manager, matter, "handed_to_team", counterpart="specialists")
    await entered(manager, matter, "sent_to_supplier", counterpart="vendor")
    await service.advance(at(2025, 2, 4, 20))
    shown = (await manager.get(f"/ops/v1/matters/{matter}")).json()
    assert [
        (c["clock"], c["beneath"], c["state"], c["elapsed_minutes"]) for c in shown["clocks"]
    ] == [
        ("response-time", "customer", "breached", 450),
        ("resolution-time", "customer", "running", 450),
        ("internal-specialists", "internal", "breached", 450),
        ("supplier-vendor", "supplier", "breached", 660),  # in hours of its own
    ]
    # What was promised before the levels held is as it was, and agencies see their own.
    assert len((await manager.get(f"/ops/v1/matters/{before}")).json()["clocks"]) == 2
    seen = (await pensions.get(f"/v1/matters/{matter}")).json()["clocks"]
    assert {c["beneath"] for c in seen} == {"customer"}
    path = f"/matters/{matter}/clocks/internal-specialists"
    refused(await pensions.get(f"/v1{path}"), 404, "not_found")
    assert (await manager.get(f"/ops/v1{path}")).status_code == 200
    own = (await manager.get(f"/ops/v1/matters/{matter}/clocks/supplier-vendor")).json()
    named = [(each["calendar"], each["version"], each["name_sv"]) for each in own["calendars"]]
    assert named == [(f"own:{PAYROLL}/vendor", 1, "leverantörens egen tid (vendor)")]
    assert (
        "Tuesday 06:00-22:00, by the supplier's own hours (vendor)."
        in own["rounds"][0]["spans"][0]["text"]
    )
    breached = {b.level for b in await service.published(LevelBreached)}
    assert breached.isdisjoint({"specialists", "vendor"})  # what billing credits
    inner = [w for w in await service.published(ClockWarned) if w.beneath != "customer"]
    assert [(w.level, w.percent) for w in inner] == [
        ("specialists", 75),
        ("vendor", 75),
        ("specialists", 100),
        ("vendor", 100),
    ]
    warned = (await pensions.get("/v1/clock-warnings")).json()["items"]
    assert {w["beneath"] for w in warned} == {"customer"}


async def test_rules_hold_for_one_agreement_from_a_day_on(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    standard = (await manager.get("/ops/v1/clock-rules/standard")).json()["rules"]["resolution"]
    anew = {
        **standard,
        "reopens_on": [],
        "starts_on": [*standard["starts_on"], {"event": "reopened"}],
        "warnings": [90, 60],
        "warn_in_service_hours_only": True,
    }
    body = {
        "holds_from": TOMORROW,
        "agreement_id": signed.agreement_id,
        "rules": {"resolution": anew},
    }
    answer = await manager.post("/ops/v1/clock-rules", json=body)
    assert answer.status_code == 201, answer.text
    old = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 4, 9))
    new = (await raise_one(pensions))["id"]
    await service.advance(at(2025, 2, 4, 10))
    for matter, round_, elapsed in ((old, 1, 570), (new, 2, 0)):
        await entered(manager, matter, "resolved")
        clock = clock_of(await entered(manager, matter, "reopened"), "resolution_time")
        assert (clock["round"], clock["elapsed_minutes"]) == (round_, elapsed)
    [listed] = (await manager.get("/ops/v1/clock-rules")).json()["items"]
    assert listed["id"] == answer.json()["id"]


def rule_with(**changes: object) -> dict[str, Any]:
    rule = {"starts_on": [{"event": "raised"}], "stops_on": [{"event": "resolved"}]}
    return {**rule, **changes}


HOURS = {"opens": "06:00", "closes": "22:00", "half_day_closes": "22:00"}
SENSELESS: tuple[tuple[list[dict[str, Any]], dict[str, Any], str], ...] = (
    ([TEAM], {"holds_from": "2025-02-03"}, "terms_hold_too_soon"),
    ([TEAM, TEAM], {}, "level_named_twice"),
    ([{**TEAM, "target_minutes": {}}], {}, "level_without_target"),
    ([{**TEAM, "hours": {**HOURS, "zone": "Europe/Nowhere"}}], {}, "own_hours_unusable"),
    ([{**TEAM, "hours": {**HOURS, "closes": "05:00"}}], {}, "own_hours_unusable"),
    ([{**TEAM, "rule": rule_with(pauses_on=[{"event": "resolved"}])}], {}, "conditions_contradict"),
)


async def test_levels_that_make_no_sense_are_refused_and_change_nothing(
    manager: httpx.AsyncClient,
) -> None:
    for levels, changes, code in SENSELESS:
        refused(await set_levels(manager, *levels, **changes), 422, code)
    assert (await manager.get("/ops/v1/internal-levels")).json()["items"] == []


async def test_rules_that_make_no_sense_are_refused_and_change_nothing(
    manager: httpx.AsyncClient, finance: httpx.AsyncClient
) -> None:
    contradictory = {"response": rule_with(resumes_on=[{"event": "resumed"}])}
    unknown = "01950000-0000-7000-8000-000000000000"
    for body, code in (
        ({"holds_from": TOMORROW, "rules": contradictory}, "conditions_contradict"),
        ({"holds_from": "2025-02-03", "rules": {}}, "terms_hold_too_soon"),
        ({"holds_from": TOMORROW, "agreement_id": unknown, "rules": {}}, "agreement_unknown"),
    ):
        refused(await manager.post("/ops/v1/clock-rules", json=body), 422, code)
    body = {"holds_from": TOMORROW, "rules": {}}
    refused(await finance.post("/ops/v1/clock-rules", json=body), 403, "forbidden")
    assert (await manager.get("/ops/v1/clock-rules")).json()["items"] == []
