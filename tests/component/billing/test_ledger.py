"""The ledger over HTTP and in the database: a year's vouchers, both times, corrections, SIE."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.billing.cost_sharing.templates import templates
from services.billing.ledger import repository
from services.billing.ledger.backfill import POST_EARLIER_FACTS
from services.billing.sie.model import disagreements
from services.billing.sie.reading import read
from services.billing.tables import LedgerEntryRow, VoucherCounterRow, VoucherRow
from services.chassis import timers
from services.chassis.identity import Role
from services.chassis.testing import RunningService
from services.contracts.billing import InvoiceIssued
from tests.component.billing.conftest import Reader, report, volume_row
from tests.component.billing.events import (
    PENSIONS,
    agreement_signed,
    level_breach_withdrawn,
    level_breached,
    service_went_live,
    start_up_cost,
)

Answer = dict[str, Any]
LEDGER = "/ops/v1/ledger"


async def _get(service: RunningService, path: str, **query: str) -> Any:
    async with service.client(Role.FINANCE) as client:
        answer = await client.get(f"{LEDGER}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer


async def _balance(service: RunningService, **query: str) -> dict[str, int]:
    found = (await _get(service, "/trial-balance", **query)).json()
    assert found["opening_ore"] == found["closing_ore"] == 0
    assert found["debit_ore"] == found["credit_ore"]
    return {each["account"]: each["closing_ore"] for each in found["items"]}


async def _some_months(billing: RunningService) -> None:
    """Four months: fees, a breach that holds and one that did not, late volumes, a true-up."""
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live(live_on=date(2025, 1, 7)))
    await billing.deliver(start_up_cost("cost-1"))
    await billing.deliver(level_breached(1, breached_at=datetime(2025, 1, 8, 9, tzinfo=UTC)))
    await billing.deliver(level_breached(2, breached_at=datetime(2025, 1, 9, 9, tzinfo=UTC)))
    await billing.deliver(
        level_breach_withdrawn(2, withdrawn_at=datetime(2025, 1, 10, 9, tzinfo=UTC))
    )
    await billing.advance(datetime(2025, 4, 20, 8, tzinfo=UTC))
    await report(billing, *(volume_row(f"p{n}", f"2025-0{n}", 1_100) for n in (1, 2, 3)))
    await billing.advance(datetime(2025, 5, 2, 8, tzinfo=UTC))


async def test_every_amount_is_a_voucher_in_both_times(
    billing: RunningService, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "VOUCHERS_AT_ONCE", 5)
    await _some_months(billing)
    pool = {"key": "it", "name": "Systems", "name_sv": "System", "kind": "system"}
    await _ok(billing, "/cost-pools", pool)
    cost = {"id": "c1", "pool": "it", "period": "2025-04", "amount_ore": 700}
    planned = cost | {"id": "c2", "basis": "budget"}
    for _ in range(2):  # what comes again is no new cost
        await _ok(billing, "/cost-entries", {"source": "accounts", "entries": [cost, planned]})
    vouchers = await reader.items("/ledger/vouchers")
    assert Counter(each["cause"]["kind"] for each in vouchers) == {
        "start_up_cost": 1,
        "cost": 1,
        "credit": 2,
        "credit_withdrawn": 1,
        "fees_earned": 4,
        "invoice": 4,
        "true_up": 1,
    }
    assert all(sum(row["amount_ore"] for row in each["entries"]) == 0 for each in vouchers)
    for series in {each["number"][0] for each in vouchers}:
        own = [each["number"] for each in vouchers if each["number"][0] == series]
        assert own == [f"{series}-2025-{n:06d}" for n in range(1, len(own) + 1)]

    # The sums of the accounts are the slow sums over vouchers, whenever one asks.
    for on, known_at in (
        ("2025-01-31", "2025-01-31T12:00:00Z"),
        ("2025-01-31", "2025-02-02T12:00:00Z"),
        ("2025-05-02", "2025-05-02T12:00:00Z"),
    ):
        slow: Counter[str] = Counter()
        instant = datetime.fromisoformat(known_at)
        for each in vouchers:
            if each["posted_on"] <= on and datetime.fromisoformat(each["recorded_at"]) <= instant:
                for row in each["entries"]:
                    slow[row["account"]] += row["amount_ore"]
        assert await _balance(billing, on=on, known_at=known_at) == dict(slow)
    # January's fee is earned in January, and became known with its invoice in February.
    before = await _balance(billing, on="2025-01-31", known_at="2025-01-31T12:00:00Z")
    after = await _balance(billing, on="2025-01-31", known_at="2025-02-02T12:00:00Z")
    issued = await billing.published(InvoiceIssued)
    [fee] = [line.amount_ore for line in issued[0].lines if line.kind == "subscription"]
    assert (before.get("3411", 0), after["3411"], after["1611"]) == (0, -fee, fee)

    now = await _balance(billing)
    assert now["1511"] == sum(invoice.total_ore for invoice in issued)
    # All is invoiced: nothing is accrued, and income is what was invoiced.
    assert {now.get(each, 0) for each in ("1611", "1612", "2711", "2712")} == {0}
    assert sum(now.get(each, 0) for each in ("3411", "3412", "3413")) == -now["1511"]

    [given] = await reader.items("/ledger/vouchers", cause="credit", cause_id="breach-2")
    [withdrawn] = await reader.items("/ledger/vouchers", cause="credit_withdrawn")
    assert withdrawn["corrects"] == given["id"]
    assert given["corrected_by"] == [withdrawn["id"]]
    assert withdrawn["cause"]["event_id"]
    [row] = (await _get(billing, "/accounts/3412/entries")).json()["items"]
    assert (row["org_number"], row["service"], row["amount_ore"]) == (
        PENSIONS,
        "payroll",
        now["3412"],
    )
    table = list(csv.DictReader(io.StringIO((await _get(billing, "/trial-balance.csv")).text)))
    assert {row["account"]: int(row["closing_ore"]) for row in table} == now

    file = read((await _get(billing, "/export.se", year="2025")).content)
    assert disagreements(file) == ()
    assert {
        (
            f"{each.series}-2025-{int(each.number):06d}",
            each.day.isoformat(),
            each.text,
            *((row.account, row.amount_ore, dict(row.objects).get("8")) for row in each.rows),
        )
        for each in file.vouchers
    } == {
        (
            each["number"],
            each["posted_on"],
            each["text_sv"],
            *((row["account"], row["amount_ore"], row["org_number"]) for row in each["entries"]),
        )
        for each in vouchers
    }
    assert file.objects["8", PENSIONS]
    january = read((await _get(billing, "/export.se", year="2025", month="1")).content)
    assert {each.day.month for each in january.vouchers} == {1}

    await _corrections(billing, vouchers)
    await _several_at_once(billing, vouchers)
    await _is_append_only(billing)


async def _corrections(billing: RunningService, vouchers: list[Answer]) -> None:
    """A voucher is corrected by another, once, in an open month."""
    wrong = next(each for each in vouchers if each["cause"]["kind"] == "start_up_cost")
    path = f"{LEDGER}/vouchers/{wrong['id']}/corrections"
    rows = [{"account": "4911", "amount_ore": 5}, {"account": "2791", "amount_ore": -4}]

    async def post(body: Answer, where: str = path) -> tuple[int, Answer]:
        async with billing.client(Role.FINANCE) as client:
            answer = await client.post(where, json={"reason": "Wrong account"} | body)
        return answer.status_code, answer.json()

    async def refused(body: Answer) -> str:
        before = await _balance(billing)
        status, problem = await post(body)
        assert status in {409, 422}
        assert await _balance(billing) == before
        return str(problem["code"])

    assert await refused({"entries": rows}) == "voucher_unbalanced"
    assert await refused({"entries": [rows[0] | {"amount_ore": 0}] * 2}) == "voucher_empty"
    assert await refused({"entries": [rows[0] | {"account": "9999"}] * 2}) == "account_unknown"
    assert await refused({"posted_on": "2025-05-03"}) == "posting_day_ahead"
    assert await refused({"posted_on": "2024-12-31"}) == "posting_day_too_early"
    async with billing.client(Role.FINANCE) as client:
        closed = await client.post("/ops/v1/billing-periods/2025-01/closing")
        assert closed.status_code == 201, closed.text
    assert await refused({"posted_on": "2025-01-31"}) == "posting_period_closed"
    status, corrected = await post({"posted_on": "2025-02-01"})
    assert status == 201
    assert (corrected["number"], corrected["corrects"]) == ("R-2025-000001", wrong["id"])
    assert [-row["amount_ore"] for row in corrected["entries"]] == [
        row["amount_ore"] for row in wrong["entries"]
    ]
    assert await refused({}) == "voucher_corrected_before"
    async with billing.client(Role.FINANCE) as client:
        again = (await client.get(f"{LEDGER}/vouchers/{wrong['id']}")).json()
        assert again == wrong | {"corrected_by": [corrected["id"]]}
        assert (await client.get(f"{LEDGER}/accounts/9999/entries")).status_code == 404
    async with billing.client(Role.SERVICE_MANAGER) as client:
        assert (await client.get(f"{LEDGER}/trial-balance")).status_code == 403
    # What comes late of the closed month is posted after it, with its own day kept.
    await billing.deliver(level_breached(3, breached_at=datetime(2025, 1, 20, 9, tzinfo=UTC)))
    [late] = (await _get(billing, "/vouchers", cause_id="breach-3")).json()["items"]
    assert (late["occurred_on"], late["posted_on"]) == ("2025-01-20", "2025-02-01")


async def _several_at_once(billing: RunningService, vouchers: list[Answer]) -> None:
    """Of corrections made at once each gets its number, and those refused leave no gap."""
    wrong = [each["id"] for each in vouchers if each["cause"]["kind"] in {"fees_earned", "invoice"}]
    async with billing.client(Role.FINANCE) as client:
        answers = await asyncio.gather(
            *(
                client.post(f"{LEDGER}/vouchers/{each}/corrections", json={"reason": "Wrong"})
                for each in [*wrong, *wrong]
            )
        )
    assert Counter(each.status_code for each in answers) == {201: len(wrong), 409: len(wrong)}
    rows = (await _get(billing, "/vouchers", series="R", limit="200")).json()["items"]
    numbers = sorted(each["number"] for each in rows)
    assert numbers == [f"R-2025-{n:06d}" for n in range(1, len(wrong) + 2)]
    await _balance(billing)


async def _is_append_only(billing: RunningService) -> None:
    """The database refuses to change or remove a voucher or an entry, whoever asks."""
    for table, column in (("vouchers", "text"), ("ledger_entries", "account")):
        for statement in (f"UPDATE {table} SET {column} = '1'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"):
                async with billing.runtime.database.transaction(write=True) as session:
                    await session.execute(sa.text(statement))


async def _ok(service: RunningService, path: str, body: Any) -> Answer:
    async with service.client(Role.FINANCE) as client:
        answer = await client.post(f"/ops/v1{path}", json=body)
    assert answer.status_code in {200, 201}, answer.text
    found: Answer = answer.json()
    return found


async def test_shares_are_on_invoices_once_and_in_the_ledger(
    billing: RunningService, reader: Reader
) -> None:
    text = templates()["fk-pm"].model_dump_json().replace("2015-", "2025-")
    template = json.loads(text)
    path = f"/cost-arrangements/{template['key']}"
    await billing.deliver(agreement_signed())
    await billing.deliver(service_went_live(live_on=date(2025, 1, 7)))
    await _ok(billing, "/cost-arrangements", {k: template[k] for k in ("key", "name", "name_sv")})
    await _ok(billing, f"{path}/parties", {"parties": template["parties"]})
    for version in template["versions"]:
        await _ok(billing, f"{path}/versions", version)
    budget, _, final = template["examples"]
    for facts in (budget, final):
        for name, where in (("items", "cost-items"), ("readings", "readings")):
            if facts[name]:
                await _ok(billing, f"{path}/{where}", {name: facts[name]})
    days = {name: budget[name] for name in ("first_day", "last_day", "actual_through")}
    first = await _ok(billing, f"{path}/sharings", days)
    before = await _balance(billing)
    charged = sum(share["charged_now_ore"] for share in first["shares"])
    assert (before["1613"], before["2721"]) == (charged, -charged)

    await billing.advance(datetime(2025, 2, 2, 8, tzinfo=UTC))
    share = next(each for each in first["shares"] if each["org_number"] == PENSIONS)
    where = f"/cost-sharings/{first['id']}/shares/{share['party']}"
    async with billing.client(Role.AGENCY, org_number=PENSIONS) as client:
        [invoice] = (await client.get("/v1/invoices")).json()["items"]
        explained = (await client.get(f"/v1{where}")).json()
    [line] = [line for line in invoice["lines"] if line["kind"] == "cost_share"]
    planned = {each["period"]: each["amount_ore"] for each in explained["instalments"]}
    assert (line["period"], line["amount_ore"]) == ("2025-01", planned["2025-01"])
    assert (line["explanation"], line["service"]) == (where, template["key"])

    # A true-up is a difference, invoiced in the month it is booked in.
    last = {name: final[name] for name in ("first_day", "last_day", "actual_through")}
    second = await _ok(billing, f"{path}/sharings", last | {"corrects": first["id"]})
    await billing.advance(datetime(2025, 4, 2, 8, tzinfo=UTC))
    carried = [
        (line["cost_sharing_id"], line["period"], line["amount_ore"])
        for each in await reader.items("/invoices")
        for line in each["lines"]
        if line["kind"] == "cost_share"
    ]
    own = next(each for each in second["shares"] if each["org_number"] == PENSIONS)
    assert own["charged_now_ore"]
    assert sorted(carried) == sorted(
        [
            *((first["id"], f"2025-0{n}", planned[f"2025-0{n}"]) for n in (1, 2, 3)),
            (second["id"], "2025-02", own["charged_now_ore"]),
        ]
    )
    now = await _balance(billing)
    invoiced = sum(ore for *_, ore in carried)
    owed = sum(share["owed_ore"] for share in second["shares"])
    assert (now["3415"], now["1613"], now["2721"]) == (-invoiced, owed - invoiced, invoiced - owed)


async def test_what_was_made_before_the_ledger_is_posted_once(
    billing: RunningService, reader: Reader
) -> None:
    await _some_months(billing)
    told = _told(await reader.items("/ledger/vouchers"))
    balance = await _balance(billing)
    await _forget_the_ledger(billing)
    assert await reader.items("/ledger/vouchers") == []
    for _ in range(2):
        async with billing.runtime.database.transaction(write=True) as session:
            due = datetime(2000, 1, 1, tzinfo=UTC)
            await timers.set_timer(session, POST_EARLIER_FACTS, "ledger", due, {})
            await session.commit()
        await billing.advance(datetime(2025, 5, 2, 9, tzinfo=UTC))
        assert _told(await reader.items("/ledger/vouchers")) == told
    assert await _balance(billing) == balance


def _told(vouchers: list[Answer]) -> set[tuple[object, ...]]:
    return {
        (
            each["cause"]["kind"],
            each["cause"]["id"],
            each["posted_on"],
            each["text"],
            *(tuple(row.values()) for row in each["entries"]),
        )
        for each in vouchers
    }


async def _forget_the_ledger(billing: RunningService) -> None:
    """As a release before it left the database; nobody but its owner can do this."""
    async with billing.runtime.database.transaction(write=True) as session:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        for row in (LedgerEntryRow, VoucherRow):
            table = row.__tablename__
            triggers = (f"{table}_no_update", f"{table}_no_delete")
            for trigger in triggers if on_sqlite else (f"{table}_no_row_change",):
                of = "" if on_sqlite else f" ON {table}"
                await session.execute(sa.text(f"DROP TRIGGER {trigger}{of}"))
            await session.execute(sa.delete(row))
        await session.execute(sa.delete(VoucherCounterRow))
        await session.commit()
