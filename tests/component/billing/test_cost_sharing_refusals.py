"""What cost sharing refuses: stable codes, and nothing changed."""

from __future__ import annotations

import copy
from typing import Any

import httpx

from services.chassis.identity import Role
from services.chassis.testing import RunningService

DOOR = "/ops/v1/cost-arrangements"
HERE = f"{DOOR}/offices"
PARTIES = [
    {"key": key, "name": key.upper(), "groups": ["all"], "joins_on": "2024-01-01"}
    for key in ("a", "b")
]
LINE = {
    "key": "rent",
    "name": "Rent",
    "name_sv": "Hyra",
    "charge": {"kind": "actual", "by": {"kind": "equal"}},
}
VERSION: dict[str, Any] = {
    "effective_from": "2025-01-01",
    "groups": [{"key": "all", "name": "All", "name_sv": "Alla"}],
    "drivers": [{"key": "cases", "name": "Cases", "name_sv": "Ärenden", "unit": "case"}],
    "lines": [LINE],
}
YEAR = {"first_day": "2025-01-01", "last_day": "2025-12-31", "actual_through": "2025-12-31"}
ITEM = {
    "id": "rent-2025",
    "line": "rent",
    "name": "Rent 2025",
    "first_day": "2025-01-01",
    "last_day": "2025-12-31",
    "amount_ore": 100,
}
READING = {
    "id": "a-2025",
    "driver": "cases",
    "party": "a",
    "first_day": "2025-01-01",
    "last_day": "2025-12-31",
    "quantity": "7",
}


