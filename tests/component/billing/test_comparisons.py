"""Comparisons over HTTP: opened, reviewed by those whose figures they are, published for good."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.collab_model import LevelResult, PeriodClosed
from services.contracts.values import LifeEventKind
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    FORESTRY,
    NOBODY,
    PENSIONS,
    agency_registered,
    agreement_signed,
    life_event,
    service_went_live,
)

HEADCOUNTS = {
    "202100-5000": 40,
    "202100-5018": 1_000,
    "202100-5026": 500,
    "202100-5034": 80,
    "202100-5042": 99,
    "202100-5059": 1_800,
    "202100-5067": 20,
    "202100-5075": 60,
}
FIRST, SECOND, THIRD, *_ = HEADCOUNTS
FEE = 7_550_000
"""December's part of the yearly fee, in öre."""
OPENING = {
    "key_figure": "fee-per-employee",
    "year": 2025,
    "review_until": "2026-01-31",
}


async def _a_month_in_operation(billing: RunningService) -> None:
    """Customers alike but for their size, each with a fee for December."""
    for number, (org_number, headcount) in enumerate(HEADCOUNTS.items()):
        name = f"Myndighet {number}"
        whose = {
            "org_number": org_number,
            "case_id": f"case-{number}",
            "agreement_id": f"agreement-{number}",
        }
        event = agency_registered(org_number, name).model_copy(update={"headcount": headcount})
        await billing.deliver(event)
        await billing.deliver(agreement_signed(customer_name=name, **whose))
        await billing.deliver(service_went_live(live_on=date(2025, 12, 1), **whose))
    await billing.deliver(agency_registered(NOBODY, "Kustbevakningen"))
    await billing.advance(datetime(2026, 1, 10, 9, tzinfo=UTC))


