"""Months that close with every kind of measure, and the statements that tell of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import httpx
import pypdf
import pytest

from services.chassis.testing import RunningService
from services.contracts.collab_model import PeriodClosed
from services.contracts.onboarding import AgreementSigned
from tests.component.collab_model.calendars import AROUND_THE_CLOCK, bind, register
from tests.component.collab_model.following_up import (
    MARCH,
    PAY_DAYS,
    SATISFACTION,
    SELF_SERVICE,
    measured_agreement,
    only,
    reading,
    report,
)
from tests.component.collab_model.signed import (
    CORRECT_PAY,
    PAYROLL,
    PENSIONS,
    RESPONSE,
    at,
    service_ended,
    went_live,
)

SPECIALISTS = "payroll-specialists"


@pytest.fixture
async def signed(service: RunningService) -> AgreementSigned:
    """Payroll with a level of each kind, live since March; it is the 31st in the evening."""
    signed = measured_agreement()
    await service.deliver(signed)
    await service.deliver(went_live(signed, date(2025, 3, 1)))
    return signed


async def raised(client: httpx.AsyncClient, priority: str = "normal") -> str:
    body = {
        "service": PAYROLL,
        "kind": "incident",
        "priority": priority,
        "title": "A wrong deduction",
        "description": "Two employees.",
    }
    matter: str = (await client.post("/v1/matters", json=body)).json()["id"]
    return matter


@pytest.fixture
async def closed(
    service: RunningService,
    signed: AgreementSigned,
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> dict[str, Any]:
    """March with a matter that a team answered late and everything measured, as it closed."""
    await service.advance(at(2025, 3, 4, 9))
    events = f"/ops/v1/matters/{await raised(pensions)}/events"
    handed = {"event": "handed_to_team", "counterpart": SPECIALISTS}
    assert (await manager.post(events, json=handed)).status_code == 201
    await service.advance(at(2025, 3, 5, 9))
    await manager.post(events, json={"event": "responded"})
    await service.advance(at(2025, 3, 31, 20))
    answer = await report(manager, *MARCH)
    assert answer.status_code == 201, answer.text
    await service.advance(at(2025, 4, 1, 3))
    return await only(pensions, "/v1/statements")


async def test_a_month_closes_with_every_kind_of_measure(
    service: RunningService, closed: dict[str, Any], manager: httpx.AsyncClient
) -> None:
    assert (closed["period"], closed["revision"], closed["whole_month"]) == ("2025-03", 1, True)
    levels = {each["level"]: each for each in closed["levels"]}
    shown = {
        key: (each["good"], each["total"], each["outcome_percent"], each["status"])
        for key, each in levels.items()
    }
    # 21 working days of 8.5 hours; 1.5 agreed hours of the planned stop are left out.
    promised = (21 * 510 - 90) * 60
    assert shown == {
        RESPONSE.key: (0, 1, "0", "red"),
        CORRECT_PAY.key: (997, 1000, "99.7", "green"),
        SELF_SERVICE.key: (promised - 3600, promised, "99.43", "amber"),
        PAY_DAYS.key: (1, 2, "50", "red"),
        SATISFACTION.key: (120, 162, "74.07", "amber"),
    }
    assert levels[SATISFACTION.key]["measured"] == 18
    assert [
        (each["level"], each["failed"], each["cause"], each["team"])
        for each in closed["deviations"]
    ] == [
        (RESPONSE.key, 1, "not-stated", SPECIALISTS),
        (SELF_SERVICE.key, 3600, "supplier-failure", "payroll"),
        (PAY_DAYS.key, 1, "centre-staffing", "payroll"),
        (SATISFACTION.key, 42, "not-stated", "payroll"),
    ]
    assert closed["deviations"][0]["late_by_seconds"] == 270 * 60
    # A breach, three near misses and two deep ones: 2 + 2 x 1 + 2 x 3.
    assert (closed["credit"]["sum_percent"], closed["credit"]["percent"]) == ("10", "10")
    [event] = await service.published(PeriodClosed)
    assert [(each.level, each.good, each.total) for each in event.results] == [
        (key, good, total) for key, (good, total, _, _) in shown.items()
    ]
    teams = (await manager.get("/ops/v1/attainment", params={"by": "team"})).json()["groups"]
    # Who had the matter when its promise was broken; the unit has what nobody was handed.
    assert {(each["key"], each["kind"]) for each in teams if each["failed"]} == {
        (SPECIALISTS, "response_time"),
        *(("payroll", kind) for kind in ("quality_share", "availability", "punctuality")),
        ("payroll", "satisfaction"),
    }


async def test_a_statement_is_had_as_table_and_as_paper(
    closed: dict[str, Any], pensions: httpx.AsyncClient, forests: httpx.AsyncClient
) -> None:
    path = f"/v1/statements/{closed['id']}"
    table = await pensions.get(f"{path}/statement.csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["record"] for row in rows] == ["level"] * 5 + ["deviation"] * 4 + ["credit"] * 8
    assert rows[1]["outcome_percent"] == "99.7"
    paper = await pensions.get(f"{path}/statement.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    pdf = pypdf.PdfReader(io.BytesIO(paper.content))
    text = "".join(page.extract_text() for page in pdf.pages).replace("\u00a0", " ")
    for told in (
        "Servicenivåer mars 2025",
        "Självservice är tillgänglig",
        "99,43 %",
        "10 %",
        "Lönespecialisterna",
    ):
        assert told in text
    again = await pensions.get(
        f"{path}/statement.pdf", headers={"If-None-Match": paper.headers["etag"]}
    )
    assert again.status_code == 304
    for kind in ("", "/statement.pdf", "/statement.csv"):
        assert (await forests.get(f"{path}{kind}")).status_code == 404
    assert (await forests.get("/v1/statements")).json()["items"] == []


async def test_a_correction_is_a_new_statement_with_the_difference(
    service: RunningService,
    closed: dict[str, Any],
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    late = reading("pay-late", CORRECT_PAY, good=990, total=1000, replaces="pay-right")
    refused = await report(manager, late)
    assert refused.json()["code"] == "period_closed"
    path = f"/ops/v1/periods/{closed['period_id']}/corrections"
    body = {"reason": "A file came late", "source": "system", "readings": [late]}
    made = (await manager.post(path, json=body)).json()
    assert (made["revision"], made["reason"]) == (2, "A file came late")
    listed = (await pensions.get("/v1/statements")).json()["items"]
    assert [each["revision"] for each in listed] == [1, 2]
    after = (await pensions.get(f"/v1/statements/{listed[1]['id']}")).json()
    assert (await pensions.get(f"/v1/statements/{closed['id']}")).json() == closed
    difference = after["difference"]
    assert difference["from_revision"] == 1
    assert [(each["level"], each["outcome_percent"]) for each in difference["levels"]] == [
        (CORRECT_PAY.key, ["99.7", "99"])
    ]
    assert [each["level"] for each in difference["deviations_added"]] == [CORRECT_PAY.key]
    assert [each.revision for each in await service.published(PeriodClosed)] == [1, 2]
    paper = await pensions.get(f"/v1/statements/{after['id']}/statement.pdf")
    assert paper.status_code == 200
    # The old one cannot be corrected any more, and the new one says what is known.
    codes = [
        (await manager.post(path, json={"reason": "Again"})).json()["code"],
        (
            await manager.post(
                f"/ops/v1/periods/{made['id']}/corrections", json={"reason": "Again"}
            )
        ).json()["code"],
    ]
    assert codes == ["period_superseded", "nothing_to_correct"]


async def test_an_answer_that_is_entered_late_corrects_the_month_by_itself(
    service: RunningService,
    closed: dict[str, Any],
    pensions: httpx.AsyncClient,
    manager: httpx.AsyncClient,
) -> None:
    [deviation] = [each for each in closed["deviations"] if each["level"] == RESPONSE.key]
    matter = deviation["subject"].removeprefix("matter:")
    log = (await manager.get(f"/ops/v1/matters/{matter}")).json()["log"]
    line = next(each["sequence"] for each in log if each["event"] == "responded")
    corrected = await manager.post(
        f"/ops/v1/matters/{matter}/log/{line}/correction",
        json={"at": "2025-03-04T10:00:00+01:00", "reason": "It was answered by telephone"},
    )
    assert corrected.status_code == 201, corrected.text
    await service.advance(at(2025, 4, 1, 4))
    latest = (await pensions.get("/v1/periods")).json()["items"][-1]
    assert (latest["revision"], latest["results"][0]["met"]) == (2, True)
    statements = (await pensions.get("/v1/statements")).json()["items"]
    after = (await pensions.get(f"/v1/statements/{statements[-1]['id']}")).json()
    assert [each["subject"] for each in after["difference"]["deviations_removed"]] == [
        deviation["subject"]
    ]
    # The breach is withdrawn, and the level is no longer missed by five points or more.
    assert after["difference"]["credit_percent"] == ["10", "5"]


async def test_a_calendar_that_changes_backwards_leaves_a_closed_month_as_it_is(
    closed: dict[str, Any], manager: httpx.AsyncClient
) -> None:
    await register(manager, "always", weekly=AROUND_THE_CLOCK)
    await bind(manager, closed["agreement_id"], "always", "2025-03-01")
    answer = await manager.post(
        f"/ops/v1/periods/{closed['period_id']}/corrections", json={"reason": "New hours"}
    )
    assert answer.json()["code"] == "nothing_to_correct"


async def test_a_cause_that_the_agreement_excludes_gives_no_credit(
    service: RunningService,
    closed: dict[str, Any],
    manager: httpx.AsyncClient,
    pensions: httpx.AsyncClient,
) -> None:
    subject = closed["deviations"][0]["subject"]
    about = {"org_number": PENSIONS, "service": PAYROLL, "subject": subject}
    stated = await manager.post(
        "/ops/v1/level-causes",
        json={**about, "cause": "customer-late-input", "team": "finance", "note": "No input"},
    )
    assert stated.status_code == 201, stated.text
    # What is closed stays as it is until somebody corrects it, and the answer says where.
    march = {"period_id": closed["period_id"], "period": "2025-03"}
    assert stated.json()["to_correct"] == [march]
    await service.advance(at(2025, 4, 2, 3))
    assert [each.revision for each in await service.published(PeriodClosed)] == [1]
    await manager.post(
        f"/ops/v1/periods/{closed['period_id']}/corrections", json={"reason": "Causes stated"}
    )
    [_, event] = await service.published(PeriodClosed)
    assert (len(event.excluded_breaches), event.results[0].excluded) == (1, 1)
    assert event.results[0].outcome_percent == 0
    statements = (await pensions.get("/v1/statements")).json()["items"]
    after = (await pensions.get(f"/v1/statements/{statements[-1]['id']}")).json()
    [changed] = after["difference"]["deviations_changed"]
    assert (changed["after"]["cause"], changed["after"]["team"]) == (
        "customer-late-input",
        "finance",
    )
    assert after["credit"]["percent"] == "5"
    assert (await pensions.get("/v1/level-causes")).json()["items"][0]["note"] == "No input"


ABOUT_NOTHING = (
    ({"cause": "no-such"}, "cause_unknown"),
    ({"team": "no-such"}, "team_unknown"),
    ({"service": "travel"}, "service_not_live"),
    ({"period": "2025-01"}, "service_not_live"),
    ({"subject": "matter:019cacf8-51c0-7e21-8d3a-6b1f0c9e4a77"}, "subject_unknown"),
    ({"subject": "delivery:pay"}, "subject_unknown"),
    ({"subject": "delivery:none", "level": PAY_DAYS.key}, "subject_unknown"),
    ({"subject": "stop:none:1", "level": SELF_SERVICE.key}, "subject_unknown"),
    ({"level": "no-such"}, "subject_unknown"),
)


async def test_a_cause_is_about_something_that_is_there(
    signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    body = {
        "org_number": PENSIONS,
        "service": PAYROLL,
        "subject": "level",
        "level": CORRECT_PAY.key,
        "period": "2025-03",
        "cause": "centre-staffing",
    }
    for change, code in ABOUT_NOTHING:
        answer = await manager.post("/ops/v1/level-causes", json={**body, **change})
        assert answer.json()["code"] == code, change
    assert (await manager.get("/ops/v1/level-causes")).json()["items"] == []
    assert (await manager.post("/ops/v1/level-causes", json=body)).status_code == 201


async def test_closing_by_hand_goes_month_by_month_and_once(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    async def close(period: str) -> dict[str, Any]:
        body = {"org_number": PENSIONS, "service": PAYROLL, "period": period}
        answer: dict[str, Any] = (await manager.post("/ops/v1/periods/closings", json=body)).json()
        return answer

    service.at(at(2025, 3, 20, 9))
    assert (await close("2025-03"))["code"] == "period_not_over"
    assert (await close("2025-02"))["code"] == "period_not_measured"
    service.at(at(2025, 5, 1, 1))
    assert (await close("2025-04"))["code"] == "period_out_of_order"
    assert await service.published(PeriodClosed) == []
    assert (await close("2025-03"))["period"] == "2025-03"
    assert (await close("2025-03"))["code"] == "period_closed"
    assert (await close("2025-04"))["period"] == "2025-04"
    await service.advance(at(2025, 5, 1, 3))
    assert [each.period for each in await service.published(PeriodClosed)] == [
        "2025-03",
        "2025-04",
    ]


async def test_a_service_that_has_ended_need_not_wait_for_the_month(
    service: RunningService, signed: AgreementSigned, manager: httpx.AsyncClient
) -> None:
    await service.deliver(service_ended(signed, date(2025, 3, 14)))
    await service.advance(at(2025, 3, 15, 9))
    body = {"org_number": PENSIONS, "service": PAYROLL, "period": "2025-03"}
    closed = (await manager.post("/ops/v1/periods/closings", json=body)).json()
    assert (closed["period"], closed["whole_month"]) == ("2025-03", False)
    # Pay day and the closing of the books lie behind the last day.
    punctual = next(each for each in closed["results"] if each["level"] == PAY_DAYS.key)
    assert (punctual["measured"], punctual["met"]) == (0, True)
