"""Phase 4's rules: readiness, window, decisions, roll-backs and what they lead to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.implementation.consequences import (
    EndingContract,
    JoiningDeadline,
    Surroundings,
    of_no_go,
    of_roll_back,
)
from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessArea,
    ReadinessItem,
    ReadinessStatement,
    Verdict,
    decided_day,
    decisions_for,
    held_back_until,
    not_ready,
)
from services.onboarding.implementation.rules import implementation_rules
from services.onboarding.parties import Owner, Party
from tests.unit.onboarding.cases import AT, ITEMS

TODAY = date(2025, 1, 7)
LATER = AT + timedelta(hours=1)
SERVICES = ("payroll", "e-commerce")


def said(item: str, party: Party, *, ready: bool = True, **more: object) -> ReadinessStatement:
    return ReadinessStatement(item, party, ready, "Protokoll", AT, **more)  # type: ignore[arg-type]  # its fields


def go(
    party: Party,
    day: date,
    verdict: Verdict = Verdict.GO,
    at: datetime = AT,
    service: str | None = None,
    earliest: date | None = None,
) -> GoDecision:
    return GoDecision(party, verdict, day, "GD", None, at, service, earliest)


@given(st.integers(-10, 100))
def test_the_window_is_30_to_60_days(ahead: int) -> None:
    window = implementation_rules().go_window
    assert window.admits(TODAY + timedelta(days=ahead), TODAY) is (ahead in range(30, 61))
    assert window.admits(window.earliest(TODAY), TODAY)


def test_a_shared_item_needs_both_parties() -> None:
    own = [said("tested", Party.CENTRE), said("trained", Party.CUSTOMER)]
    half = [*own, said("known", Party.CENTRE)]
    (lack,) = not_ready(ITEMS, half, SERVICES)
    assert (lack.item.key, lack.service, lack.party) == ("known", None, Party.CUSTOMER)
    assert not_ready(ITEMS, [*half, said("known", Party.CUSTOMER)], SERVICES) == ()
    assert len(not_ready(ITEMS, [*half, said("known", Party.CUSTOMER, ready=False)], SERVICES)) == 1


def test_the_wrong_partys_word_does_not_count() -> None:
    assert len(not_ready(ITEMS[:1], [said("tested", Party.CUSTOMER)], SERVICES)) == 1


def test_an_item_per_service_is_confirmed_for_each_and_asked_only_where_it_concerns() -> None:
    each = ReadinessItem(
        "each", ReadinessArea.SYSTEM, Owner.CENTRE, "Each", per_service=True, services=SERVICES
    )
    stated = [said("each", Party.CENTRE, service="payroll")]
    assert [lack.service for lack in not_ready([each], stated, SERVICES)] == ["e-commerce"]
    assert not_ready([each], stated, ["payroll"]) == ()
    assert not_ready([each], [], ["travel-and-expenses"]) == ()


def test_what_was_stated_before_a_roll_back_is_stated_anew() -> None:
    each = ReadinessItem("each", ReadinessArea.SYSTEM, Owner.CENTRE, "Each", per_service=True)
    stated = [
        said("each", Party.CENTRE, service="payroll"),
        said("each", Party.CENTRE, service="e-commerce"),
        said("tested", Party.CENTRE),
    ]
    rolled_back = {"payroll": AT}
    assert [
        (lack.item.key, lack.service)
        for lack in not_ready([each, ITEMS[0]], stated, SERVICES, rolled_back)
    ] == [("each", "payroll"), ("tested", None)]
    assert not_ready([each, ITEMS[0]], stated, ["e-commerce"], rolled_back) == ()


@pytest.mark.parametrize(
    ("decisions", "day"),
    [
        ({}, None),
        ({Party.CENTRE: go(Party.CENTRE, TODAY)}, None),
        ({p: go(p, TODAY) for p in Party}, TODAY),
        ({p: go(p, TODAY, Verdict.NO_GO) for p in Party}, None),
        (
            {
                Party.CENTRE: go(Party.CENTRE, TODAY),
                Party.CUSTOMER: go(Party.CUSTOMER, TODAY, Verdict.NO_GO),
            },
            None,
        ),
        (
            {
                Party.CENTRE: go(Party.CENTRE, TODAY),
                Party.CUSTOMER: go(Party.CUSTOMER, TODAY + timedelta(days=1)),
            },
            None,
        ),
    ],
)
def test_a_joint_decision_is_two_identical_ones(
    decisions: dict[Party, GoDecision], day: date | None
) -> None:
    assert decided_day(decisions) == day


made = st.lists(
    st.builds(
        go,
        party=st.sampled_from(Party),
        day=st.dates(TODAY, TODAY + timedelta(days=3)),
        verdict=st.sampled_from(Verdict),
        service=st.sampled_from([None, *SERVICES]),
    ),
    max_size=8,
)


@given(made, st.integers(0, 8))
def test_each_party_stands_by_its_latest_word_on_a_service(
    decisions: list[GoDecision], rolled_back_after: int
) -> None:
    dated = [
        go(d.party, d.go_live_on, d.verdict, AT + timedelta(minutes=n), d.service)
        for n, d in enumerate(decisions)
    ]
    back = AT + timedelta(minutes=rolled_back_after - 1)
    standing = decisions_for(dated, "payroll", {"payroll": back})
    for party in Party:
        own = [
            d
            for n, d in enumerate(dated)
            if d.party is party and d.service != "e-commerce" and n >= rolled_back_after
        ]
        assert standing.get(party) == (own[-1] if own else None)


def test_the_other_partys_no_go_holds_a_day_back() -> None:
    until = TODAY + timedelta(days=50)
    decisions = {Party.CENTRE: go(Party.CENTRE, TODAY, Verdict.NO_GO, earliest=until)}
    assert held_back_until(decisions, Party.CUSTOMER) == until
    assert held_back_until(decisions, Party.CENTRE) is None


def test_a_no_go_names_all_that_it_collides_with() -> None:
    fell, earliest = date(2025, 6, 1), date(2025, 8, 1)
    around = Surroundings(
        planned_go_live=fell,
        agreed_from=fell,
        deadlines=(JoiningDeadline("payroll", date(2025, 7, 1), "2015:665"),),
        contracts=(EndingContract("Palasso", date(2025, 6, 30)),),
    )
    found = of_no_go(["payroll"], fell, earliest, [fell], around)
    assert [consequence.kind for consequence in found] == [
        "go-live-falls-away",
        "other-decision-void",
        "time-plan-moved",
        "deadline-missed",
        "system-contract-ends",
        "charging-waits",
    ]
    assert "misses it by 31 days" in found[3].text
    on_time = Surroundings(earliest, earliest, (JoiningDeadline("payroll", earliest, "x"),))
    assert len(of_no_go(["payroll"], fell, earliest, [earliest], on_time)) == 1


def test_a_roll_back_names_what_is_shown_anew() -> None:
    found = of_roll_back(
        "payroll",
        date(2025, 6, 1),
        date(2025, 6, 20),
        date(2025, 7, 20),
        Surroundings(),
        leaves_stabilisation=True,
        parallel_runs=2,
    )
    assert [consequence.kind for consequence in found] == [
        "not-in-operation",
        "shown-anew",
        "parallel-runs-anew",
        "back-to-implementation",
    ]


def test_readiness_covers_all_four_areas_for_both_parties() -> None:
    items = implementation_rules().readiness
    assert {item.area for item in items} == set(ReadinessArea)
    assert {item.owner for item in items} == set(Owner)
    assert any(item.per_service for item in items)
