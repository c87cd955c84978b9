"""Since when, by when, shown by what: how gate items stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE
from services.onboarding.gates.due import DueBasis, due_dates, planned_ends
from services.onboarding.gates.refreshing import gates_in_force
from services.onboarding.gates.snapshot import CaseSnapshot
from services.onboarding.gates.standing import Act, ItemStanding, standings
from services.onboarding.parties import Party
from services.onboarding.staffing.domain import Vacancy
from services.onboarding.staffing.service import staffing_rules
from tests.unit.onboarding.cases import AT, comparison, snapshot

GATES = gates_in_force()
LATER = AT + timedelta(days=3)
LATEST = AT + timedelta(days=5)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def stand(
    case: CaseSnapshot,
    before: dict[str, ItemStanding],
    now: object = AT,
    act: Act | None = None,
    due: dict[str, date] | None = None,
    entered_at: object = AT,
) -> dict[str, ItemStanding]:
    """The items of a case by key."""
    items = standings(
        GATES,
        case,
        before,
        due or {},
        entered_at=entered_at,  # type: ignore[arg-type]  # an instant
        now=now,  # type: ignore[arg-type]  # an instant
        act=act,
    )
    return {item.item: item for item in items}


def test_an_item_is_missing_since_its_phase_was_entered() -> None:
    items = stand(snapshot(), {})
    assert items["baseline-recorded"].since == AT
    assert items["activities-compared"].since is None
    in_analysis = replace(snapshot(Phase.GAP_ANALYSIS), has_baseline=True)
    later = stand(in_analysis, items, LATER, entered_at=LATER)
    assert later["activities-compared"].since == LATER
    assert later["customer-staffed"].since == AT
    assert later["baseline-recorded"].since == LATER


def test_an_item_that_stops_holding_is_missing_from_that_moment() -> None:
    whole = replace(snapshot(), has_baseline=True)
    items = stand(whole, stand(whole, {}))
    lost = stand(snapshot(), items, LATER)
    assert lost["baseline-recorded"].since == LATER
    again = stand(snapshot(), lost, LATEST)
    assert again["baseline-recorded"].since == LATER


def test_what_lies_ahead_after_going_back_waits_again() -> None:
    compared = replace(snapshot(Phase.AGREEMENT), comparisons=(comparison(),))
    items = stand(compared, {}, LATER, entered_at=LATER)
    assert items["agreement-drafted"].since == LATER
    back = stand(replace(compared, phase=Phase.GAP_ANALYSIS), items, LATEST, entered_at=LATEST)
    assert back["agreement-drafted"].since is None


def test_the_same_act_done_again_is_the_newer_evidence() -> None:
    whole = replace(snapshot(), has_time_plan=True, has_baseline=True)
    first = Act("The centre planned go-live on 2026-03-01.", None, "time-plan-set")
    held = stand(whole, stand(snapshot(), {}), LATER, first)
    again = Act("The centre planned go-live on 2026-06-01.", None, "time-plan-set")
    newer = stand(whole, held, LATEST, again)
    assert newer["time-plan-set"].evidence == again.sentence
    assert newer["time-plan-set"].since == LATER
    assert newer["baseline-recorded"].evidence == held["baseline-recorded"].evidence


def test_the_act_that_made_an_item_hold_is_its_evidence_until_it_stops() -> None:
    before = stand(snapshot(), {}, act=Act("The case was opened.", None))
    assert all(item.evidence is None for item in before.values())
    act = Act("Anna Ek recorded the baseline.", "d1")
    held = stand(replace(snapshot(), has_baseline=True), before, LATER, act)
    assert (held["baseline-recorded"].evidence, held["baseline-recorded"].document_id) == (
        act.sentence,
        "d1",
    )
    kept = stand(replace(snapshot(), has_baseline=True), held, LATEST, Act("Else.", None))
    assert kept["baseline-recorded"].evidence == act.sentence
    assert stand(snapshot(), kept, LATEST)["baseline-recorded"].evidence is None


def test_what_is_set_by_hand_stays() -> None:
    items = stand(snapshot(), {}, due={"baseline-recorded": date(2025, 2, 1)})
    assert items["baseline-recorded"].due_on == date(2025, 2, 1)
    by_hand = replace(
        items["baseline-recorded"],
        due_on=date(2025, 3, 1),
        due_by_hand=True,
        evidence="Mötet 7 februari",
        evidence_by_hand=True,
    )
    again = stand(
        replace(snapshot(), has_baseline=True),
        {**items, "baseline-recorded": by_hand},
        LATER,
        Act("Recorded.", None),
        {"baseline-recorded": date(2025, 2, 1)},
    )["baseline-recorded"]
    assert (again.due_on, again.evidence, again.holds) == (
        date(2025, 3, 1),
        "Mötet 7 februari",
        True,
    )


def test_overdue_is_missing_behind_its_day() -> None:
    item = stand(snapshot(), {}, due={"baseline-recorded": date(2025, 2, 1)})["baseline-recorded"]
    assert not item.overdue_on(date(2025, 2, 1))
    assert item.overdue_on(date(2025, 2, 2))
    assert not replace(item, missing=()).overdue_on(date(2025, 2, 2))


def test_a_role_that_nobody_holds_is_named() -> None:
    owner = next(role for role in staffing_rules().roles if role.key == "service-owner")
    case = replace(
        snapshot(),
        staffed=frozenset(Party),
        vacancies=(Vacancy(Party.CUSTOMER, owner, "payroll"),),
    )
    items = stand(case, {})
    assert items["centre-staffed"].holds
    (lack,) = items["customer-staffed"].missing
    assert "service owner for payroll" in lack.text


@given(start=DAYS, weeks=st.integers(1, 200))
def test_gates_lie_in_the_planned_order(start: date, weeks: int) -> None:
    go_live = start + timedelta(weeks=weeks)
    ends = planned_ends(GATES, start, go_live)
    days = [ends[phase] for phase in ROUTE[:-1]]
    assert days == sorted(days)
    assert start <= days[0]
    assert ends[Phase.IMPLEMENTATION] == go_live
    assert ends[Phase.STABILISATION] == go_live + timedelta(days=GATES.gates[-1].days)


@given(
    phase=st.sampled_from(ROUTE[:-1]),
    entered=DAYS,
    paused=st.integers(0, 400),
    plan=st.none() | st.tuples(DAYS, st.integers(1, 100)),
)
def test_due_dates_follow_the_plan_or_the_days_of_each_phase(
    phase: Phase, entered: date, paused: int, plan: tuple[date, int] | None
) -> None:
    ends = planned_ends(GATES, plan[0], plan[0] + timedelta(weeks=plan[1])) if plan else {}
    due = due_dates(GATES, DueBasis(phase, entered, paused, ends))
    gate_day = entered + timedelta(days=paused)
    for gate in GATES.gates:
        if ROUTE.index(gate.leaves) >= ROUTE.index(phase):
            gate_day += timedelta(days=gate.days)
        elif not plan:
            assert not {item.key for item in gate.items} & due.keys()
            continue
        expected = ends.get(gate.leaves, gate_day)
        for item in gate.items:
            assert due[item.key] == expected - timedelta(days=item.days_before_gate)
