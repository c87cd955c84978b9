"""Gates as data, and what they list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE, next_phase
from services.onboarding.catalogue.domain import Catalogue
from services.onboarding.catalogue.service import catalogue
from services.onboarding.gates.checks import CHECKS
from services.onboarding.gates.domain import (
    Gates,
    GateShutError,
    PhaseOutOfOrderError,
    enter,
    judge,
    missing_for,
    missing_for_go_live,
)
from services.onboarding.gates.refreshing import gates_in_force
from services.onboarding.gates.snapshot import AgreementStanding
from services.onboarding.parties import Party
from services.onboarding.problems import PROBLEMS
from tests.unit.onboarding.cases import RULES, batch, goes, snapshot, with_implementation


def test_the_phases_have_one_order() -> None:
    assert set(ROUTE) == set(Phase)
    assert [next_phase(phase) for phase in ROUTE] == [*ROUTE[1:], None]


def test_every_rule_is_used_and_every_item_has_one() -> None:
    used = [item.check for gate in gates_in_force().gates for item in gate.items]
    assert sorted(used) == sorted(CHECKS)


def test_gates_that_skip_a_phase_or_name_no_rule_are_refused() -> None:
    whole = gates_in_force().model_dump()
    with pytest.raises(ValidationError, match="in order"):
        Gates.model_validate({**whole, "gates": whole["gates"][1:]})
    twice = {**whole["gates"][0], "items": whole["gates"][0]["items"][:1] * 2}
    with pytest.raises(ValidationError, match="share a key"):
        Gates.model_validate({**whole, "gates": [twice, *whole["gates"][1:]]})
    whole["gates"][0]["items"][0]["check"] = "no_such_rule"
    with pytest.raises(ValidationError, match="no rule named no_such_rule"):
        Gates.model_validate(whole)


def test_a_later_gate_asks_for_the_earlier_ones_too() -> None:
    for_agreement = missing_for(gates_in_force(), snapshot(), Phase.AGREEMENT)
    for_gap_analysis = missing_for(gates_in_force(), snapshot(), Phase.GAP_ANALYSIS)
    assert for_agreement[: len(for_gap_analysis)] == for_gap_analysis
    assert {lack.item for lack in for_agreement[len(for_gap_analysis) :]} == {"activities-compared"}


def test_entering_names_the_next_phase_or_all_that_is_missing() -> None:
    with pytest.raises(PhaseOutOfOrderError) as out_of_order:
        enter(gates_in_force(), snapshot(), Phase.STABLE)
    assert out_of_order.value.following is Phase.GAP_ANALYSIS
    with pytest.raises(GateShutError) as shut:
        enter(gates_in_force(), snapshot(), Phase.GAP_ANALYSIS)
    assert shut.value.missing == missing_for(gates_in_force(), snapshot(), Phase.GAP_ANALYSIS)
    with pytest.raises(PhaseOutOfOrderError) as finished:
        enter(gates_in_force(), snapshot(Phase.STABLE), Phase.STABLE)
    assert finished.value.following is None


def test_an_item_holds_when_it_lacks_nothing() -> None:
    gate = gates_in_force().gates[0]
    states = {item.key: item.holds for item in judge(gate, snapshot()).items}
    assert not any(states.values())
    staffed = replace(snapshot(), staffed=frozenset({Party.CENTRE}))
    states = {item.key: item.holds for item in judge(gate, staffed).items}
    assert [key for key, holds in states.items() if holds] == ["centre-staffed"]


def test_go_live_is_not_before_the_decided_day_nor_the_agreement() -> None:
    day = date(2025, 6, 1)
    case = with_implementation(
        replace(
            snapshot(Phase.IMPLEMENTATION),
            agreement=AgreementStanding(frozenset(Party), date(2025, 6, 3), 3),
        ),
        rules=replace(RULES, readiness=()),
        reconciliations=(batch(),),
        decisions=goes(day),
    )

    def missing(live_on: date) -> list[str]:
        gates = gates_in_force()
        return [lack.item for lack in missing_for_go_live(gates, case, "payroll", live_on)]

    assert missing(date(2025, 5, 31)) == ["go-live-day", "agreement-in-force"]
    assert missing(date(2025, 6, 2)) == ["agreement-in-force"]
    assert missing(date(2025, 6, 3)) == []


def test_the_catalogue_refuses_keys_twice() -> None:
    whole = catalogue("2026-1").model_dump()
    with pytest.raises(ValidationError, match="appears twice"):
        Catalogue.model_validate({**whole, "services": [*whole["services"], whole["services"][0]]})
    service = whole["services"][0]
    doubled = {**service, "activities": [*service["activities"], service["activities"][0]]}
    with pytest.raises(ValidationError, match="appears twice"):
        Catalogue.model_validate({**whole, "services": [doubled]})


def test_problem_codes_are_unique() -> None:
    codes = [problem.code for problem in PROBLEMS]
    assert len(set(codes)) == len(codes)
