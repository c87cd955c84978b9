"""The register: facts in and out, who sees them, filters, versions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.chassis.identity import Role
from tests.component.onboarding.agencies.register import (
    ESV,
    PENSION,
    START,
    STATSKONTORET,
    nothing_changes,
    register,
)
from tests.component.onboarding.walk import done, refused

HEAD = {"name": "N N", "title": "generaldirektör", "since": "2024-03-01"}
CONTACT = {
    "role": "payroll",
    "name": "A A",
    "email": "a.a@example.se",
    "phone": "+46 8 123 45 67",
    "deputy": {"name": "B B", "email": "b.b@example.se"},
}
OBLIGATION = {
    "service_area": "payroll",
    "deadline": "2017-01-01",
    "legal_source": "Förordning (2015:665)",
}
WHOLE: dict[str, Any] = {
    "type": "state_agency",
    "leadership_form": "board",
    "name_en": "Swedish Pensions Agency",
    "department": "Socialdepartementet",
    "established_on": "2010-01-01",
    "head": HEAD,
    "contacts": [CONTACT],
    "years": [
        {
            "year": 2025,
            "headcount": 1652,
            "full_time_equivalents": "1540.5",
            "volumes": {"payslip": 19824},
        }
    ],
    "systems": [
        {
            "name": "Primula",
            "service_area": "payroll",
            "supplier": "Evry",
            "contract_ends_on": "2027-12-31",
            "notice_months": 6,
        }
    ],
    "local_agreements": [{"name": "ALFA", "subject": "arbetstid", "valid_from": "2024-01-01"}],
    "employment_forms": [{"form": "permanent", "headcount": 1500}, {"form": "hourly"}],
    "obligations": [OBLIGATION],
}


async def test_all_facts_are_read_back_by_the_agency_and_the_staff(database_url: str) -> None:
    async with (
        register(database_url) as known,
        known.service.client(Role.AGENCY, org_number=PENSION) as agency,
        known.service.client(Role.AGENCY, org_number=ESV) as stranger,
    ):
        await known.enter(PENSION, **WHOLE)
        found = done(await agency.get(f"/v1/agencies/{PENSION}"))
        assert found["head"] == HEAD
        assert found["contacts"][0]["deputy"]["name"] == "B B"
        assert found["years"][0] == {**WHOLE["years"][0], "full_time_equivalents": "1540.5"}
        assert found["systems"] == WHOLE["systems"]
        assert found["obligations"] == [OBLIGATION]
        assert (found["type"], found["leadership_form"]) == ("state_agency", "board")
        assert found == await known.read(f"agencies/{PENSION}")
        refused(await stranger.get(f"/v1/agencies/{PENSION}"), 404, "not_found")
        refused(await stranger.get(f"/v1/agencies/{PENSION}/history"), 404, "not_found")
        body: dict[str, Any] = {"contacts": []}
        answer = await stranger.put(f"/v1/agencies/{PENSION}/contacts", json=body)
        refused(answer, 404, "not_found")
        kept = [await known.read(path) for path in ("agencies", f"agencies/{PENSION}/history")]
        assert "A A" not in str(kept)
        assert "N N" not in str(kept)


async def test_an_agency_keeps_its_own_facts_and_staff_the_rest(database_url: str) -> None:
    async with (
        register(database_url) as known,
        known.service.client(Role.AGENCY, org_number=PENSION) as agency,
    ):
        await known.enter(PENSION, city=None)
        own = f"/v1/agencies/{PENSION}"
        for section in ("contacts", "systems", "local_agreements", "employment_forms", "years"):
            path = f"{own}/{section.replace('_', '-')}"
            done(await agency.put(path, json={section: WHOLE[section]}))
        done(await agency.put(f"{own}/head", json={"head": HEAD}))
        obligations = {"obligations": [OBLIGATION]}
        assert (await agency.put(f"{own}/obligations", json=obligations)).status_code == 404
        path = f"/ops/v1/agencies/{PENSION}"
        done(await known.staff.put(f"{path}/obligations", json=obligations))
        known.service.at(START + timedelta(days=1))
        facts = {"type": "state_agency", "leadership_form": "board", "city": "Stockholm"}
        found = done(await known.staff.put(f"{path}/facts", json=facts))
        assert (found["headcount"], found["city"]) == (1652, "Stockholm")
        assert len(found["systems"]) == 1
        answer = await known.staff.put(f"{path}/facts", json={"city": "Halmstad"})
        refused(answer, 409, "city_changes_by_move")
        history = await known.read(f"agencies/{PENSION}/history")
        assert [facts["version"] for facts in history["facts"]] == list(range(1, 10))
        assert [row["city"] for row in history["periods"]] == [None, "Stockholm"]


async def test_two_who_change_an_agency_at_once(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(PENSION)
        path = f"/ops/v1/agencies/{PENSION}"
        seen = (await known.staff.get(path)).headers["ETag"]
        body = {"systems": WHOLE["systems"]}
        first = await known.staff.put(f"{path}/systems", json=body, headers={"If-Match": seen})
        assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
        async with nothing_changes(known):
            second = await known.staff.put(
                f"{path}/systems", json={"systems": []}, headers={"If-Match": seen}
            )
            assert refused(second, 412, "precondition_failed")["current_version"] == 2
            answer = await known.post(
                f"agencies/{PENSION}/life-events",
                {"kind": "closed", "effective_on": "2026-01-01"},
                **{"If-Match": seen},
            )
            refused(answer, 412, "precondition_failed")


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"type": "municipality", "part_of_state": True}, "agency_type_contradicted"),
    ({"valid_from": "2025-10-07"}, "valid_from_ahead"),
    ({"employment_forms": [{"form": "serfdom"}]}, "employment_form_unknown"),
    ({"contacts": [{"role": "king", "name": "N"}]}, "contact_role_unknown"),
    ({"systems": [{"name": "S", "service_area": "catering"}]}, "service_area_unknown"),
    ({"obligations": [OBLIGATION, OBLIGATION]}, "named_twice"),
    (
        {
            "local_agreements": [
                {
                    "name": "A",
                    "subject": "lön",
                    "valid_from": "2025-02-01",
                    "valid_until": "2025-01-01",
                }
            ]
        },
        "days_reversed",
    ),
]


async def test_facts_that_cannot_be_are_refused(database_url: str) -> None:
    async with register(database_url) as known:
        for wrong, code in IMPOSSIBLE:
            body = {"org_number": PENSION, "name": "Pensionsmyndigheten", "headcount": 1, **wrong}
            refused(await known.post("agencies", body), 422, code)
        assert (await known.read("agencies"))["items"] == []


async def test_the_obliged_without_a_case_are_found(database_url: str) -> None:
    async with register(database_url) as known:
        await known.enter(PENSION, STATSKONTORET, obligations=[OBLIGATION])
        await known.enter(ESV, type="other", part_of_state=True)
        await known.open(PENSION, "payroll")

        async def found(query: str) -> list[str]:
            listed = await known.read(f"agencies?{query}")
            return [agency["org_number"] for agency in listed["items"]]

        assert await found("obliged_by=2017-01-01") == [STATSKONTORET, PENSION]
        assert await found("obliged_by=2016-12-31") == []
        assert await found("obliged_in=payroll&without_case_in=payroll") == [STATSKONTORET]
        assert await found("without_case_in=payroll") == [STATSKONTORET, ESV]
        assert await found("type=other&status=active") == [ESV]
        assert await found("limit=1&obliged_in=payroll") == [STATSKONTORET]
        page = await known.read(f"agencies?limit=1&obliged_in=payroll&after={STATSKONTORET}")
        assert [agency["org_number"] for agency in page["items"]] == [PENSION]


async def test_the_words_of_facts_are_told(database_url: str) -> None:
    async with (
        register(database_url) as known,
        known.service.client(Role.AGENCY, org_number=PENSION) as agency,
    ):
        words = await known.read("agencies/vocabulary")
        assert words == done(await agency.get("/v1/agencies/vocabulary"))
        assert {word["key"] for word in words["employment_forms"]} >= {"hourly", "doctoral-student"}