class Desk:
    """Finance at work: what it does goes well, or is refused with a code."""

    def __init__(self, service: RunningService) -> None:
        self._service = service

    async def send(self, path: str, body: Any, **headers: str) -> httpx.Response:
        async with self._service.client(Role.FINANCE) as client:
            return await client.post(path, json=body, headers=headers)

    async def ok(self, path: str, body: Any) -> Any:
        answer = await self.send(path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def refused(self, code: str, path: str, body: Any, **headers: str) -> Any:
        answer = await self.send(path, body, **headers)
        found = answer.json()
        assert found.get("code") == code, answer.text
        return found

    async def version(self, code: str, **changes: Any) -> Any:
        return await self.refused(code, f"{HERE}/versions", VERSION | changes)

    async def keyed(self, code: str, by: Any) -> Any:
        line = copy.deepcopy(LINE) | {"charge": {"kind": "actual", "by": by}}
        return await self.version(code, lines=[line])

    async def simulated(self, code: str, **changes: Any) -> Any:
        return await self.refused(code, f"{HERE}/sharings/simulation", YEAR | changes)


async def _desk(service: RunningService) -> Desk:
    desk = Desk(service)
    await desk.ok(DOOR, {"key": "offices", "name": "Offices", "name_sv": "Kontor"})
    await desk.ok(f"{HERE}/parties", {"parties": PARTIES})
    return desk


async def test_versions_that_could_not_share(billing: RunningService) -> None:
    desk = await _desk(billing)
    found = await desk.keyed(
        "portions_not_whole",
        {
            "kind": "portions",
            "portions": [{"of": "a", "portion": "33.3%"}, {"of": "b", "portion": "2/3"}],
        },
    )
    assert found["portions_sum"] == "2999/3000"
    await desk.keyed("unknown_reference", {"kind": "by_driver", "driver": "loans"})
    await desk.keyed(
        "unknown_reference", {"kind": "among", "members": ["c"], "by": {"kind": "equal"}}
    )
    ordered = {"kind": "only_those_who_ordered", "by": {"kind": "equal"}}
    sums = [{"of": "a", "amount_ore": 1}]
    await desk.keyed(
        "keys_do_not_go_together", {"kind": "fixed_sums", "sums": sums, "rest": ordered}
    )
    limits = [{"of": "all", "cap_ore": 1}]
    capped = {"kind": "limited", "by": {"kind": "equal"}, "limits": limits}
    assert (await desk.keyed("unknown_reference", capped))["unknown"] == ["all"]
    circle = [
        {"key": "x", "name": "X", "name_sv": "X", "contains": ["y"]},
        {"key": "y", "name": "Y", "name_sv": "Y", "contains": ["x"]},
    ]
    await desk.version("groups_in_a_circle", groups=circle)
    drivers = [VERSION["drivers"][0] | {"unit": "furlong"}]
    assert "case" in (await desk.version("unknown_unit", drivers=drivers))["known"]
    await desk.version("name_taken_twice", lines=[LINE, LINE])
    await desk.version("days_turned_round", effective_until="2024-12-31")
    await desk.version("arrangement_incomplete", lines=[LINE | {"invoiced": "in_month"}])
    price = {"name": "P", "name_sv": "P", "per": "unit", "sek": ["1"]}
    priced = LINE | {"charge": {"kind": "prices", "prices": [price]}}
    await desk.version("arrangement_incomplete", lines=[priced])
    await desk.version("validation_failed", lines=[])
    await desk.refused("arrangement_exists", DOOR, {"key": "offices", "name": "O", "name_sv": "O"})
    await desk.refused("not_found", f"{DOOR}/nothing/versions", VERSION)

    await desk.ok(f"{HERE}/versions", VERSION)
    stray = {"key": "c", "name": "C", "groups": ["al"], "joins_on": "2024-01-01"}
    found = await desk.refused("unknown_reference", f"{HERE}/parties", {"parties": [stray]})
    assert (found["row"], found["column"], found["unknown"]) == (1, "groups", ["al"])
    await desk.version("effective_days_overlap")
    ends = {"effective_from": "2024-01-01", "effective_until": "2025-01-01"}
    await desk.version("effective_days_overlap", **ends)
    stale = {"If-Match": '"1"'}
    later = VERSION | {"effective_from": "2026-01-01"}
    found = await desk.refused("precondition_failed", f"{HERE}/versions", later, **stale)
    current = {"If-Match": f'"{found["current_version"]}"'}
    answer = await desk.send(f"{HERE}/versions", later, **current)
    assert answer.headers["ETag"] == f'"{found["current_version"] + 1}"'


async def test_facts_that_do_not_fit(billing: RunningService) -> None:
    desk = await _desk(billing)
    await desk.ok(f"{HERE}/versions", VERSION)

    async def item(code: str, **changes: Any) -> Any:
        rows = [ITEM | {"id": "fits"}, ITEM | changes]
        return await desk.refused(code, f"{HERE}/cost-items", {"items": rows})

    async def reading(code: str, **changes: Any) -> Any:
        rows = [READING | {"id": "fits"}, READING | changes]
        return await desk.refused(code, f"{HERE}/readings", {"readings": rows})

    # Rows are counted from 1, and the first of each batch fits.
    for code, column, wrong in (
        ("unknown_reference", "line", "cleaning"),
        ("unknown_reference", "ordered_by", ["c"]),
        ("days_turned_round", "last_day", "2024-12-31"),
    ):
        found = await item(code, **{column: wrong})
        assert (found["row"], found["column"]) == (2, column)
    for code, column, wrong in (
        ("negative_volume", "quantity", "-0.5"),
        ("unknown_unit", "unit", "payslip"),
        ("unknown_reference", "party", "c"),
        ("unknown_reference", "driver", "loans"),
        ("unknown_reference", "corrects", "a-2024"),
    ):
        found = await reading(code, **{column: wrong})
        assert (found["row"], found["column"]) == (2, column)
    await reading("validation_failed", quantity="many")
    # Nothing of the refused batches is there: the rows are new now.
    both = {"items": [ITEM, ITEM | {"id": "fits"}]}
    assert await desk.ok(f"{HERE}/cost-items", both) == {"new": 2, "known": 0}
    changed = {"items": [ITEM | {"amount_ore": 1}]}
    found = await desk.refused("fact_conflict", f"{HERE}/cost-items", changed)
    assert (found["row"], found["column"], found["conflicts"]) == (1, "id", [ITEM["id"]])
    taken = {"parties": [PARTIES[0] | {"name": "Other"}]}
    await desk.refused("fact_conflict", f"{HERE}/parties", taken)
    await desk.refused(
        "name_taken_twice", f"{HERE}/parties", {"parties": [PARTIES[0] | {"key": "all"}]}
    )
    leaving = f"{HERE}/parties/b/leaving"
    await desk.refused("days_turned_round", leaving, {"leaves_on": "2023-12-31"})
    await desk.ok(leaving, {"leaves_on": "2025-06-30"})
    await desk.ok(leaving, {"leaves_on": "2025-06-30"})
    await desk.refused("fact_conflict", leaving, {"leaves_on": "2025-07-31"})
    assert await desk.ok(f"{HERE}/parties", {"parties": PARTIES})


async def test_periods_that_cannot_be_shared(billing: RunningService) -> None:
    desk = await _desk(billing)
    await desk.simulated("no_version_in_force")
    lines = [
        LINE | {"key": key, "charge": {"kind": "actual", "by": by}}
        for key, by in {
            "rent": {"kind": "equal"},
            "cases": {"kind": "by_driver", "driver": "cases"},
            "fixed": {"kind": "fixed_sums", "sums": [{"of": "a", "amount_ore": 1000}]},
            "capped": {"kind": "limited", "by": {"kind": "equal"}, "limits": [{"cap_ore": 10}]},
            "ordered": {"kind": "only_those_who_ordered", "by": {"kind": "equal"}},
            "nobody": {
                "kind": "by_group",
                "groups": ["none"],
                "between": {"kind": "equal"},
                "within": {"kind": "equal"},
            },
            "left": {
                "kind": "portions",
                "portions": [{"of": key, "portion": "1/2"} for key in ("a", "b")],
            },
        }.items()
    ]
    lines += [
        LINE
        | {
            "key": "agreed",
            "charge": {
                "kind": "agreed",
                "amount_ore": 600,
                "indexed": {"index": "aki", "base_year": 2024},
                "by": {"kind": "equal"},
            },
            "surplus": "return",
        }
    ]
    groups = [*VERSION["groups"], {"key": "none", "name": "None", "name_sv": "Ingen"}]
    await desk.ok(f"{HERE}/versions", VERSION | {"lines": lines, "groups": groups})
    await desk.simulated("index_value_missing")
    for year in (2024, 2025):
        await desk.ok("/ops/v1/index-values", {"index": "aki", "year": year, "value": "100"})
    assert (await desk.simulated("cost_missing"))["line"] == "agreed"
    await desk.ok(
        f"{HERE}/cost-items", {"items": [ITEM | {"id": "none", "line": "agreed", "amount_ore": 0}]}
    )
    simulation = f"{HERE}/sharings/simulation"
    assert (await desk.ok(simulation, YEAR))["lines"][-1]["returned_ore"] == 600

    async def alone(code: str, line: str) -> None:
        # Each in a year of its own, so that one refusal cannot hide another.
        years[line] = 2026 + len(years)
        days = {"first_day": f"{years[line]}-01-01", "last_day": f"{years[line]}-12-31"}
        await desk.ok(f"{HERE}/cost-items", {"items": [ITEM | days | {"id": line, "line": line}]})
        await desk.simulated(code, **days, actual_through=days["last_day"])

    years: dict[str, int] = {}
    for year in range(2026, 2034):
        await desk.ok("/ops/v1/index-values", {"index": "aki", "year": year, "value": "100"})
        zero = {"id": f"none-{year}", "line": "agreed", "amount_ore": 0}
        days = {"first_day": f"{year}-01-01", "last_day": f"{year}-12-31"}
        await desk.ok(f"{HERE}/cost-items", {"items": [ITEM | zero | days]})
    await alone("driver_without_data", "cases")
    await alone("sums_not_whole", "fixed")
    await alone("limits_cannot_hold", "capped")
    await alone("order_missing", "ordered")
    await alone("nobody_to_share", "nobody")
    await desk.ok(f"{HERE}/parties/b/leaving", {"leaves_on": "2030-12-31"})
    await alone("portions_not_whole", "left")
    absurd = {"id": "most", "line": "rent", "amount_ore": 10**15}
    for number in range(21):
        await desk.ok(f"{HERE}/cost-items", {"items": [ITEM | absurd | {"id": f"most-{number}"}]})
    await desk.simulated("amount_too_large")
    await desk.simulated("days_turned_round", last_day="2024-12-31")
    await desk.simulated("period_too_long", last_day="2027-12-31")


async def test_bookings_that_have_no_place(billing: RunningService) -> None:
    desk = await _desk(billing)
    await desk.ok(f"{HERE}/versions", VERSION)
    await desk.ok(f"{HERE}/cost-items", {"items": [ITEM]})
    there = f"{HERE}/sharings"
    simulated = await desk.ok(f"{there}/simulation", YEAR)
    await desk.ok(f"{HERE}/cost-items", {"items": [ITEM | {"id": "more"}]})
    meant = YEAR | {"as_simulated": simulated["fingerprint"]}
    await desk.refused("not_as_simulated", there, meant)
    key = {"Idempotency-Key": "booking-of-2025"}
    first, again = [await desk.send(there, YEAR, **key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    booked = first.json()["id"]
    await desk.refused("sharing_overlaps", there, YEAR | {"last_day": "2025-03-31"})
    part = YEAR | {"last_day": "2025-06-30", "corrects": booked}
    await desk.refused("corrects_another_period", there, part)
    correction = await desk.ok(there, YEAR | {"corrects": booked})
    assert all(share["charged_now_ore"] == 0 for share in correction["shares"])
    found = await desk.refused("sharing_corrected_before", there, YEAR | {"corrects": booked})
    assert found["corrected_by"] == correction["id"]
