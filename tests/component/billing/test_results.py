"""Results over HTTP: they are the trial balance's, told apart; openings, proposals, the report."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from tests.component.billing.desk import Desk
from tests.component.billing.events import (
    PAYROLL_YEARLY_ORE,
    PENSIONS,
    agreement_signed,
    other_customer,
    service_went_live,
    start_up_cost,
)

Answer = dict[str, Any]
POOLS = (
    ("it", "system", None),
    ("pay-staff", "own_staff", "payroll"),
    ("ledger-it", "passed_on", "supplier-ledger"),
)
PLAN = {
    "effective_from": "2025-01",
    "steps": [{"pool": "it", "to": ["pay-staff", "ledger-it"], "by": {"kind": "equal"}}],
    "uses": [
        {"pool": "pay-staff", "parts": [{"portion": "1/1", "to": {"kind": "fees"}}]},
        {
            "pool": "ledger-it",
            "parts": [
                {
                    "portion": "1/1",
                    "to": {"kind": "arrangement", "arrangement": "joint", "line": "ledger"},
                }
            ],
        },
    ],
}
OPENING = {
    "service_area": "payroll",
    "category": "inherited",
    "as_of": "2025-01-01",
    "amount_ore": -7_000,
    "reason": "Underskott från föregångaren",
}


async def _some_months(billing: RunningService, desk: Desk) -> None:
    """Fees, a start-up cost, shares of an arrangement, and costs with overhead, in 2025."""
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live(live_on=date(2025, 1, 7)))
    await billing.deliver(start_up_cost("cost-1"))
    for key, kind, of in POOLS:
        pool = {"key": key, "name": key, "name_sv": key, "kind": kind, "service": of}
        await desk.ok("/cost-pools", pool)
    await desk.ok("/cost-arrangements", {"key": "joint", "name": "Joint", "name_sv": "Gemensam"})
    party = {"key": "pm", "name": "PM", "org_number": PENSIONS, "joins_on": "2025-01-01"}
    await desk.ok("/cost-arrangements/joint/parties", {"parties": [party]})
    line = {"key": "ledger", "name": "Ledger", "name_sv": "Reskontra"}
    charge = {"kind": "actual", "by": {"kind": "equal"}}
    version = {"effective_from": "2025-01-01", "lines": [line | {"charge": charge}]}
    await desk.ok("/cost-arrangements/joint/versions", version)
    await desk.ok("/overhead-plans", PLAN)
    costs = [
        {"id": f"{pool}-{period}-{basis}", "pool": pool, "period": period, "amount_ore": ore}
        | {"basis": basis}
        for pool, period, basis, ore in (
            ("it", "2025-01", "actual", 1_001),
            ("it", "2025-02", "actual", 500),
            ("pay-staff", "2025-01", "actual", 12_000_000),
            ("pay-staff", "2025-03", "actual", 12_000_000),
            ("ledger-it", "2025-01", "actual", 3_000),
            ("pay-staff", "2025-05", "budget", 4_000_000),
            ("it", "2025-02", "budget", 500),
        )
    ]
    await desk.ok("/cost-entries", {"source": "accounts", "entries": costs})
    await billing.advance(datetime(2025, 2, 2, tzinfo=UTC))
    await desk.ok("/cost-distributions", {"period": "2025-01", "basis": "actual"})
    await desk.ok("/cost-distributions", {"period": "2025-02", "basis": "budget"})
    days = {"first_day": "2025-01-01", "last_day": "2025-01-31", "actual_through": "2025-01-31"}
    await desk.ok("/cost-arrangements/joint/sharings", days)
    await billing.advance(datetime(2025, 4, 2, 8, tzinfo=UTC))


async def _as_in_the_trial_balance(desk: Desk, **query: str) -> Answer:
    """A year's results, which have to come to what the trial balance says."""
    found: Answer = await desk.get("/results/2025", by_month="true", **query)
    balance = await desk.get("/ledger/trial-balance", on="2025-12-31", **query)
    kinds = {"income": 0, "cost": 0}
    for each in balance["items"]:
        if each["kind"] in kinds:
            kinds[each["kind"]] += each["closing_ore"]
    total = found["total"]
    assert (total["income_ore"], total["cost_ore"]) == (-kinds["income"], kinds["cost"])
    for column in ("income_ore", "cost_ore", "result_ore"):
        rows = found["service_areas"]
        assert sum(row[column] for row in rows) == total[column]
        for row in (*rows, total):
            assert sum(each[column] for each in row["categories"]) == row[column]
            assert sum(each[column] for each in row["months"]) == row[column]
    return found


