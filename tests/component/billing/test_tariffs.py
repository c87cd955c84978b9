"""Tariffs from draft to withdrawn, quotes that stay, and what bands and years come to."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import httpx

from services.billing.tables import QuoteRow
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import FeeIndicated
from services.contracts.values import SignedService
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    FORESTRY,
    PENSIONS,
    agency_registered,
    agreement_signed,
    fee_indication_requested,
    service_went_live,
)

TARIFFS = "/ops/v1/tariffs"
CONSULTATION = {
    "consulted": "Ekonomistyrningsverket",
    "held_on": "2025-01-03",
    "answer": "Inga invändningar.",
    "reference": "ESV 2024-00123",
}


def item(**changes: Any) -> dict[str, Any]:
    return {
        "key": "payroll-base-fixed",
        "service_area": "payroll",
        "services": ["payroll"],
        "name": "Base fee",
        "name_sv": "Grundavgift",
        "covers": "Systems, staff and support.",
        "covers_sv": "System, personal och stöd.",
        "unit": "month",
        "prices_ore": [1_400_000],
        "vat_percent": "25",
    } | changes


BANDED = item(
    key="payslips",
    name="Payslips",
    name_sv="Lönespecifikationer",
    unit="payslip",
    prices_ore=[],
    banding="graduated",
    bands=[
        {"above": 0, "through": 10_000, "prices_ore": [6_000]},
        {"above": 10_000, "through": None, "prices_ore": [5_000]},
    ],
)


def tariff(key: str = "ssc-2025", **changes: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": "Fees of 2025",
        "name_sv": "Avgifter 2025",
        "year": 2025,
        "items": [item(), BANDED],
    } | changes


class Finance:
    """What finance does with tariffs."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def send(self, path: str, body: Any, status: int = 201) -> Any:
        answer = await self.client.post(f"{TARIFFS}{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def step(self, version: str, step: str, body: Any, status: int = 201) -> Any:
        key, number = version.split("/")
        return await self.send(f"/{key}/versions/{number}/{step}", body, status)

    async def publish(self, version: str) -> Any:
        await self.step(version, "consultations", CONSULTATION)
        return await self.step(version, "publications", None)

    async def get(self, path: str, **query: str) -> Any:
        answer = await self.client.get(f"{TARIFFS}{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


ASKED = {"services": {"payroll": {"payslip": 12_000}}}
OLD_ORE = 12 * 1_350_000 + 12_000 * 6_200
NEW_ORE = 12 * 1_400_000 + 10_000 * 6_000 + 2_000 * 5_000


async def test_a_tariff_lives_and_what_was_quoted_by_it_stands(billing: RunningService) -> None:
    await billing.deliver(agency_registered())
    async with (
        billing.client(Role.FINANCE) as client,
        billing.client(Role.AGENCY, org_number=PENSIONS) as agency,
    ):
        finance = Finance(client)
        draft = await finance.send("", tariff())
        assert (draft["version"], draft["status"]) == (1, "draft")
        # A draft is the centre's own matter, and no fee is reckoned by it.
        assert (await agency.get("/v1/tariffs/ssc-2025")).status_code == 404
        before = (await agency.post("/v1/quotes", json=ASKED)).json()
        assert (before["tariff"], before["yearly_total_ore"]) == ("ssc-2020", OLD_ORE)
        assert before["total_with_vat_ore"] is None
        early = await finance.step("ssc-2025/1", "publications", None, 409)
        assert early["code"] == "consultation_missing"
        later = CONSULTATION | {"held_on": "2025-02-01"}
        assert (await finance.step("ssc-2025/1", "consultations", later, 422))["code"] == (
            "consultation_in_future"
        )
        noted = await finance.step("ssc-2025/1", "consultations", CONSULTATION)
        assert noted["status"] == "consulted"
        assert noted["consultation"]["reference"] == "ESV 2024-00123"
        again = await finance.step("ssc-2025/1", "consultations", CONSULTATION, 409)
        assert again["code"] == "tariff_not_open"
        billing.at(datetime(2025, 1, 8, 9, tzinfo=UTC))
        await finance.step("ssc-2025/1", "publications", None)
        assert (await finance.step("ssc-2025/1", "publications", None, 409))["code"] == (
            "tariff_not_open"
        )

        # Now fees are reckoned by it, and by what was known the day before they are not.
        after = (await agency.post("/v1/quotes", json=ASKED)).json()
        assert (after["tariff"], after["yearly_total_ore"]) == ("ssc-2025", NEW_ORE)
        assert after["vat"] == [
            {"percent": "25", "base_ore": NEW_ORE, "vat_ore": NEW_ORE // 4},
        ]
        assert [line["item"]["key"] for line in after["lines"]] == [
            "payroll-base-fixed",
            "payslips-band-1",
            "payslips-band-2",
        ]
        assert "12,000 payslips in all" in after["lines"][2]["explanation"]
        for known_at, key in (("2025-01-07T12:00:00Z", "ssc-2020"), (None, "ssc-2025")):
            query = {"on": "2025-06-01"} | ({"known_at": known_at} if known_at else {})
            [held] = (await finance.get("", **query))["items"]
            assert held["key"] == key
        await billing.deliver(fee_indication_requested())
        [indicated] = await billing.published(FeeIndicated)
        assert (indicated.tariff, indicated.tariff_version) == ("ssc-2025", 1)
        assert indicated.yearly_total_ore == NEW_ORE

        # A change is a new version; the old one holds until it begins.
        await finance.send("", tariff(year=None, valid_from="2025-07-01", valid_until="2025-12-31"))
        await finance.publish("ssc-2025/2")
        for day, number in (("2025-06-30", 1), ("2025-07-01", 2)):
            [held] = (await finance.get("", on=day))["items"]
            assert held["version"] == number

        # Withdrawn, it is not reckoned by any longer, and what was quoted by it stands.
        reason = {"reason": "Fel belopp."}
        for version in ("ssc-2025/2", "ssc-2025/1"):
            assert (await finance.step(version, "withdrawals", reason))["status"] == "withdrawn"
        assert (await finance.step("ssc-2025/1", "withdrawals", reason, 409))["code"] == (
            "tariff_withdrawn"
        )
        back = (await agency.post("/v1/quotes", json=ASKED)).json()
        assert back["tariff"] == "ssc-2020"
        named = await agency.post("/v1/quotes", json=ASKED | {"tariff": "ssc-2025"})
        assert (named.status_code, named.json()["code"]) == (422, "quote_refused")
        assert named.json()["reason"] == "tariff-withdrawn"
        for quote in (before, after):
            shown = (await agency.get(f"/v1/quotes/{quote['id']}")).json()
            assert shown["lines"] == quote["lines"]
            told = (await agency.get(f"/v1/quotes/{quote['id']}/recomputation")).json()
            assert (told["equal"], told["differences"]) == (True, [])
        shown = (await agency.get(f"/v1/quotes/{after['id']}")).json()
        assert shown["tariff_status"] == "withdrawn"
        versions = (await agency.get("/v1/tariffs/ssc-2025/versions")).json()["items"]
        assert [each["status"] for each in versions] == ["withdrawn", "withdrawn"]
        assert {each["published_by"] for each in versions} == {None}

    # Whoever tampers with a stored quote is found out.
    async with billing.runtime.database.transaction(write=True) as session:
        row = await session.get_one(QuoteRow, after["id"])
        row.result = {**row.result, "yearly_total_ore": 1}
        await session.commit()
    async with billing.client(Role.FINANCE) as client:
        told = (await client.get(f"/ops/v1/quotes/{after['id']}/recomputation")).json()
    assert told["equal"] is False
    assert told["differences"] == [
        {"at": "yearly_total_ore", "stored": "1", "reckoned": str(NEW_ORE)}
    ]


async def test_what_cannot_be_is_refused_and_nothing_changes(billing: RunningService) -> None:
    async with (
        billing.client(Role.FINANCE) as client,
        billing.client(Role.ACCOUNT_MANAGER) as manager,
        billing.client(Role.AGENCY, org_number=PENSIONS) as agency,
    ):
        finance = Finance(client)
        await finance.send("", tariff())
        await finance.publish("ssc-2025/1")
        await finance.send("", tariff("half", year=None, valid_from="2025-07-01"))
        await finance.step("half/1", "consultations", CONSULTATION)
        await finance.send("", tariff("ssc-2027", year=2027))
        await finance.step("ssc-2027/1", "consultations", CONSULTATION)
        before = await finance.get("")
        overlap = await finance.step("half/1", "publications", None, 409)
        assert overlap["code"] == "tariffs_overlap"
        assert overlap["tariffs"] == [
            {"key": "ssc-2025", "version": 1},
            {"key": "half", "version": 1},
        ]
        gap = await finance.step("ssc-2027/1", "publications", None, 409)
        assert (gap["code"], gap["first_day"], gap["last_day"]) == (
            "tariff_gap",
            "2026-01-01",
            "2026-12-31",
        )
        for changes, code in (
            ({"valid_from": "2025-01-01"}, "tariff_period_unclear"),
            ({"year": None}, "tariff_period_unclear"),
            (
                {"year": None, "valid_from": "2025-02-01", "valid_until": "2025-01-01"},
                "tariff_period_unclear",
            ),
            ({"items": [item(), item(unit="kilo")]}, "tariff_items_faulty"),
            ({"items": []}, "validation_failed"),
        ):
            refused = await finance.send("", tariff(**changes), 422)
            assert refused["code"] == code, changes
        faulty = await finance.send("", tariff(items=[item(), item(prices_ore=[-5])]), 422)
        assert [(each["row"], each["field"], each["code"]) for each in faulty["faults"]] == [
            (2, "key", "key_repeated"),
            (2, "prices_ore.0", "amount_negative"),
        ]
        assert (await finance.step("half/9", "publications", None, 404))["code"] == "not_found"
        query = {"key": "filed", "name": "Filed", "name_sv": "Från fil", "year": "2026"}
        cut = await client.post(
            f"{TARIFFS}/imports",
            params=query,
            content=b"key;unit\na",
            headers={"Content-Type": "text/csv"},
        )
        assert (cut.status_code, cut.json()["code"]) == (422, "file_cut_short")
        assert (await client.get(f"{TARIFFS}/filed")).status_code == 404
        kept = await client.post(
            f"{TARIFFS}/imports",
            params=query,
            content=(
                b"key;service_area;services;name;unit;banding;above;through;amount_sek\n"
                b"slip;payroll;payroll;Slip;payslip;whole_volume;0;10;22,50\n"
                b"slip;payroll;payroll;Slip;payslip;whole_volume;10;;20\n"
            ),
            headers={"Content-Type": "text/csv"},
        )
        assert kept.status_code == 201, kept.text
        [filed] = kept.json()["items"]
        assert [band["prices_ore"] for band in filed["bands"]] == [[2_250], [2_000]]
        assert (await manager.post(TARIFFS, json=tariff())).json()["code"] == "forbidden"
        assert (await agency.post("/v1/tariffs", json=tariff())).status_code in {404, 405}
        assert await finance.get("") == before
        # An older version does not come back onto the days that another tariff has since.
        await finance.send("", tariff(year=None, valid_from="2025-01-01"))
        await finance.publish("ssc-2025/2")
        await finance.step("half/1", "publications", None)
        back = await finance.step("ssc-2025/2", "withdrawals", {"reason": "Fel."}, 409)
        assert back["code"] == "tariffs_overlap"

        for body, reason in (
            (ASKED | {"tariff": "ssc-1999"}, "unknown-tariff"),
            (ASKED | {"on": "2012-01-01"}, "no-tariff-in-force"),
            ({"services": {}}, "no-services"),
            ({"services": {"payroll": {}}}, "missing-volume"),
            ({"services": {"time-reporting": {}}}, "service-not-priced"),
            ({"services": {"payroll": {"payslip": 1, "sheduling": 1}}}, "unknown-volume"),
            ({"services": {"payroll": {"payslip": 10**9}}, "on": "2025-03-01"}, None),
        ):
            answer = await agency.post("/v1/quotes", json=body)
            assert answer.json().get("reason") == reason, answer.text
        foreign = await agency.post("/v1/quotes", json=ASKED | {"org_number": FORESTRY})
        assert foreign.status_code == 404
        theirs = await client.post("/ops/v1/quotes", json=ASKED | {"org_number": FORESTRY})
        assert theirs.status_code == 201
        path = f"/v1/quotes/{theirs.json()['id']}"
        for hidden in (path, f"{path}/recomputation"):
            assert (await agency.get(hidden)).status_code == 404
        listed = (await agency.get("/v1/quotes")).json()["items"]
        assert {each["org_number"] for each in listed} == {PENSIONS}


async def test_bands_are_signed_charged_and_trued_up_and_a_change_is_told_beforehand(
    billing: RunningService, reader: Reader
) -> None:
    await billing.deliver(agency_registered())
    async with billing.client(Role.FINANCE) as client:
        finance = Finance(client)
        await finance.send("", tariff(year=None, valid_from="2025-01-01"))
        await finance.publish("ssc-2025/1")
        await billing.deliver(fee_indication_requested())
        [indicated] = await billing.published(FeeIndicated)
        signed = SignedService(
            service="payroll",
            service_area="payroll",
            name="Payroll administration",
            name_sv="Löneadministration",
            levels=(),
            fee_items=tuple(line.item for line in indicated.lines),
        )
        await billing.deliver(agreement_signed(services=(signed,), tariff="ssc-2025"))
        await billing.deliver(service_went_live(live_on=date(2025, 2, 1)))
        [subscription] = await reader.items("/subscriptions")
        assert subscription["yearly_fee_ore"] == NEW_ORE
        [service] = subscription["services"]
        assert service["fee_items"][2]["band"]["above"] == 10_000

        # 3 x 600 payslips are 7,200 a year, which does not reach the second band.
        rows = [volume_row(str(month), f"2025-0{month}", 600) for month in (2, 3, 4)]
        await report(billing, *rows)
        await billing.advance(datetime(2025, 5, 2, 10, tzinfo=UTC))
        [settled] = await reader.items("/true-ups")
        charged = 3 * (NEW_ORE // 12 + 1)  # the year's first instalments bear the odd öre
        assert settled["difference_ore"] == 3 * 1_400_000 + 1_800 * 6_000 - charged

        # The next version is compared before it is published.
        higher = [item(prices_ore=[1_500_000]), BANDED]
        await finance.send("", tariff("ssc-2026", year=2026, items=higher))
        path = "/ssc-2026/versions/1/differences"
        told = await finance.get(path, against="ssc-2025")
        assert [(each["key"], each["fields"]) for each in told["items"]] == [
            ("payroll-base-fixed", ["prices_ore"])
        ]
        [customer] = told["customers"]
        assert (customer["org_number"], customer["signed_ore"]) == (PENSIONS, NEW_ORE)
        assert (customer["old_ore"], customer["difference_ore"]) == (NEW_ORE, 12 * 100_000)
        query = {"against": "ssc-2025"}
        text = (await client.get(f"{TARIFFS}{path}.csv", params=query)).text
        assert text.splitlines()[-1].endswith(",868000.00,868000.00,880000.00,12000.00")
        earlier = await finance.get(path, against="ssc-2025", on="2024-02-29")
        assert (earlier["customers"], earlier["difference_ore"]) == ([], 0)
        alone = await client.get(f"{TARIFFS}{path}")
        assert (alone.status_code, alone.json()["code"]) == (422, "nothing_to_compare_with")


async def test_an_agreement_carries_items_of_its_own_beside_the_tariffs(
    billing: RunningService,
) -> None:
    await billing.deliver(agency_registered())
    price = {
        "service": "payroll",
        "unit": "payslip",
        "amount_ore": 3_500,
        "cost_basis": "Egen integration.",
        "valid_from": "2025-01-01",
        "org_number": PENSIONS,
    }
    async with billing.client(Role.FINANCE) as finance:

        async def register(**changes: Any) -> httpx.Response:
            return await finance.post("/ops/v1/price-items", json=price | changes)

        assert (await register()).json()["code"] == "service_priced_by_tariff"
        for changes, code in (
            ({"org_number": None, "beside_tariff": True}, "price_for_nobody"),
            ({"org_number": None, "case_id": "case-1"}, "price_for_nobody"),
            ({"instead_of": "no-such-item"}, "not_in_tariff"),
            (
                {"service": "time-reporting", "unit": "month", "beside_tariff": True},
                "not_in_tariff",
            ),
        ):
            assert (await register(**changes)).json()["code"] == code, changes
        instead = await register(instead_of="payroll-system-variable")
        assert instead.status_code == 201, instead.text
        beside = await register(
            beside_tariff=True,
            case_id="case-1",
            unit="month",
            amount_ore=90_000,
            name="Integration",
            vat_percent="25",
        )
        assert (beside.json()["key"], beside.json()["vat_percent"]) == ("own-payroll-month", "25")
        assert (await register(beside_tariff=True, vat_percent="19")).status_code == 422
        quoted = (
            await finance.post("/ops/v1/quotes", json=ASKED | {"org_number": PENSIONS})
        ).json()
        assert [line["item"]["key"] for line in quoted["lines"]] == [
            "payroll-base-fixed",
            "payroll-base-variable",
            "own-payroll-system-variable",
        ]
        assert quoted["yearly_total_ore"] == 12 * 1_350_000 + 12_000 * (2_200 + 3_500)
        assert "instead of payroll-system-variable" in quoted["lines"][2]["explanation"]
        # The agreement of the case has an item of its own, and then those of the agency no more.
        await billing.deliver(fee_indication_requested())
        [indicated] = await billing.published(FeeIndicated)
        assert [line.item.key for line in indicated.lines][-2:] == [
            "payroll-system-variable",
            "own-payroll-month",
        ]
        assert indicated.lines[-1].item.name == "Integration"
        withdrawal = {"valid_from": "2025-03-01", "reason": "Upphör."}
        path = f"/ops/v1/price-items/{instead.json()['id']}/withdrawals"
        assert (await finance.post(path, json=withdrawal)).status_code == 201
        told = await finance.get(f"/ops/v1/quotes/{quoted['id']}/recomputation")
        assert told.json()["equal"] is True


async def test_of_two_that_are_published_at_once_one_wins(billing: RunningService) -> None:
    async with billing.client(Role.FINANCE) as client:
        finance = Finance(client)
        for key in ("first", "second"):
            await finance.send("", tariff(key))
            await finance.step(f"{key}/1", "consultations", CONSULTATION)
        answers = await asyncio.gather(
            *(
                client.post(f"{TARIFFS}/{key}/versions/1/publications")
                for key in ("first", "second")
            )
        )
    assert sorted(each.status_code for each in answers) == [201, 409], [
        each.text for each in answers
    ]
    codes = {each.json().get("code") for each in answers}
    assert codes == {None, "tariffs_overlap"}
