"""Agencies, the catalogue, and opening and finding cases."""

from __future__ import annotations

import pytest

from services.chassis.identity import Role
from services.contracts import onboarding
from tests.component.onboarding.walk import (
    ORG,
    OTHER_ORG,
    done,
    nothing_changes,
    refused,
    walking,
)

UNKNOWN_ID = "01900000-0000-7000-8000-000000000000"


async def test_an_agency_is_registered_and_announced(database_url: str) -> None:
    async with walking(database_url) as walk:
        body = {"org_number": "2021006255", "name": "Pensionsmyndigheten", "headcount": 1_800}
        agency = done(await walk.centre.post("/ops/v1/agencies", json=body), 201)
        assert agency["org_number"] == ORG
        assert done(await walk.agency.get(f"/v1/agencies/{ORG}")) == agency
        (event,) = await walk.service.published(onboarding.AgencyRegistered)
        assert (event.org_number, event.headcount) == (ORG, 1_800)


async def test_an_agency_is_registered_once(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        body = {"org_number": ORG, "name": "Samma nummer", "headcount": 1}
        async with nothing_changes(walk):
            answer = await walk.centre.post("/ops/v1/agencies", json=body)
            refused(answer, 409, "agency_already_registered")


@pytest.mark.parametrize(
    "wrong",
    [
        {"org_number": "202100-6256"},
        {"org_number": "ABC"},
        {"name": ""},
        {"name": "Bad\u0007name"},
        {"headcount": -1},
        {"headcount": "many"},
        {"unknown_field": 1},
    ],
)
async def test_a_malformed_agency_is_refused(database_url: str, wrong: dict[str, object]) -> None:
    async with walking(database_url) as walk:
        body = {"org_number": ORG, "name": "Pensionsmyndigheten", "headcount": 1, **wrong}
        refused(await walk.centre.post("/ops/v1/agencies", json=body), 422, "validation_failed")
        assert done(await walk.centre.get("/ops/v1/agencies"))["items"] == []


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SERVICE_MANAGER])
async def test_agencies_are_registered_by_those_who_may(database_url: str, role: Role) -> None:
    async with walking(database_url) as walk, walk.service.client(role) as other:
        body = {"org_number": ORG, "name": "Pensionsmyndigheten", "headcount": 1}
        refused(await other.post("/ops/v1/agencies", json=body), 403, "forbidden")
        assert done(await walk.centre.get("/ops/v1/agencies"))["items"] == []


async def test_agencies_come_in_pages(database_url: str) -> None:
    async with walking(database_url) as walk:
        for org_number in (ORG, OTHER_ORG, "202100-4870"):
            body = {"org_number": org_number, "name": "En myndighet", "headcount": 1}
            done(await walk.centre.post("/ops/v1/agencies", json=body), 201)
        first = done(await walk.centre.get("/ops/v1/agencies?limit=2"))
        rest = done(await walk.centre.get(f"/ops/v1/agencies?limit=2&after={first['next']}"))
        found = [agency["org_number"] for agency in first["items"] + rest["items"]]
        assert found == ["202100-4870", OTHER_ORG, ORG]
        assert rest["next"] is None


async def test_the_catalogue_is_the_same_for_both(database_url: str) -> None:
    async with walking(database_url) as walk:
        seen = done(await walk.agency.get("/v1/catalogue"))
        assert seen == done(await walk.centre.get("/ops/v1/catalogue"))
        # The nine services of the centre's beginning, and a bundle of two of them.
        assert len(seen["services"]) == 10
        for service in seen["services"]:
            assert 15 <= len(service["activities"]) <= 30
            kinds = {level["kind"] for level in service["levels"]}
            assert kinds == {"quality_share", "resolution_time", "response_time"}


async def test_a_case_needs_a_registered_agency(database_url: str) -> None:
    async with walking(database_url) as walk:
        body = {"org_number": ORG, "services": ["payroll"]}
        refused(await walk.centre.post("/ops/v1/cases", json=body), 422, "agency_unknown")
        assert done(await walk.centre.get("/ops/v1/cases"))["items"] == []
        assert await walk.service.published_types() == []