async def test_results_are_the_trial_balance_told_apart(billing: RunningService) -> None:
    desk = Desk(billing)
    await _some_months(billing, desk)
    found = await _as_in_the_trial_balance(desk)
    early = await _as_in_the_trial_balance(desk, known_at="2025-02-01T00:00:00Z")
    assert early["total"]["cost_ore"] > 0
    assert early["total"]["income_ore"] == 0 < found["total"]["income_ore"]
    rows = {row["service_area"]: row for row in found["service_areas"]}
    assert list(rows) == ["finance", "payroll", None]
    categories = {
        (area, each["category"]): (each["income_ore"], each["cost_ore"])
        for area, row in rows.items()
        for each in row["categories"]
        if each["income_ore"] or each["cost_ore"]
    }
    fees = rows["payroll"]["income_ore"]
    assert categories == {
        # The share pays for half of the systems (500 or 501 of 1,001) and what was passed on.
        ("finance", "ordinary"): (categories["finance", "ordinary"][1],) * 2,
        ("finance", "passed_on"): (3_000, 3_000),
        ("payroll", "ordinary"): (fees, 24_001_001 - categories["finance", "ordinary"][1]),
        ("payroll", "start_up"): (0, 400_000),
        # Of February only the budget is distributed.
        (None, "ordinary"): (0, 500),
    }
    steps = {
        (each["method"], each["stream"], each["overhead"]): each
        for each in rows["payroll"]["forecast"]["steps"]
    }
    planned = steps["planned_instalments", "fees", False]
    assert (planned["figures"], planned["first_period"]) == (9, "2025-04")
    assert steps["budget", "own_staff", False]["amount_ore"] == 4_000_000
    mean = steps["mean_of_months_so_far", "own_staff", False]
    assert (mean["figures"], mean["amount_ore"]) == (8, 8 * 8_000_000)
    await _openings(billing, desk, found)
    await _refusals(billing, desk)
    # What is signed and not live yet is in no figure, and is named beside them.
    assert found["total"]["forecast"]["not_in_operation"] == []
    await billing.deliver(agreement_signed(**other_customer()))
    again = await desk.get("/results/2025")
    awaited = {"service": "payroll", "subscriptions": 1, "yearly_ore": PAYROLL_YEARLY_ORE}
    assert again["total"]["forecast"]["not_in_operation"] == [awaited]
    named = {
        row["service_area"]: row["forecast"]["not_in_operation"] for row in again["service_areas"]
    }
    assert named == {"finance": [], "payroll": [awaited], None: []}
    assert again["total"]["forecast"]["turnover_ore"] == found["total"]["forecast"]["turnover_ore"]