class Finance:
    """Finance at work on comparisons."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, path: str, body: Any = None, if_match: str = "*") -> httpx.Response:
        headers = {"If-Match": if_match}
        return await self._client.post(f"/ops/v1/comparisons{path}", json=body, headers=headers)

    async def ok(self, path: str, body: Any = None) -> Any:
        answer = await self.send(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(self, path: str, body: Any = None) -> str:
        answer = await self.send(path, body)
        assert answer.status_code in {404, 409, 422}, answer.text
        code: str = answer.json()["code"]
        return code

    async def get(self, path: str) -> Any:
        return (await self._client.get(f"/ops/v1/comparisons{path}")).json()


class Agency:
    """An agency that reviews its own figure."""

    def __init__(self, billing: RunningService, org_number: str) -> None:
        self._billing, self._org_number = billing, org_number

    async def send(self, path: str, body: Any) -> httpx.Response:
        async with self._billing.client(Role.AGENCY, org_number=self._org_number) as client:
            return await client.post(f"/v1/comparisons{path}", json=body)

    async def get(self, path: str = "") -> httpx.Response:
        async with self._billing.client(Role.AGENCY, org_number=self._org_number) as client:
            return await client.get(f"/v1/comparisons{path}")


async def test_reviewed_by_its_owners_and_published_for_good(billing: RunningService) -> None:
    await _a_month_in_operation(billing)
    async with billing.client(Role.FINANCE) as client:
        finance = Finance(client)
        await _refuses_what_cannot_be_compared(finance)
        path = await _is_reviewed(billing, finance)
        await _is_published(billing, finance, path)
        await _is_replaced(billing, finance, path)


async def _refuses_what_cannot_be_compared(finance: Finance) -> None:
    async def refused(**changes: Any) -> str:
        return await finance.refused("", OPENING | changes)

    assert await refused(key_figure="no-such") == "key_figure_unknown"
    assert await refused(key_figure="fee-per-unit") == "key_figure_incomplete"
    assert await refused(unit="payslip") == "key_figure_incomplete"
    assert await refused(service="no-such") == "service_unknown"
    unit = {"key_figure": "fee-per-unit", "service": "payroll", "unit": "decision"}
    assert await refused(**unit) == "unit_not_of_service"
    assert await refused(**unit | {"unit": "payslip"}) == "figures_missing"
    assert await refused(key_figure="share-of-volumes-corrected-late") == "figures_missing"
    assert await refused(key_figure="share-of-months-with-levels-met") == "figures_missing"
    assert await refused(year=2024) == "figures_missing"
    assert await refused(review_until="2026-01-09") == "review_day_past"
    assert await refused(customers=["202100-6255"]) == "customer_unknown"
    assert await refused(replaces="00000000-0000-7000-8000-000000000000") == (
        "comparison_not_replaceable"
    )
    named = {"key": "a", "name": "A", "name_sv": "A", "members": [SECOND]}
    groups = {"kind": "named", "groups": [named]}
    assert await refused(peer_groups=groups, customers=[FIRST]) == "peer_groups_invalid"


async def _is_reviewed(billing: RunningService, finance: Finance) -> str:
    opened = await finance.ok("", OPENING)
    path = f"/{opened['id']}"
    figures = {each["org_number"]: each for each in opened["figures"]}
    assert {key: (each["numerator"], each["denominator"]) for key, each in figures.items()} == {
        key: (FEE, headcount) for key, headcount in HEADCOUNTS.items()
    }
    assert opened["without_data"] == [NOBODY]
    assert (opened["statistics"], figures[FIRST]["group"]) == (None, "up-to-99")

    first, second = Agency(billing, FIRST), Agency(billing, SECOND)
    seen = (await first.get(path)).json()
    assert [each["org_number"] for each in seen["figures"]] == [FIRST]
    assert [each["key"] for each in seen["groups"]] == ["up-to-99"]
    assert seen["without_data"] == []
    assert (await Agency(billing, NOBODY).get(path)).status_code == 404
    assert (await Agency(billing, NOBODY).get()).json()["items"] == []
    foreign = {"org_number": SECOND, "comment": "Fel."}
    assert (await first.send(f"{path}/objection", foreign)).status_code == 404

    said = await first.send(f"{path}/approval", {"comment": "Stämmer."})
    assert said.json()["figures"][0]["review"] == "approved"
    objection = await second.send(f"{path}/objection", {"comment": "Vi är 1 200."})
    assert objection.status_code == 201
    assert await finance.refused(f"{path}/publication") == "objections_unanswered"
    keep = {"answer": "keep", "reason": "Nej."}
    assert await finance.refused(f"{path}/figures/{FIRST}/answer", keep) == "objection_missing"
    stale = await finance.send(f"{path}/figures/{SECOND}/answer", keep, if_match='"1"')
    assert stale.json()["code"] == "precondition_failed"

    billing.at(datetime(2026, 1, 28, 9, tzinfo=UTC))
    more = agency_registered(SECOND, "Myndighet 1").model_copy(update={"headcount": 1_200})
    await billing.deliver(more)
    assert (await finance.get(path))["figures"][1]["denominator"] == 1_000
    recompute = {"answer": "recompute", "reason": "Rättat."}
    answered = await finance.ok(f"{path}/figures/{SECOND}/answer", recompute)
    assert answered["figures"][1]["denominator"] == 1_200
    assert [each["review"] for each in answered["figures"][1]["remarks"]] == [
        "frozen",
        "objected",
        "recomputed",
    ]
    third = Agency(billing, THIRD)
    await third.send(f"{path}/objection", {"comment": "Ojämförbart."})
    leave_out = {"answer": "leave_out", "reason": "Omorganisation."}
    await finance.ok(f"{path}/figures/{THIRD}/answer", leave_out)
    assert (await third.send(f"{path}/approval", {})).json()["code"] == "figure_left_out"
    assert await finance.refused(f"{path}/publication") == "review_not_over"
    return path


async def _is_published(billing: RunningService, finance: Finance, path: str) -> None:
    billing.at(datetime(2026, 1, 31, 23, 30, tzinfo=UTC))  # 1 February in Stockholm
    first, second = Agency(billing, FIRST), Agency(billing, SECOND)
    late = await first.send(f"{path}/objection", {"comment": "För sent."})
    assert late.json()["code"] == "review_over"
    # What was computed anew on the 28th can be looked at through 4 February, by its owner alone.
    until = [each["review_until"] for each in (await finance.get(path))["figures"][:2]]
    assert until == ["2026-01-31", "2026-02-04"]
    waits = await finance.send(f"{path}/publication", {})
    assert (waits.json()["code"], waits.json()["customers"]) == ("review_not_over", [SECOND])
    billing.at(datetime(2026, 2, 4, 22, tzinfo=UTC))
    looked = await second.send(f"{path}/objection", {"comment": "Fortfarande fel."})
    assert looked.json()["figures"][0]["review"] == "objected"
    keep = {"answer": "keep", "reason": "Det är rättat."}
    await finance.ok(f"{path}/figures/{SECOND}/answer", keep)
    published = await finance.ok(f"{path}/publication")

    heads = {key: count for key, count in HEADCOUNTS.items() if key != THIRD} | {SECOND: 1_200}
    values = {key: Fraction(FEE, count) for key, count in heads.items()}
    lower, median, upper = statistics.quantiles(values.values(), n=4, method="inclusive")
    mean = sum(values.values(), Fraction(0)) / len(values)
    shown = published["statistics"]
    for name, exact in {"lower_quartile": lower, "median": median, "upper_quartile": upper}.items():
        assert abs(Fraction(shown[name]) - exact) <= Fraction(1, 10**6)
    assert abs(Fraction(shown["mean"]) - mean) <= Fraction(1, 10**6)
    assert (shown["least"], shown["greatest"], shown["figures"]) == (
        "4194.444444",
        "377500",
        len(values),
    )
    above = {key: FEE - mean * heads[key] for key, value in values.items() if value > mean}
    assert abs(published["saving_ore"] - sum(above.values(), Fraction(0))) <= Fraction(1, 2)
    assert sum(each["saving_ore"] or 0 for each in published["figures"]) == published["saving_ore"]
    left_out = published["figures"][2]
    assert (left_out["org_number"], left_out["quartile"], left_out["saving_ore"]) == (
        THIRD,
        None,
        None,
    )
    # Five are small. Were they shown, the other two would be what is missing from the mean.
    assert [each["statistics"] for each in published["groups"]] == [None] * 4

    seen = (await first.get(path)).json()
    [own] = seen["figures"]
    assert seen["statistics"] == shown
    assert own["quartile"] == 1 + sum(values[FIRST] > each for each in (lower, median, upper))
    assert "Myndighet 1" not in str(seen)
    late = await first.send(f"{path}/approval", {})
    assert late.json()["code"] == "comparison_settled"
    withdrawal = {"reason": "Fel."}
    assert await finance.refused(f"{path}/withdrawal", withdrawal) == "comparison_settled"


async def _is_replaced(billing: RunningService, finance: Finance, path: str) -> None:
    same = [key for key in HEADCOUNTS if key != THIRD]
    group = {"key": "s", "name": "The same", "name_sv": "Samma", "members": same}
    anew = OPENING | {
        "customers": same,
        "peer_groups": {"kind": "named", "groups": [group]},
        "review_until": "2026-03-01",
        "replaces": path.removeprefix("/"),
    }
    given_up = await finance.ok("", anew)
    withdrawn = await finance.ok(f"/{given_up['id']}/withdrawal", {"reason": "Fel urval."})
    assert (withdrawn["status"], withdrawn["withdrawal_reason"]) == ("withdrawn", "Fel urval.")
    opened = await finance.ok("", anew)
    await _all_approve(billing, opened)
    # All have approved: nobody needs the days that are left.
    published = await finance.ok(f"/{opened['id']}/publication")
    assert published["groups"][0]["statistics"] == published["statistics"] is not None
    earlier = await finance.get(path)
    assert (earlier["status"], earlier["replaced_by"]) == ("published", opened["id"])
    assert await finance.refused("", anew) == "comparison_not_replaceable"
    listed = await finance.get("?status=published")
    assert [each["id"] for each in listed["items"]] == [path.removeprefix("/"), opened["id"]]
    assert len((await finance.get("/key-figures"))["items"]) == 5
    # Five of the seven for themselves would tell what the other two come to.
    small = [key for key, count in HEADCOUNTS.items() if count < 100]
    five = OPENING | {"customers": small, "review_until": "2026-03-01"}
    opened = await finance.ok("", five)
    await _all_approve(billing, opened)
    published = await finance.ok(f"/{opened['id']}/publication")
    assert (published["statistics"], published["saving_ore"]) == (None, None)
    assert {each["quartile"] for each in published["figures"]} == {None}


async def _all_approve(billing: RunningService, opened: Any) -> None:
    for each in opened["figures"]:
        sent = await Agency(billing, each["org_number"]).send(f"/{opened['id']}/approval", {})
        assert sent.status_code == 201


async def test_figures_rest_on_what_billing_holds(billing: RunningService, reader: Reader) -> None:
    """A year of an agency that another takes over: all of it is the heir's."""
    await billing.deliver(agency_registered())
    heir = agency_registered(FORESTRY, "Skogsstyrelsen").model_copy(update={"headcount": 900})
    await billing.deliver(heir)
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live(live_on=date(2025, 2, 1)))
    merged = life_event(
        LifeEventKind.MERGED, PENSIONS, effective_on=date(2025, 7, 1), successors=(FORESTRY,)
    )
    await billing.deliver(merged)
    for month, met in (("02", True), ("03", False), ("04", True)):
        await billing.deliver(_closed(f"2025-{month}", met=met))
    await billing.advance(datetime(2025, 4, 20, 8, tzinfo=UTC))
    await report(billing, *(volume_row(f"p{n}", f"2025-0{n}", 1_100) for n in (2, 3)))
    await billing.advance(datetime(2025, 5, 2, 8, tzinfo=UTC))
    # Of two corrections one comes after the true-up of its month, and one is of a month to come.
    await report(billing, volume_row("p2", "2025-02", 1_000, revision=2))
    await report(billing, volume_row("p5", "2025-05", 900))
    await report(billing, volume_row("p5", "2025-05", 950, revision=2))
    await billing.advance(datetime(2026, 2, 2, 9, tzinfo=UTC))

    invoices = await reader.items("/invoices")
    lines = [line for each in invoices for line in each["lines"] if line["period"] < "2026-01"]
    fees = sum(line["amount_ore"] for line in lines if line["kind"] in {"subscription", "true_up"})
    assert {line["kind"] for line in lines} == {"subscription", "true_up"}
    expected = {
        "fee-per-employee": (fees, 900 * 11),
        "fee-per-unit": (fees, 3_050),
        "units-per-employee": (3_050, 900 * 11),
        "share-of-months-with-levels-met": (2, 3),
        "share-of-volumes-corrected-late": (1, 3),
    }
    async with billing.client(Role.FINANCE) as client:
        finance = Finance(client)
        for key_figure, rests_on in expected.items():
            units = {"unit": "payslip"} if "unit" in key_figure else {}
            asked = {"key_figure": key_figure, "service": "payroll", "review_until": "2026-03-01"}
            opened = await finance.ok("", OPENING | asked | units)
            [figure] = opened["figures"]
            assert (figure["numerator"], figure["denominator"]) == rests_on, key_figure
            assert (figure["org_number"], opened["without_data"]) == (FORESTRY, [PENSIONS])


def _closed(period: str, *, met: bool) -> PeriodClosed:
    result = LevelResult(
        level="right-pay",
        required_share_percent=Decimal(99),
        outcome_percent=Decimal(100 if met else 90),
        measured=10,
        met=met,
    )
    return PeriodClosed(
        agreement_id="agreement-1",
        org_number=PENSIONS,
        service="payroll",
        period=period,
        whole_month=True,
        results=(result,),
        met=met,
    )
