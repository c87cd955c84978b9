"""Costs: every öre of a month ends somewhere, against a slow oracle in exact fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.cost_sharing.facts import Basis
from services.billing.cost_sharing.numerals import portion
from services.billing.costs.checks import check_mapping, check_plan
from services.billing.costs.distributing import Distribution, distribute
from services.billing.costs.explaining import explain
from services.billing.costs.language import (
    CostMapping,
    DistributionInput,
    OverheadPlan,
    Pool,
)
from services.billing.costs.mapping import Mappings, NoMappingError, UnmappedError
from services.billing.costs.rows import rows_of_csv
from services.billing.costs.statements import statement
from services.chassis.problems import Problem

OVERHEAD = ("oa", "ob", "oc")
OF_SERVICES = ("sx", "sy", "sz")
KINDS = {"oa": "inherited", "ob": "system", "oc": "premises", "sz": "start_up"}
SERVICES = {"sx": "payroll", "sy": "supplier-ledger", "sz": "payroll"}
POOLS = {
    key: Pool.model_validate(
        {
            "key": key,
            "name": key.upper(),
            "name_sv": key.upper(),
            "kind": KINDS.get(key, "own_staff"),
            "service": SERVICES.get(key),
        }
    )
    for key in (*OVERHEAD, *OF_SERVICES)
}
DRIVERS = [{"key": "staff", "name": "Staff", "name_sv": "Personal", "unit": "employee"}]
_portions = st.sampled_from(
    [["1/3", "1/3", "1/3"], ["50%", "33.5%", "16.5%"], ["1/7", "2/7", "4/7"]]
)


def _key(kind: str, to: list[str], portions: list[str]) -> dict[str, Any]:
    if kind == "portions" and len(to) == len(portions):
        pairs = zip(to, portions, strict=True)
        return {"kind": "portions", "portions": [{"of": a, "portion": b} for a, b in pairs]}
    return {"kind": "by_driver", "driver": "staff"} if kind == "by_driver" else {"kind": "equal"}


@st.composite
def inputs(draw: st.DrawFn) -> DistributionInput:
    steps = []
    for number, pool in enumerate(OVERHEAD):
        # Only to those behind it, so that there is no cycle.
        to = draw(
            st.lists(
                st.sampled_from([*OVERHEAD[number + 1 :], *OF_SERVICES]),
                min_size=1,
                max_size=3,
                unique=True,
            )
        )
        kind = draw(st.sampled_from(["equal", "portions", "by_driver"]))
        steps.append({"pool": pool, "to": to, "by": _key(kind, to, draw(_portions))})
    ends: list[dict[str, Any]] = [
        {"kind": "fees"},
        {"kind": "carry", "over_months": draw(st.integers(1, 5)), "to_pool": "sz"},
        {"kind": "arrangement", "arrangement": "joint", "line": "rent"},
    ]
    uses = [
        {
            "pool": pool,
            "parts": [
                {"portion": each, "to": to} for each, to in zip(draw(_portions), ends, strict=True)
            ],
        }
        for pool in draw(st.lists(st.sampled_from(OF_SERVICES), max_size=3, unique=True))
    ]
    amounts = draw(st.lists(st.integers(-1000, 10**7), min_size=6, max_size=6))
    costs = [
        {"pool": pool, "origin": pool, "amount_ore": ore, "entries": 1}
        for pool, ore in zip(POOLS, amounts, strict=True)
    ]
    back = {"origin": "oa", "amount_ore": draw(st.integers(0, 999)), "is_brought_forward": True}
    readings = [
        {"id": f"r-{pool}", "driver": "staff", "party": pool, "first_day": "2025-03-01"}
        | {"last_day": "2025-03-31", "quantity": str(draw(st.integers(1, 9)))}
        for pool in POOLS
    ]
    return DistributionInput.model_validate(
        {
            "period": "2025-03",
            "basis": "actual",
            "plan_number": 1,
            "plan": {
                "effective_from": "2025-01",
                "drivers": DRIVERS,
                "steps": draw(st.permutations(steps)),
                "uses": uses,
            },
            "pools": list(POOLS.values()),
            "costs": [*costs, {"pool": "sx", **back}],
            "readings": readings,
        }
    )


def _exactly(found: DistributionInput) -> dict[tuple[str, str], Fraction]:
    """Where cost ends by pool and origin: each öre followed along every way, in fractions."""
    steps = {step.pool: step for step in found.plan.steps}
    weight = {reading.party: Fraction(reading.quantity) for reading in found.readings}
    ends: dict[tuple[str, str], Fraction] = defaultdict(Fraction)

    def follow(pool: str, origin: str, amount: Fraction) -> None:
        if pool not in steps:
            ends[pool, origin] += amount
            return
        step = steps[pool]
        weights = dict.fromkeys(step.to, Fraction(1))
        if step.by.kind == "by_driver":
            weights = {to: weight[to] for to in step.to}
        elif step.by.kind == "portions":
            weights = {each.of: portion(each.portion) for each in step.by.portions}
        for to in step.to:
            follow(to, origin, amount * weights[to] / sum(weights.values()))

    for cost in found.costs:
        follow(cost.pool, cost.origin, Fraction(cost.amount_ore))
    return ends


@given(inputs())
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_between_pools_and_fees(given: DistributionInput) -> None:
    found = distribute(given)
    ended: dict[tuple[str, str], int] = defaultdict(int)
    by_origin: dict[str, int] = defaultdict(int)
    for used in found.used:
        ended[used.pool, used.origin] += used.amount_ore
        by_origin[used.origin] += used.amount_ore
    for cost in given.costs:
        by_origin[cost.origin] -= cost.amount_ore
    assert not any(by_origin.values())
    exact = _exactly(given)
    assert not set(ended) - set(exact)
    for place, amount in exact.items():
        # Each of the three steps is off by less than an öre for an origin and a receiver.
        assert abs(ended.get(place, 0) - amount) < len(OVERHEAD)
    for use in given.plan.uses:
        whole = sum(each.amount_ore for each in found.used if each.pool == use.pool)
        to_fees = sum(
            each.amount_ore for each in found.used if (each.pool, each.use) == (use.pool, "fees")
        )
        assert abs(to_fees - whole * portion(use.parts[0].portion)) < 1
    _agrees(given, found)


def _agrees(given: DistributionInput, found: Distribution) -> None:
    state = statement(given.costs, found, POOLS)
    assert all(account.difference_ore == 0 for account in state.pools.values())
    assert all(account.difference_ore == 0 for account in state.kinds.values())
    came = sum(cost.amount_ore for cost in given.costs)
    assert state.total.difference_ore == 0
    assert came == state.total.cost_ore + state.total.brought_forward_ore
    for pool in POOLS:
        told = explain(found, pool)
        assert sum(child.amount_ore or 0 for child in told.children) == 0
        for child in told.children:
            parts = [each.amount_ore for each in child.children if each.amount_ore is not None]
            assert not parts or sum(parts) == child.amount_ore


def _input(**changes: Any) -> DistributionInput:
    plan = {"effective_from": "2025-01", "drivers": DRIVERS}
    plan["steps"] = [{"pool": "oa", "to": ["sz", "sx", "sy"], "by": {"kind": "equal"}}]
    given = {
        "period": "2025-03",
        "basis": "actual",
        "plan_number": 1,
        "plan": plan | changes.pop("plan", {}),
        "pools": list(POOLS.values()),
        "costs": [{"pool": "oa", "origin": "oa", "amount_ore": 100}],
    }
    return DistributionInput.model_validate(given | changes)


def test_ties_go_in_the_order_of_the_pools_keys() -> None:
    found = distribute(_input())
    assert [(each.to, each.amount_ore) for each in found.handed] == [
        ("sx", 34),
        ("sy", 33),
        ("sz", 33),
    ]
    assert {each.use for each in found.used} == {"unallocated"}


def test_what_came_after_the_distribution_is_unallocated() -> None:
    booked = distribute(_input(plan={"uses": [_use("sx", {"kind": "fees"})]}))
    later = [*booked.given.costs, booked.given.costs[0].model_copy(update={"amount_ore": 7})]
    total = statement(later, booked, POOLS).total
    assert (total.cost_ore, total.to_fees_ore, total.unallocated_ore) == (107, 34, 73)
    assert (total.since_ore, total.difference_ore) == (7, 0)
    none = statement(later, None, POOLS).total
    assert (none.unallocated_ore, none.since_ore, none.difference_ore) == (107, 0, 0)


def _use(pool: str, *ends: dict[str, Any], portions: tuple[str, ...] = ("1/1",)) -> dict[str, Any]:
    parts = [{"portion": each, "to": to} for each, to in zip(portions, ends, strict=True)]
    return {"pool": pool, "parts": parts}


def _step(pool: str, *to: str, **by: Any) -> dict[str, Any]:
    return {"pool": pool, "to": to, "by": by or {"kind": "equal"}}


BY_STAFF = {"kind": "by_driver", "driver": "staff"}
FEES = {"kind": "fees"}


@pytest.mark.parametrize(
    ("plan", "code", "told"),
    [
        (
            {"steps": [_step("oa", "ob", "sx"), _step("ob", "oc"), _step("oc", "ob")]},
            "cost_pool_cycle",
            {"cycle": ["ob", "oc", "ob"]},
        ),
        ({"steps": [_step("oa", "oa")]}, "cost_pool_cycle", {"cycle": ["oa", "oa"]}),
        ({"steps": [_step("sx", "sy")]}, "overhead_pool_expected", {"pool": "sx"}),
        ({"steps": [_step("oa", "nix")]}, "unknown_reference", {"unknown": ["nix"]}),
        (
            {"steps": [_step("oa", "sx", **BY_STAFF)], "drivers": []},
            "unknown_reference",
            {"unknown": ["staff"]},
        ),
        (
            {"steps": [_step("oa", "sx")], "uses": [_use("oa", FEES)]},
            "name_taken_twice",
            {"names": ["oa"]},
        ),
        (
            {
                "steps": [
                    _step("oa", "sx", kind="portions", portions=[{"of": "sx", "portion": "99%"}])
                ]
            },
            "portions_not_whole",
            {"line": "oa"},
        ),
        ({"uses": [_use("sx", FEES, portions=("1/2",))]}, "portions_not_whole", {"line": "sx"}),
        ({"uses": [_use("oa", FEES)]}, "service_pool_expected", {"pool": "oa"}),
        ({"uses": [_use("sz", FEES)]}, "start_up_in_fees", {"pools": ["sz"]}),
        (
            {
                "uses": [
                    _use("sx", FEES),
                    _use("sz", {"kind": "carry", "over_months": 2, "to_pool": "sx"}),
                ]
            },
            "start_up_in_fees",
            {"pool": "sz", "pools": ["sx"]},
        ),
        (
            {"uses": [_use("sx", {"kind": "arrangement", "arrangement": "a", "line": "b"})]},
            "unknown_reference",
            {"unknown": ["a/b"]},
        ),
    ],
)
def test_plans_that_cannot_hold_are_refused(
    plan: dict[str, Any], code: str, told: dict[str, Any]
) -> None:
    written = {"effective_from": "2025-01", "drivers": DRIVERS} | plan
    with pytest.raises(Problem) as refused:
        check_plan(OverheadPlan.model_validate(written), POOLS, set())
    assert refused.value.type.code == code
    assert told.items() <= refused.value.extra.items()


def test_a_driver_without_data_is_refused() -> None:
    given = _input(plan={"steps": [_step("oa", "sx", "sy", **BY_STAFF)]})
    with pytest.raises(Problem) as refused:
        distribute(given)
    assert refused.value.type.code == "driver_without_data"
    assert refused.value.extra["parties"] == ["sx", "sy"]


def _mapping(day: str, *rules: dict[str, Any]) -> CostMapping:
    return CostMapping.model_validate({"effective_from": day, "rules": rules})


def _rule(first: str, last: str, pool: str | None, *objects: tuple[str, str]) -> dict[str, Any]:
    named = [{"dimension": dimension, "number": number} for dimension, number in objects]
    return {"first_account": first, "last_account": last, "pool": pool, "objects": named}


def test_the_first_rule_of_the_days_mapping_decides() -> None:
    mappings = Mappings(
        [
            _mapping("2025-01-01", _rule("5", "5", "wrong")),
            _mapping(
                "2025-01-01",
                _rule("5000", "5099", "north", ("1", "10")),
                _rule("5000", "5099", "house"),
                _rule("1", "2", None),
            ),
            _mapping("2025-07-01", _rule("5", "5", "later")),
        ]
    )
    spring, autumn = date(2025, 3, 1), date(2025, 7, 1)
    assert mappings.destination(spring, "5010", (("6", "x"), ("1", "10"))).pool == "north"
    assert mappings.destination(spring, "50995", (("1", "11"),)).pool == "house"
    assert mappings.destination(spring, "2999", ()).pool is None
    assert mappings.destination(autumn, "5010", (("1", "10"),)).pool == "later"
    with pytest.raises(UnmappedError):
        mappings.destination(spring, "5100", ())
    with pytest.raises(NoMappingError):
        mappings.destination(date(2024, 12, 31), "5010", ())


def test_a_rule_that_no_account_meets_is_refused() -> None:
    for rule, code in (
        (_rule("6", "5", "sx"), "cost_mapping_invalid"),
        (_rule("5", "5", "nix"), "unknown_reference"),
    ):
        with pytest.raises(Problem) as refused:
            check_mapping(_mapping("2025-01-01", _rule("1", "2", None), rule), POOLS)
        assert (refused.value.type.code, refused.value.extra["row"]) == (code, 2)


HEAD = "id;amount_sek;pool;period;account;day;objects;basis;text\n"


def test_a_csv_names_pools_or_accounts() -> None:
    text = HEAD + 'a;1 234,50;p;2025-03;;;;budget;"Hyra; mars"\n'
    text += "b;-0.5;;;5010;2025-04-30;1=10 6=P7;;\n"
    first, second = rows_of_csv(("\ufeff" + text).encode(), 2)
    assert (first.pool, first.period, first.amount_ore, first.basis, first.text) == (
        "p",
        "2025-03",
        123_450,
        Basis.BUDGET,
        "Hyra; mars",
    )
    assert (second.account, second.period, second.amount_ore, second.objects) == (
        "5010",
        "2025-04",
        -50,
        (("1", "10"), ("6", "P7")),
    )


@pytest.mark.parametrize(
    ("text", "code", "row", "column"),
    [
        ("", "file_unreadable", 1, None),
        (HEAD, "file_unreadable", 1, None),
        ("id;amount_sek\na;1\n", "file_unreadable", 1, None),
        (HEAD.replace("text", "texten"), "file_unreadable", 1, None),
        (HEAD + "a;1;p;2025-03;;;;;", "file_cut_short", 2, None),
        (HEAD + 'a;1;p;2025-03;;;;;"x\n', "file_cut_short", 2, None),
        (HEAD + "a;1;p;2025-03;;;;;\n\n", "file_cut_short", 3, None),
        (HEAD + "a;1;p;2025-03;;;;\n", "cost_row_invalid", 2, None),
        (HEAD + "a;1;p;2025-03;;;;;\nA;1;p;2025-03;;;;;\n", "cost_row_invalid", 3, "id"),
        (HEAD + "a;1;p;2025-03;;;;;\na;1;p;2025-03;;;;;\n", "cost_row_invalid", 3, "id"),
        (HEAD + "a;1.234;p;2025-03;;;;;\n", "cost_row_invalid", 2, "amount_sek"),
        (HEAD + "a;100000000000,01;p;2025-03;;;;;\n", "cost_row_invalid", 2, "amount_sek"),
        (HEAD + "a;1;p;2025-13;;;;;\n", "cost_row_invalid", 2, "period"),
        (HEAD + "a;1;p;2025-03;5010;;;;\n", "cost_row_invalid", 2, "account"),
        (HEAD + "a;1;;;5010;;;;\n", "cost_row_invalid", 2, "day"),
        (HEAD + "a;1;;;5010;2025-03-01;10;;\n", "cost_row_invalid", 2, "objects"),
    ],
)
def test_a_csv_that_does_not_hold_is_refused(
    text: str, code: str, row: int, column: str | None
) -> None:
    announced = 2 if text.endswith("\n\n") else None
    with pytest.raises(Problem) as refused:
        rows_of_csv(text.encode(), announced)
    problem = refused.value
    assert (problem.type.code, problem.extra["row"], problem.extra["column"]) == (code, row, column)