async def _openings(billing: RunningService, desk: Desk, before: Answer) -> None:
    first = await desk.ok("/result-openings", OPENING)
    again = await desk.send("/result-openings", OPENING)
    assert (again.status_code, again.json()["code"]) == (409, "result_opening_known")
    assert again.json()["standing"] == first["id"]
    between = await desk.get("/results/2025")
    await billing.advance(datetime(2025, 4, 2, 9, tzinfo=UTC))
    second = await desk.ok(
        "/result-openings", OPENING | {"amount_ore": -9_000, "corrects": first["id"]}
    )
    for corrects in (first["id"], "0" * 36):
        late = await desk.send("/result-openings", OPENING | {"corrects": corrects})
        assert (late.status_code, late.json()["code"]) == (409, "result_opening_not_newest")
        assert late.json()["standing"] == second["id"]
    listed = (await desk.get("/result-openings", service_area="payroll"))["items"]
    assert [(each["amount_ore"], each["corrected_by"]) for each in listed] == [
        (-7_000, second["id"]),
        (-9_000, None),
    ]
    at = {"known_at": between["known_at"]}
    assert [
        each["corrected_by"] for each in (await desk.get("/result-openings", **at))["items"]
    ] == [None]
    for query, ore in (({}, -9_000), (at, -7_000)):
        now = await desk.get("/results/2025", **query)
        assert now["total"]["result_ore"] == before["total"]["result_ore"]
        [end] = now["total"]["years"]
        assert end["accumulated_ore"] == before["total"]["result_ore"] + ore
        [payroll] = [each for each in now["service_areas"] if each["service_area"] == "payroll"]
        assert payroll["categories"][-1]["brought_in_ore"] == ore
    for statement in ("UPDATE result_openings SET reason = 'x'", "DELETE FROM result_openings"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with billing.runtime.database.transaction(write=True) as session:
                await session.execute(sa.text(statement))
    await _proposals(desk)


async def _proposals(desk: Desk) -> None:
    below = await desk.get("/results/2025/report")
    standing = (await desk.get("/results/2025"))["total"]["forecast"]
    assert below["over_limit"] is standing["over_limit"] is False
    [section] = [each for each in below["text_sv"]["sections"] if each["heading"] == "Förslag"]
    assert "Vi föreslår ingen åtgärd." in section["paragraphs"][0]
    # With a large surplus brought in, the report proposes what brings it to nought.
    brought = OPENING | {"category": "ordinary", "amount_ore": 10**9}
    await desk.ok("/result-openings", brought)
    proposed = await desk.get("/results/2025/proposal", years="5", service_area="payroll")
    [payroll] = proposed["service_areas"]
    ground, change = payroll["ground"], payroll["proposal"]
    tenths = round(float(change["change_percent"]) * 10)
    exact = ground["yearly_fees_ore"] * ground["years"] * tenths
    assert ground["missing_ore"] * 1000 <= exact
    assert change["reaches_aim"] == (tenths > -1000)
    assert len(payroll["steps"]) == len(payroll["steps_sv"]) >= 5
    report = await desk.get("/results/2025/report", years="5")
    assert report["over_limit"] is True
    total = proposed["total"]["proposal"]["change_percent"]
    told = total.removeprefix("-").removesuffix(".0")
    [section] = [each for each in report["text_sv"]["sections"] if each["heading"] == "Förslag"]
    assert f"sammantaget sänks med {told.replace('.', ',')} procent" in section["paragraphs"][0]
    [section] = [each for each in report["text"]["sections"] if each["heading"] == "Proposal"]
    assert f"lowered by {told} percent" in section["paragraphs"][0]
    paper = await desk.ask("/results/2025/report.pdf", years="5")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")


async def _refusals(billing: RunningService, desk: Desk) -> None:
    empty = await desk.get("/results/2020", by_month="true")
    assert (empty["service_areas"], empty["total"]["result_ore"]) == ([], 0)
    assert (empty["total"]["months"], empty["total"]["forecast"]) == ([], None)
    coming = await desk.get("/results/2026")
    assert coming["total"]["forecast"]["posted_through"] == "2025-03"
    for path in ("/results/2027", "/results/2027/proposal", "/results/2027/report.pdf"):
        ahead = await desk.ask(path)
        assert (ahead.status_code, ahead.json()["code"]) == (422, "result_year_ahead")
        assert ahead.json()["last_year"] == 2026
    for changes, code in (
        ({"as_of": "2025-01-02"}, "result_opening_day"),
        ({"as_of": "2027-01-01"}, "result_year_ahead"),
        ({"service_area": "gardening"}, "result_area_unknown"),
    ):
        refused = await desk.send("/result-openings", OPENING | changes)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    unknown = await desk.ask("/results/2025/proposal", service_area="gardening")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "result_area_unknown")
    async with billing.client(Role.SERVICE_MANAGER) as client:
        for path in ("/results/2025", "/result-openings"):
            assert (await client.get(f"/ops/v1{path}")).status_code == 403
