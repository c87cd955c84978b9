"""Tertial reports, the risk picture, and what the centre sees across customers."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pypdf
import pytest

from services.chassis.testing import RunningService
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.following_up import measured_agreement, only, reading, report
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    FORESTS,
    PAYROLL,
    PENSIONS,
    RESPONSE,
    at,
    went_live,
)

GOOD = {"2025-02": 994, "2025-03": 993, "2025-04": 992}
"""Payslips that were right, of 1,000; 99.5 per cent are promised, 99 is red."""


@pytest.fixture
async def signed(service: RunningService, manager: httpx.AsyncClient) -> AgreementSigned:
    """Payroll live since February, measured each month, on the evening of the 30th of April."""
    signed = measured_agreement(RESPONSE, CORRECT_PAY)
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 2, 1)))
    for month, good in enumerate(GOOD.values(), start=2):
        period = f"2025-{month:02d}"
        await service.advance(at(2025, month, 28, 20))
        await report(manager, reading(period, CORRECT_PAY, period, good=good, total=1000))
    await service.advance(at(2025, 4, 30, 20))
    return signed


def risk(signed: AgreementSigned, **changes: Any) -> dict[str, Any]:
    return {
        "agreement_id": signed.agreement_id,
        "title": "Key people leave before the summer",
        "probability": 4,
        "consequence": 4,
        "handling": "Two are trained in May",
        "owner_role": "Service owner",
        **changes,
    }


async def test_a_tertial_is_reported_by_itself(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
) -> None:
    await service.advance(at(2025, 5, 5, 5))
    assert (await pensions.get("/v1/tertial-reports")).json()["items"] == []
    await manager.post("/ops/v1/risks", json=risk(signed))
    due = {"state": "due", "forum": "operative"}
    meeting = (await pensions.get("/v1/meetings", params=due)).json()["items"][-1]
    minutes = {
        "held_on": "2025-04-30",
        "attendees": ["service owner, customer", "service owner, centre"],
        "notes": "The payslips of April.",
        "decisions": [],
        "actions": [
            {"text": "Check the day before.", "owner_role": "payroll officer", "due_on": due_on}
            for due_on in ("2025-04-30", "2025-05-20")
        ],
    }
    kept = await manager.post(f"/ops/v1/meetings/{meeting['id']}/minutes", json=minutes)
    assert kept.status_code == 201, kept.text
    await service.advance(at(2025, 5, 5, 7))
    told = await only(pensions, "/v1/tertial-reports")
    assert (told["tertial"], told["revision"], told["status"]) == ("2025-T1", 1, "red")
    [payroll] = told["services"]
    share = next(each for each in payroll["levels"] if each["level"] == CORRECT_PAY.key)
    # Each month a near miss; three of them in a row are red.
    assert [(each["period"], each["status"]) for each in share["months"]] == [
        ("2025-02", "amber"),
        ("2025-03", "amber"),
        ("2025-04", "red"),
    ]
    assert (share["outcome_percent"], share["good"], share["total"]) == ("99.3", 2979, 3000)
    assert (share["status"], share["trend"], share["misses_in_a_row"]) == ("red", "unknown", 3)
    assert [(each["kind"], each["count"]) for each in told["signals"]] == [
        ("missed", 3),
        ("cause_not_stated", 3),
    ]
    assert [(each["title"], each["status"]) for each in told["risks"]] == [
        ("Key people leave before the summer", "red")
    ]
    assert [
        (each["text"], each["owner_role"], each["due_on"], each["due_in_tertial"])
        for each in told["actions"]
    ] == [
        ("Check the day before.", "payroll officer", "2025-04-30", True),
        ("Check the day before.", "payroll officer", "2025-05-20", False),
    ]
    assert [(each["period"], each["percent"]) for each in told["credits"]] == [
        (period, "1") for period in GOOD
    ]
    path = f"/v1/tertial-reports/{told['id']}"
    paper = await pensions.get(f"{path}/report.pdf")
    pages = pypdf.PdfReader(io.BytesIO(paper.content)).pages
    text = "".join(page.extract_text() for page in pages).replace("\u00a0", " ")
    for said in ("Tertialrapport 1 2025", "Key people leave", "Check the day before."):
        assert said in text
    for kind in ("", "/report.pdf"):
        assert (await forests.get(f"{path}{kind}")).status_code == 404


async def test_a_tertial_is_reported_anew_when_something_else_is_known(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    body = {"agreement_id": signed.agreement_id, "tertial": "2025-T1"}

    async def make(**changes: Any) -> dict[str, Any]:
        answer = await manager.post("/ops/v1/tertial-reports", json={**body, **changes})
        found: dict[str, Any] = answer.json()
        return found

    assert (await make())["code"] == "tertial_not_closed"
    assert (await make(tertial="2024-T3"))["code"] == "period_not_measured"
    assert (await make(agreement_id="019cacf8-51c0-7e21-8d3a-6b1f0c9e4a77"))["code"] == "not_found"
    await service.advance(at(2025, 5, 1, 3))
    first = await make(comment="A hard spring.")
    assert (first["revision"], first["comment"]) == (1, "A hard spring.")
    assert (await make(comment="A hard spring."))["code"] == "nothing_to_correct"
    entered = (await manager.post("/ops/v1/risks", json=risk(signed, probability=1))).json()
    second = await make(comment="A hard spring.", reason="A risk was entered")
    assert (second["revision"], len(second["risks"])) == (2, 1)
    # The one that came by itself would say nothing new, so it does not come.
    await service.advance(at(2025, 5, 6, 0))
    listed = (await pensions.get("/v1/tertial-reports")).json()["items"]
    assert [each["revision"] for each in listed] == [1, 2]
    assert entered["status"] == "green"


async def test_a_risk_is_judged_anew_by_who_has_seen_it_and_closed_once(
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
    forests: httpx.AsyncClient,
) -> None:
    entered = await manager.post("/ops/v1/risks", json=risk(signed))
    path = f"/risks/{entered.json()['id']}"
    body = {
        key: value for key, value in risk(signed, probability=2).items() if key != "agreement_id"
    }
    seen = {"If-Match": entered.headers["ETag"]}
    judged = await manager.put(f"/ops/v1{path}", json=body, headers=seen)
    assert (judged.json()["status"], judged.json()["revision"]) == ("amber", 2)
    stale = await manager.put(f"/ops/v1{path}", json=body, headers=seen)
    assert stale.json()["code"] == "precondition_failed"
    closed = await manager.put(f"/ops/v1{path}", json={**body, "closed": True})
    assert closed.json()["closed_on"] == "2025-04-30"
    again = await manager.put(f"/ops/v1{path}", json=body)
    assert again.json()["code"] == "risk_closed"
    assert (await pensions.get(f"/v1{path}")).json() == closed.json()
    assert (await forests.get(f"/v1{path}")).status_code == 404
    assert (await pensions.get("/v1/risks", params={"open": "true"})).json()["items"] == []
    unknown = await manager.post("/ops/v1/risks", json=risk(signed, service="no-such"))
    assert unknown.json()["code"] == "service_not_live"


async def attainment(client: httpx.AsyncClient, by: str, **query: str) -> list[dict[str, Any]]:
    answer = await client.get("/ops/v1/attainment", params={"by": by, **query})
    groups: list[dict[str, Any]] = answer.json()["groups"]
    return groups


async def test_the_centre_sees_what_was_attained_across_customers(
    service: RunningService,
    signed: AgreementSigned,
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    other = measured_agreement(CORRECT_PAY).model_copy(update={"org_number": FORESTS})
    await service.deliver(other)
    await service.deliver(went_live(other, date(2025, 4, 1)))
    theirs = reading("theirs", CORRECT_PAY, "2025-04", good=999, total=1000)
    await report(manager, {**theirs, "org_number": FORESTS})
    stated = {
        "org_number": PENSIONS,
        "service": PAYROLL,
        "subject": "level",
        "level": CORRECT_PAY.key,
        "period": "2025-04",
        "cause": "centre-routine",
        "team": "finance",
    }
    await manager.post("/ops/v1/level-causes", json=stated)
    await service.advance(at(2025, 5, 1, 3))
    [share, _] = await attainment(manager, "service")
    assert share["name_sv"] == "Payroll-administration"
    assert (share["kind"], share["good"], share["total"]) == ("quality_share", 3978, 4000)
    assert (share["outcome_percent"], share["months"], share["met"]) == ("99.45", 4, 1)
    teams = await attainment(manager, "team")
    assert {each["key"]: each["failed"] for each in teams} == {"finance": 8, "payroll": 14}
    assert sum(each["total"] for each in teams) == 4000
    causes = await attainment(manager, "cause", first="2025-04", last="2025-04")
    assert {each["key"]: each["failed"] for each in causes} == {
        "centre-routine": 8,
        "not-stated": 1,
    }
    customers = await attainment(manager, "customer", service=PAYROLL)
    assert {each["key"]: each["failed"] for each in customers if each["total"]} == {
        PENSIONS: 21,
        FORESTS: 1,
    }
    assert {each["name"] for each in customers} == {"A customer agency"}
    assert (await pensions.get("/v1/attainment")).status_code == 404
    turned = {"first": "2025-04", "last": "2025-03"}
    refused = await manager.get("/ops/v1/attainment", params=turned)
    assert (refused.status_code, refused.json()["code"]) == (422, "months_inverted")


async def test_what_would_turn_red_next_comes_first(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await service.advance(at(2025, 5, 16, 12))
    await report(manager, reading("may", CORRECT_PAY, "2025-05", good=498, total=500))
    far = (await manager.get("/ops/v1/attainment/outlook")).json()
    # Missed three months in a row, so a miss is red: of 1,000 payslips 5 may be wrong, 2 are.
    assert far == {"period": "2025-05", "levels": []}
    await report(manager, reading("more", CORRECT_PAY, "2025-05", good=98, total=100))
    [level] = (await manager.get("/ops/v1/attainment/outlook")).json()["levels"]
    assert (level["level"], level["missed_before"]) == (CORRECT_PAY.key, 3)
    assert (level["failed_so_far"], level["expected_total"], level["misses_left"]) == (4, 1000, 2)
    # Seven a month, and half of the month is left.
    assert (Decimal(level["usual_failures"]), level["likely"]) == (Decimal("3.5"), True)
