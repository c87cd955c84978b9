"""Productivity, cost per unit and indicators from what billing has been told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.collab_model import LevelResult, PeriodClosed
from services.contracts.values import LifeEventKind, MeasureKind
from tests.component.billing.conftest import report, volume_row
from tests.component.billing.events import (
    FORESTRY,
    NOBODY,
    PENSIONS,
    agency_registered,
    agreement_signed,
    life_event,
    other_customer,
    service_went_live,
    start_up_cost,
)

POOLS = (("pay-staff", "own_staff"), ("pay-it", "passed_on"))
PLAN = {
    "effective_from": "2025-01",
    "uses": [
        {
            "pool": "pay-staff",
            "parts": [
                {"portion": "3/4", "to": {"kind": "fees"}},
                {"portion": "1/4", "to": {"kind": "carry", "over_months": 1}},
            ],
        }
    ],
}
COSTS = (
    ("pay-staff", "2025-02", 3_000_000),
    ("pay-it", "2025-02", 500_000),
    ("pay-staff", "2025-03", 1_000_000),
    ("pay-staff", "2026-01", 990_000),
)


class Desk:
    """Finance at work."""

    def __init__(self, service: RunningService, role: Role = Role.FINANCE) -> None:
        self._client = service.client(role)

    async def ask(self, method: str, path: str, body: Any = None, **query: str) -> httpx.Response:
        return await self._client.request(method, f"/ops/v1{path}", json=body, params=query)

    async def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        answer = await self.ask(method, path, body, **query)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, body: Any, code: str) -> dict[str, Any]:
        answer = await self.ask(method, path, body)
        told: dict[str, Any] = answer.json()
        assert (answer.status_code // 100, told["code"]) == (4, code), answer.text
        return told


def _fact(name: str, period: str, hundredths: int, **more: object) -> dict[str, object]:
    fact = {"id": name, "service": "payroll", "period": period, "hundredths": hundredths}
    return {**fact, **more}


def _closed(agreement: str, revision: int, kind: MeasureKind, good: int, of: int) -> PeriodClosed:
    result = LevelResult(
        level=kind.value.replace("_", "-"),
        required_share_percent=Decimal(90),
        outcome_percent=None,
        measured=of,
        met=True,
        kind=kind,
        good=good,
        total=of,
    )
    return PeriodClosed(
        agreement_id=agreement,
        org_number=PENSIONS,
        service="payroll",
        period="2025-02",
        whole_month=True,
        results=(result,),
        met=True,
        revision=revision,
    )


async def _lived_through(billing: RunningService) -> Desk:
    """Two customers from February 2025, and finance in March 2026."""
    for number, name in ((PENSIONS, "P"), (FORESTRY, "F"), (NOBODY, "N")):
        await billing.deliver(agency_registered(number, name))
    await billing.deliver(agreement_signed())
    await billing.deliver(agreement_signed(**other_customer()))
    await billing.deliver(service_went_live())
    await billing.deliver(service_went_live(**other_customer()))
    await billing.deliver(
        start_up_cost("a", minutes=8_600, incurred_on=date(2025, 2, 28), amount_ore=7)
    )
    for month in (
        _closed("agreement-1", 2, MeasureKind.AVAILABILITY, 98, 100),
        _closed("agreement-1", 1, MeasureKind.AVAILABILITY, 99, 100),
        _closed("agreement-2", 1, MeasureKind.SATISFACTION, 70, 90),
    ):
        await billing.deliver(month)
    billing.at(datetime(2026, 3, 2, 9, tzinfo=UTC))
    await report(
        billing,
        volume_row("a", "2025-02", 1_000),
        volume_row("b", "2025-02", 500, org_number=FORESTRY),
        volume_row("c", "2025-03", 1_100),
        volume_row("d", "2026-01", 990),
    )
    return Desk(billing)


async def _distributed(desk: Desk) -> None:
    for key, kind in POOLS:
        pool = {"key": key, "name": key, "name_sv": key, "kind": kind, "service": "payroll"}
        await desk.ok("POST", "/cost-pools", pool)
    await desk.ok("POST", "/overhead-plans", PLAN)
    entries = [
        {"id": f"e{number}", "pool": pool, "period": period, "amount_ore": ore}
        for number, (pool, period, ore) in enumerate(COSTS)
    ]
    await desk.ok("POST", "/cost-entries", {"source": "desk", "entries": entries})
    for period in ("2025-02", "2025-03", "2026-01"):
        await desk.ok("POST", "/cost-distributions", {"period": period})


async def test_a_year_is_told_from_what_was_reported(billing: RunningService) -> None:
    desk = await _lived_through(billing)
    await _distributed(desk)
    facts = [
        _fact("f", "2025-02", 300),
        _fact("g", "2025-02", 250, corrects="f"),
        _fact("h", "2025-03", 200),
    ]
    batch = {"source": "hr", "full_time_equivalents": facts}
    for new in (3, 0):
        taken = await desk.ok("POST", "/full-time-equivalents", batch)
        assert taken == {"new": new, "known": 3 - new}
    listed = await desk.ok("GET", "/full-time-equivalents", period="2025-02", source="hr")
    assert [each["corrects"] for each in listed["items"]] == [None, "f"]

    [found] = (await desk.ok("GET", "/productivity/2025"))["services"]
    february = found["months"][1]
    assert (february["units"], february["full_time_equivalents"]) == (1_500, "2.5")
    assert february["productivity"]["per_month"] == "600"
    assert february["productivity"]["per_month_without_start_up"] == "1000"
    assert found["months"][2]["silent_subscriptions"] == 1
    assert found["counted_months"] == ["2025-02", "2025-03"]
    assert found["missing_months"] == [f"2025-{month:02d}" for month in range(4, 13)]
    assert found["months"][0]["missing"] == []
    assert found["months"][3]["missing"] == ["units", "full_time_equivalents"]
    assert found["year"] == {
        "units": 2_600,
        "full_time_months": "4.5",
        "start_up_months": "1",
        "per_month": "577.7778",
        "per_month_without_start_up": "742.8571",
        "per_year": "6933.3333",
        "per_year_without_start_up": "8914.2857",
    }
    assert [each["rate"] for each in found["references"]] == ["350", "1100"]

    [cost] = (await desk.ok("GET", "/cost-per-unit/2026"))["services"]
    # A quarter is carried: of February to March, and of both to April, which is not distributed.
    ordinary = 2_250_000 + (1_000_000 + 750_000) * 3 // 4
    before = cost["year_before"]
    assert (before["ordinary_ore"], before["units"]) == (ordinary, 2_600)
    assert (before["per_unit_exact_ore"], before["per_unit_ore"]) == ("35625/26", 1_370)
    assert {each["kind"]: each["amount_ore"] for each in before["kinds"]} == {
        "own_staff": ordinary,
        "passed_on": 500_000,
        "start_up": 7,
    }
    assert cost["counted_months_before"] == ["2025-02", "2025-03"]
    assert cost["missing_months"] == ["2026-02"]
    assert cost["months"][1]["missing"] == ["distribution", "units"]
    assert (cost["year"]["per_unit_ore"], cost["change_ore"]) == (750, -620)
    assert cost["change_percent"] == "-45.26"

    # The price of a unit is proposed from what fees are to cover, and can be sent as it is.
    told = await desk.ok("GET", "/actual-prices/proposal", period="2025-02")
    assert (told["outdated"], [each["service"] for each in told["services"]]) == (
        False,
        ["payroll"],
    )
    [proposed] = told["services"]
    assert (proposed["cost_ore"], proposed["silent_subscriptions"]) == (2_250_000, 0)
    sent = await desk.ok("POST", "/actual-prices", {"prices": told["prices"]})
    covered = sum(
        Decimal(used["quantity"]) * Decimal(price["amount_ore"])
        for used, price in zip(proposed["uses"], sent["prices"], strict=True)
    )
    assert abs(covered - 2_250_000 + proposed["left_ore"]) < 1
    assert (await desk.ok("GET", "/actual-prices/proposal", period="2025-04"))["prices"] == []
    answer = await desk.ask("GET", "/actual-prices/proposal", period="2026-03")
    assert answer.json()["code"] == "period_not_ended"
    late = {"id": "late", "pool": "pay-it", "period": "2026-01", "amount_ore": 1}
    await desk.ok("POST", "/cost-entries", {"source": "desk", "entries": [late]})
    [again] = (await desk.ok("GET", "/cost-per-unit/2026"))["services"]
    assert [each["outdated"] for each in again["months"]] == [True, False]
    # A distribution that takes another's place counts alone, and so does what it carries.
    for period in ("2026-01", "2025-02"):
        await desk.ok("POST", "/cost-distributions", {"period": period})
    [anew] = (await desk.ok("GET", "/cost-per-unit/2026"))["services"]
    assert [each["outdated"] for each in anew["months"]] == [False, False]
    assert anew["year"]["kinds"][1] == {"kind": "passed_on", "ordinary": False, "amount_ore": 1}
    assert (anew["year"]["per_unit_ore"], anew["year_before"]) == (750, before)
    [past] = (await desk.ok("GET", "/cost-per-unit/2025"))["services"]
    assert not any(each["outdated"] for each in past["months"])


async def test_indicators_follow_what_happens_to_agencies(billing: RunningService) -> None:
    desk = await _lived_through(billing)
    first = {"holds_from": "2025-01-01", "source": "SFS", "org_numbers": [NOBODY, FORESTRY]}
    assert (await desk.ok("GET", "/preparedness-agencies/in-force"))["list"] is None
    for _ in range(2):
        assert (await desk.ok("PUT", "/preparedness-agencies", first))["number"] == 1

    async def figures(year: int) -> dict[str, list[dict[str, Any]]]:
        found = await desk.ok("GET", f"/indicators/{year}")
        assert len(found["indicators"]) == 7
        told = {each["key"]: each["figures"] for each in found["indicators"]}
        assert all(each["says"] and each["says_sv"] for many in told.values() for each in many)
        return told

    def share(figure: dict[str, Any]) -> tuple[Any, ...]:
        return figure["numerator"], figure["denominator"], figure["value"]

    year = await figures(2025)
    assert share(year["agencies_connected"][0]) == (2, 3, "66.6667")
    assert share(year["preparedness_agencies_connected"][0]) == (1, 2, "50")
    said = year["agencies_connected"][0]["says_sv"]
    assert "hade 2 av 3 registrerade myndigheter en tjänst i drift, 66,67\u00a0%." in said
    [units] = year["units"]
    assert (units["service"], units["value"]) == ("payroll", "2600")
    assert {each["what"]: each["months"][0] for each in units["missing"]} == {
        "units": "2025-04",
        "silent_subscriptions": "2025-03",
    }
    [cost] = year["cost_per_unit"]
    assert (cost["value"], cost["missing"][0]["what"]) == (None, "cost")
    [fee] = year["fee_change"]
    assert (fee["value"], fee["numerator"] == fee["denominator"] > 0) == ("0", True)
    whole, payroll = year["availability"]
    assert share(whole) == share(payroll) == (98, 100, "98")
    assert payroll["missing"][0]["months"][0] == "2025-03"
    assert share(year["satisfaction"][0]) == (70, 90, "77.7778")

    [early] = (await figures(2024))["fee_change"]
    assert (early["value"], early["missing"][0]["what"]) == (None, "no_agreements")

    # One merges into a customer, one closes: neither counts from its day on.
    merged = {"successors": (PENSIONS,), "effective_on": date(2026, 2, 1)}
    await billing.deliver(life_event(LifeEventKind.MERGED, FORESTRY, **merged))
    await billing.deliver(
        life_event(LifeEventKind.CLOSED, NOBODY, successors=(), effective_on=date(2026, 2, 15))
    )
    now = await figures(2026)
    assert share(now["agencies_connected"][0]) == (1, 1, "100")
    [prepared] = now["preparedness_agencies_connected"]
    assert (prepared["value"], prepared["denominator"]) == (None, 0)
    assert prepared["missing"][0]["what"] == "listed_but_ceased"
    assert prepared["missing"][0]["org_numbers"] == sorted([FORESTRY, NOBODY])
    assert await figures(2025) == year
    second = {"holds_from": "2026-02-01", "source": "SFS", "org_numbers": [PENSIONS, FORESTRY]}
    await desk.ok("PUT", "/preparedness-agencies", second)
    [prepared] = (await figures(2026))["preparedness_agencies_connected"]
    assert share(prepared) == (1, 1, "100")
    lists = await desk.ok("GET", "/preparedness-agencies", limit="1")
    assert [each["number"] for each in lists["items"]] == [1]
    rest = await desk.ok("GET", "/preparedness-agencies", after=lists["next"])
    assert [each["holds_from"] for each in rest["items"]] == ["2026-02-01"]
    held = await desk.ok("GET", "/preparedness-agencies/in-force", on="2026-01-31")
    assert held["list"]["number"] == 1

    for path in ("/indicators/2027", "/productivity/2027", "/cost-per-unit/2027"):
        assert (await desk.refused("GET", path, None, "year_not_begun"))["latest"] == 2026
    batch = {"source": "hr", "full_time_equivalents": [_fact("x", "2026-03", 1)]}
    told = await desk.refused("POST", "/full-time-equivalents", batch, "period_not_ended")
    assert (told["row"], told["column"]) == (1, "period")
    assert (await desk.ok("GET", "/full-time-equivalents"))["items"] == []
    other = Desk(billing, Role.SERVICE_MANAGER)
    for method, path in (
        ("GET", "/indicators/2025"),
        ("GET", "/productivity/2025"),
        ("GET", "/cost-per-unit/2025"),
        ("PUT", "/preparedness-agencies"),
        ("POST", "/full-time-equivalents"),
    ):
        body = first if method == "PUT" else batch if method == "POST" else None
        await other.refused(method, path, body, "forbidden")
