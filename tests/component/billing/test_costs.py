"""Costs from the accounts to fees: imported, handed on, sent to arrangements, carried."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import httpx

from services.billing.sie.model import (
    Balance,
    BalanceKind,
    SieFile,
    Transaction,
    Voucher,
)
from services.billing.sie.writing import write
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from tests.component.billing.desk import Desk
from tests.component.billing.events import start_up_cost

SIE, CSV = "application/x-sie", "text/csv"
POOLS = (
    ("it", "system", None),
    ("house", "premises", None),
    ("pay-staff", "own_staff", "payroll"),
    ("ledger-staff", "own_staff", "supplier-ledger"),
)
MAPPING = {
    "effective_from": "2025-01-01",
    "rules": [
        {"first_account": "1", "last_account": "3", "pool": None},
        {"first_account": "4", "last_account": "4", "pool": "ledger-staff"}
        | {"objects": [{"dimension": "1", "number": "20"}]},
        {"first_account": "4", "last_account": "4", "pool": "pay-staff"},
        {"first_account": "50", "last_account": "50", "pool": "house"},
    ],
}
PLAN = {
    "effective_from": "2025-01",
    "drivers": [{"key": "staff", "name": "Staff", "name_sv": "Personal", "unit": "employee"}],
    "steps": [
        {"pool": "house", "to": ["it", "pay-staff", "ledger-staff"], "by": {"kind": "equal"}},
        {
            "pool": "it",
            "to": ["pay-staff", "ledger-staff"],
            "by": {"kind": "by_driver", "driver": "staff"},
        },
    ],
    "uses": [
        {
            "pool": "pay-staff",
            "parts": [
                {"portion": "3/4", "to": {"kind": "fees"}},
                {"portion": "1/4", "to": {"kind": "carry", "over_months": 2}},
            ],
        },
        {
            "pool": "ledger-staff",
            "parts": [
                {
                    "portion": "1/1",
                    "to": {"kind": "arrangement", "arrangement": "joint", "line": "ledger"},
                }
            ],
        },
    ],
}


def _sie(*vouchers: Voucher, rent_budget: int = 200_000) -> bytes:
    balances = [
        Balance(BalanceKind.BUDGET_OF_PERIOD, 0, "5010", rent_budget, period="2025-01"),
    ]
    moved: dict[str, int] = {}
    for voucher in vouchers:
        for row in voucher.rows:
            moved[row.account] = moved.get(row.account, 0) + row.amount_ore
    balances += [Balance(BalanceKind.RESULT, 0, account, ore) for account, ore in moved.items()]
    return write(
        SieFile(
            program="Ekonomi",
            program_version="1",
            generated_on=date(2025, 2, 3),
            company="Servicecentrum Öst",
            years={0: (date(2025, 1, 1), date(2025, 12, 31))},
            balances=tuple(balances),
            vouchers=vouchers,
        )
    )


def _voucher(number: str, *rows: tuple[str, int, str], day: int = 31) -> Voucher:
    found = tuple(
        Transaction(account, (("1", centre),) if centre else (), ore)
        for account, ore, centre in rows
    )
    paid = Transaction("1910", (), -sum(row.amount_ore for row in found))
    return Voucher("A", number, date(2025, 1, day), f"Kostnad {number}", (*found, paid))


RENT = _voucher("1", ("5010", 100_000, ""))
PAY = _voucher("2", ("4010", 700_000, "10"), ("4010", 300_000, "20"))


class CostDesk(Desk):
    """Finance at work on costs."""

    async def file(self, content: bytes, kind: str = SIE, **query: str) -> httpx.Response:
        async with self._service.client(Role.FINANCE) as client:
            return await client.post(
                "/ops/v1/cost-imports",
                content=content,
                headers={"content-type": kind},
                params={"source": "accounts"} | query,
            )

    async def refused(self, answer: httpx.Response, code: str, **told: Any) -> None:
        body = answer.json()
        assert (answer.status_code // 100, body["code"]) == (4, code), answer.text
        assert {name: body[name] for name in told} == told

    async def state(self, period: str = "2025-01", **query: str) -> Any:
        return await self.get(f"/cost-statements/{period}", **query)


async def _begun(service: RunningService) -> CostDesk:
    desk = CostDesk(service)
    for key, kind, of in POOLS:
        pool = {"key": key, "name": key, "name_sv": key, "kind": kind, "service": of}
        await desk.ok("/cost-pools", pool)
    await desk.ok("/cost-mappings", MAPPING)
    return desk


async def _planned(desk: CostDesk) -> None:
    await desk.ok("/cost-arrangements", {"key": "joint", "name": "Joint", "name_sv": "Gemensam"})
    line = {"key": "ledger", "name": "Ledger", "name_sv": "Reskontra"}
    charge = {"kind": "actual", "by": {"kind": "equal"}}
    version = {"effective_from": "2025-01-01", "lines": [line | {"charge": charge}]}
    await desk.ok("/cost-arrangements/joint/versions", version)
    await desk.ok("/overhead-plans", PLAN)
    readings = [
        {"id": f"staff-{pool}", "driver": "staff", "party": pool, "quantity": quantity}
        | {"first_day": "2025-01-01", "last_day": "2025-12-31"}
        for pool, quantity in (("pay-staff", "2"), ("ledger-staff", "1"))
    ]
    assert await desk.ok("/pool-readings", {"readings": readings}) == {"new": 2, "known": 0}
    assert await desk.ok("/pool-readings", {"readings": readings}) == {"new": 0, "known": 2}


async def test_costs_go_from_the_accounts_to_fees_and_none_is_lost(billing: RunningService) -> None:
    desk = await _begun(billing)
    first = (await desk.file(_sie(RENT, PAY))).json()
    assert (first["vouchers"], first["rows"], first["not_cost"], first["new"]) == (2, 6, 2, 4)
    assert {(each["pool"], each["amount_ore"]) for each in first["pools"]} == {
        ("house", 100_000),
        ("house", 200_000),
        ("ledger-staff", 300_000),
        ("pay-staff", 700_000),
    }
    again = (await desk.file(_sie(RENT, PAY))).json()
    assert (again["known_file"], again["id"]) == (True, first["id"])
    # A later export holds what came before, more, and another budget.
    more = _voucher("3", ("4010", 1, "20"))
    later = (await desk.file(_sie(RENT, PAY, more, rent_budget=190_000))).json()
    assert (later["vouchers"], later["known_vouchers"], later["new"]) == (1, 2, 2)
    budget = await desk.state(basis="budget")
    assert budget["total"]["cost_ore"] == 190_000
    csv = b"id,amount_sek,pool,period\nlicences,100.00,it,2025-01\n"
    for known in (0, 1):
        taken = (await desk.file(csv + b"\n" * known, CSV, rows="1")).json()
        assert (taken["new"], taken["known"]) == (1 - known, known)
    await billing.deliver(start_up_cost("a", amount_ore=5_000))
    before = await desk.state()
    assert before["total"]["unallocated_ore"] == before["total"]["cost_ore"] == 1_115_001

    await _planned(desk)
    wanted = {"period": "2025-01", "basis": "actual"}
    simulated = await desk.ok("/cost-distributions/simulation", wanted)
    await desk.refused(await desk.send("/cost-distributions", wanted), "period_not_ended")
    await billing.advance(datetime(2025, 2, 2, tzinfo=UTC))
    booked = await desk.ok(
        "/cost-distributions", wanted | {"as_simulated": simulated["fingerprint"]}
    )
    assert booked["used"] == simulated["used"]
    # Booked again with nothing changed, the same one stands.
    assert await desk.ok("/cost-distributions", wanted) == booked
    after = await desk.state()
    total = after["total"]
    # house 1,000.00 in thirds; it has 100.00 + 333.34 of it, two thirds to pay and one to ledger.
    pay = 700_000 + 33_333 + 28_889
    assert total["to_fees_ore"] + total["carried_ore"] == pay
    assert total["to_arrangements_ore"] == 1_110_001 - pay
    assert (total["unallocated_ore"], total["difference_ore"]) == (5_000, 0)
    kinds = {each["kind"]: each["unallocated_ore"] for each in after["kinds"]}
    assert kinds == {"own_staff": 0, "premises": 0, "system": 0, "start_up": 5_000}
    [item] = (await desk.get("/cost-arrangements/joint/cost-items"))["items"]
    assert (item["line"], item["amount_ore"]) == ("ledger", total["to_arrangements_ore"])
    march = (await desk.state("2025-03"))["total"]
    february = (await desk.state("2025-02"))["total"]
    assert february["brought_forward_ore"] + march["brought_forward_ore"] == total["carried_ore"]
    told = await desk.get(f"/cost-distributions/{booked['id']}/pools/it/explanation")
    assert [each["kind"] for each in told["explanation"]["children"]] == [
        "own_cost",
        "received",
        "handed_on",
        "handed_on",
    ]

    # A cost that comes late is unallocated until the month is distributed again.
    entry = {"id": "late", "pool": "ledger-staff", "period": "2025-01", "amount_ore": 9}
    batch = {"source": "desk", "entries": [entry]}
    assert await desk.ok("/cost-entries", batch) == {"new": 1, "known": 0}
    assert (await desk.state())["total"]["since_ore"] == 9
    outdated = wanted | {"as_simulated": simulated["fingerprint"]}
    await desk.refused(await desk.send("/cost-distributions", outdated), "not_as_simulated")
    second = await desk.ok("/cost-distributions", wanted)
    assert (second["number"], second["corrects"]) == (2, booked["id"])
    items = (await desk.get("/cost-arrangements/joint/cost-items"))["items"]
    assert [each["amount_ore"] for each in items] == [item["amount_ore"], 9]
    assert (await desk.state("2025-03"))["total"] == march
    assert await desk.get(f"/cost-distributions/{booked['id']}") == booked


async def test_files_and_rows_that_do_not_hold_change_nothing(billing: RunningService) -> None:
    desk = await _begun(billing)
    whole = _sie(RENT, PAY)
    assert (await desk.file(whole)).status_code == 200
    before = await desk.get("/cost-entries")
    changed = _voucher("2", ("4010", 700_001, "10"))
    new = _voucher("4", ("5010", 5, ""))
    unmapped = _voucher("5", ("6071", 5, ""), ("7010", 5, ""))
    early = Voucher("A", "6", date(2024, 12, 31), "", RENT.rows)
    without_text = _sie(new).replace(b"#SIETYP 4", b"#SIETYP 2")
    for content, code, told in (
        (_sie(new)[:-40], "file_cut_short", {"row": 15, "column": 9}),
        (without_text, "sie_unreadable", {"row": 6, "column": 9}),
        (_sie(new).replace(b"{} 0.05", b"{} 0.06"), "sie_voucher_unbalanced", {"column": 1}),
        (_sie(new, changed), "voucher_conflict", {"number": "2"}),
        (_sie(new, unmapped), "account_unmapped", {"accounts": ["6071", "7010"], "row": 21}),
        (_sie(new, early), "sie_disagrees", {"column": 1}),
    ):
        await desk.refused(await desk.file(content), code, **told)
    no_mapping = await desk.file(_sie(new, early), whole_year="false")
    await desk.refused(no_mapping, "cost_mapping_missing", day="2024-12-31")
    head = b"id,amount_sek,pool,period\n"
    cut = await desk.file(head + b"a,1.00,it,2025-01\n", CSV, rows="2")
    await desk.refused(cut, "file_cut_short", row=2)
    strange = await desk.file(head + b"a,1.00,nix,2025-01\n", CSV)
    await desk.refused(strange, "unknown_reference", row=2, column="pool")
    entry = {"id": "x", "pool": "it", "period": "2025-01", "amount_ore": 1}
    for change in ({"amount_ore": 2}, {"pool": "nix"}):
        batch = {"source": "desk", "entries": [entry, entry | change]}
        code = "unknown_reference" if "pool" in change else "fact_conflict"
        await desk.refused(await desk.send("/cost-entries", batch), code, row=2)
    assert await desk.get("/cost-entries") == before

    pool = {"key": "pay-more", "name": "x", "name_sv": "x", "kind": "own_staff"}
    taken = await desk.send("/cost-pools", pool | {"service": "payroll"})
    await desk.refused(taken, "cost_pool_exists", pool="pay-staff")
    nobody = await desk.send("/cost-pools", pool | {"service": "nix"})
    await desk.refused(nobody, "unknown_reference", unknown=["nix"])
    wanted = {"period": "2025-01", "basis": "actual"}
    simulated = await desk.send("/cost-distributions/simulation", wanted)
    await desk.refused(simulated, "cost_plan_missing")
    await _planned(desk)
    reading = {"id": "r", "driver": "staff", "party": "it", "quantity": "1"}
    reading |= {"first_day": "2025-02-01"}
    for change, code, column in (
        ({"quantity": "-1"}, "negative_volume", "quantity"),
        ({"unit": "case"}, "unknown_unit", "unit"),
        ({"party": "nix"}, "unknown_reference", "party"),
        ({"last_day": "2025-01-01"}, "days_turned_round", "last_day"),
        ({"corrects": "nothing"}, "unknown_reference", "corrects"),
    ):
        answer = await desk.send("/pool-readings", {"readings": [reading | change]})
        await desk.refused(answer, code, row=1, column=column)
    async with billing.client(Role.SERVICE_MANAGER) as client:
        forbidden = await client.get("/ops/v1/cost-pools")
    await desk.refused(forbidden, "forbidden")