async def test_a_case_is_about_services_of_the_catalogue(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        body = {"org_number": ORG, "services": ["e-commerce", "catering"]}
        async with nothing_changes(walk):
            answer = await walk.centre.post("/ops/v1/cases", json=body)
            assert refused(answer, 422, "service_unknown")["unknown"] == ["catering"]


async def test_one_open_case_per_service(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        async with nothing_changes(walk):
            body = {"org_number": ORG, "services": ["e-commerce", "payroll"]}
            answer = await walk.centre.post("/ops/v1/cases", json=body)
            assert refused(answer, 409, "case_already_open")["services"] == ["payroll"]
        body = {"org_number": ORG, "services": ["e-commerce"]}
        done(await walk.centre.post("/ops/v1/cases", json=body), 201)


async def test_a_service_is_named_once(database_url: str) -> None:
    async with walking(database_url) as walk:
        body = {"org_number": ORG, "services": ["payroll", "payroll"]}
        refused(await walk.centre.post("/ops/v1/cases", json=body), 422, "validation_failed")


async def test_a_repeated_opening_gets_the_same_answer(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        body = {"org_number": ORG, "services": ["e-commerce"]}
        key = {"Idempotency-Key": "open-e-commerce"}
        first = done(await walk.centre.post("/ops/v1/cases", json=body, headers=key), 201)
        again = done(await walk.centre.post("/ops/v1/cases", json=body, headers=key), 201)
        assert first == again
        assert len(await walk.service.published(onboarding.CaseOpened)) == 2


FOREIGN = [
    ("GET", "", None),
    ("GET", "/timeline", None),
    ("GET", "/timeline.md", None),
    ("GET", "/staffing", None),
    ("POST", "/withdraw", {"reason": "x"}),
    ("GET", "/comparisons", None),
    ("GET", "/agreement", None),
    ("GET", f"/fee-indications/{UNKNOWN_ID}", None),
    ("PUT", "/staffing", {"members": [{"role": "lead", "name": "N N"}]}),
    (
        "PUT",
        "/baseline",
        {
            "yearly_cost_sek": 1,
            "full_time_equivalents": "1",
            "volumes": {},
            "systems": [],
            "agreements": [],
        },
    ),
    ("POST", "/fee-indications", {}),
    ("POST", "/letter-of-intent/signatures", {"name": "N N", "title": "GD"}),
    ("PUT", "/comparisons/payroll/pay-salaries", {"customer_way": "x", "gap": False}),
    (
        "PUT",
        "/comparisons/payroll/pay-salaries/decision",
        {"decision": "adopt_standard", "reason": "x", "decided_by": "x", "mandate": "x"},
    ),
    (
        "POST",
        "/agreement/signatures",
        {"name": "N", "title": "GD", "mandate": "x", "content_hash": "0" * 64},
    ),
    ("PUT", "/readiness/contacts-known", {"ready": True, "evidence": "x"}),
    (
        "POST",
        "/go-decisions",
        {"decision": "go", "go_live_on": "2025-03-01", "mandate": "x"},
    ),
]


async def test_another_tenants_case_does_not_exist(database_url: str) -> None:
    async with (
        walking(database_url) as walk,
        walk.service.client(Role.AGENCY, org_number=OTHER_ORG) as stranger,
    ):
        await walk.open()
        async with nothing_changes(walk):
            for case_id in (walk.case_id, UNKNOWN_ID):
                for method, path, body in FOREIGN:
                    answer = await stranger.request(method, f"/v1/cases/{case_id}{path}", json=body)
                    refused(answer, 404, "not_found")
            refused(await stranger.get(f"/v1/agencies/{ORG}"), 404, "not_found")
            refused(await stranger.get(f"/v1/cases?org_number={ORG}"), 404, "not_found")
        assert done(await stranger.get("/v1/cases"))["items"] == []


async def test_an_agency_cannot_use_the_staffs_door(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        answer = await walk.agency.get(f"/ops/v1/cases/{walk.case_id}")
        refused(answer, 403, "forbidden")


async def test_finance_reads_and_changes_nothing(database_url: str) -> None:
    async with walking(database_url) as walk, walk.service.client(Role.FINANCE) as finance:
        await walk.open()
        path = f"/ops/v1/cases/{walk.case_id}"
        done(await finance.get(path))
        async with nothing_changes(walk):
            signer = {"name": "N N", "title": "ekonom"}
            answer = await finance.post(f"{path}/letter-of-intent/signatures", json=signer)
            refused(answer, 403, "forbidden")
            answer = await finance.post(f"{path}/phase", json={"to": "gap_analysis"})
            refused(answer, 403, "forbidden")


async def test_cases_are_listed_by_phase_and_agency(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.open()
        (case,) = done(await walk.agency.get("/v1/cases?phase=letter_of_intent"))["items"]
        assert (case["id"], case["services"]) == (walk.case_id, ["payroll"])
        assert done(await walk.agency.get("/v1/cases?phase=stable"))["items"] == []
        listed = done(await walk.centre.get(f"/ops/v1/cases?org_number={OTHER_ORG}"))
        assert listed["items"] == []


@pytest.mark.parametrize("headcount", ["5", 5.5, True, None])
async def test_a_number_must_be_a_number(database_url: str, headcount: object) -> None:
    async with walking(database_url) as walk:
        body = {"org_number": "202100-4870", "name": "FMI", "headcount": headcount}
        answer = await walk.centre.post("/ops/v1/agencies", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
        known = done(await walk.centre.get("/ops/v1/agencies"))["items"]
        assert "202100-4870" not in [agency["org_number"] for agency in known]
