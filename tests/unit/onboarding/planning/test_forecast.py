"""Forecasts: ordered, the same each time, and explained to the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.values import Phase
from services.onboarding.pipeline.lights import Light, LightRules, light
from services.onboarding.time_plan.complexity import Complexity, between_classes, score
from services.onboarding.time_plan.domain import GO_LIVE, TaskStatus
from services.onboarding.time_plan.forecast import (
    Forecaster,
    ForecastInputs,
    Range,
    TaskState,
)
from services.onboarding.time_plan.history import PhaseTaken, ratios
from services.onboarding.time_plan.rules import plan_templates, time_plan_rules
from services.onboarding.time_plan.template import days_by_class, lay_out
from services.onboarding.working_days import working_day, working_days_between

START = date(2025, 1, 10)
PAYROLL = {"payroll": ("general", "payroll")}
RULES = time_plan_rules()
TASKS = lay_out(plan_templates(), PAYROLL, Complexity.SMALL)
FORECASTER = Forecaster(TASKS, RULES.complexity, RULES.forecast.spread, 60)
BASE = ForecastInputs(
    seed="a case",
    as_of=START,
    starts_on=START,
    go_live_on=None,
    points=Decimal(4),
    gap_points=Decimal(0),
    complexity=Complexity.SMALL,
    ratios={},
    days=dict(days_by_class(plan_templates(), PAYROLL)),
    states={},
)


@st.composite
def situations(draw: st.DrawFn) -> ForecastInputs:
    """A case after some weeks, with the first few tasks done."""
    weeks = draw(st.integers(0, 60))
    done = draw(st.integers(0, len(TASKS)))
    state = TaskState(status=TaskStatus.DONE, started_on=START, finished_on=START)
    return BASE.model_copy(
        update={
            "as_of": working_day(START, 5 * weeks),
            "go_live_on": working_day(START, draw(st.integers(1, 300))),
            "points": Decimal(draw(st.integers(0, 40))),
            "gap_points": Decimal(draw(st.integers(0, 12))),
            "complexity": draw(st.sampled_from(Complexity)),
            "ratios": {phase: Decimal(draw(st.integers(50, 300))) / 100 for phase in Phase},
            "states": {task.key: state for task in TASKS[:done]},
            "paused": draw(st.booleans()),
        }
    )


@settings(max_examples=40)
@given(situations())
def test_quantiles_are_ordered_and_nothing_is_foreseen_in_the_past(case: ForecastInputs) -> None:
    found = FORECASTER.forecast(case)
    assert found == FORECASTER.forecast(case)
    for days in (found.go_live, found.stable):
        assert days.p10 <= days.p50 <= days.p90
    assert found.go_live.p50 <= found.stable.p50
    if GO_LIVE not in case.states:
        assert found.go_live.p10 >= case.as_of
        assert case.go_live_on is not None
        assert found.go_live.p10 >= case.go_live_on


@settings(max_examples=15)
@given(situations(), situations())
def test_the_causes_add_up_to_the_move(before: ForecastInputs, after: ForecastInputs) -> None:
    moved = working_days_between(
        FORECASTER.forecast(before).go_live.p50, FORECASTER.forecast(after).go_live.p50
    )
    assert sum(move.working_days for move in FORECASTER.explain(before, after)) == moved


def test_each_cause_is_named_with_what_it_did() -> None:
    after = BASE.model_copy(
        update={"gap_points": Decimal(6), "ratios": {Phase.GAP_ANALYSIS: Decimal("1.5")}}
    )
    moves = {move.cause: move for move in FORECASTER.explain(BASE, after)}
    assert set(moves) == {"gaps", "history"}
    assert all(move.working_days > 0 for move in moves.values())
    assert "gap analysis takes 1.5" in moves["history"].text


def test_the_template_weighs_most_while_few_cases_are_known() -> None:
    slow = [PhaseTaken(f"c{n}", Phase.AGREEMENT, 10, 20) for n in range(20)]
    bounds = {"least": Decimal("0.5"), "most": Decimal(3)}
    few = ratios(slow[:1], template_weighs_as_cases=5, **bounds)[Phase.AGREEMENT]
    many = ratios(slow, template_weighs_as_cases=5, **bounds)[Phase.AGREEMENT]
    assert (few.ratio, few.cases) == (Decimal("1.17"), 1)
    assert (many.ratio, many.cases) == (Decimal("1.80"), 20)
    odd = ratios([PhaseTaken("odd", Phase.AGREEMENT, 1, 900)], template_weighs_as_cases=1, **bounds)
    assert odd[Phase.AGREEMENT].ratio == 2
    assert ratios([], template_weighs_as_cases=5, **bounds) == {}


def test_a_university_is_harder_than_an_office() -> None:
    office = score(RULES.complexity, {"headcount": 28, "systems": 1, "services": 1})
    university = score(
        RULES.complexity,
        {"headcount": 7000, "employment-forms": 7, "local-agreements": 3, "systems": 5},
    )
    assert (office.complexity, university.complexity) == (
        Complexity.SMALL,
        Complexity.VERY_LARGE,
    )
    assert university.points == sum(part.points for part in university.contributions)


@given(st.decimals(0, 60, places=2))
def test_durations_lie_between_the_classes(points: Decimal) -> None:
    values = (10, 20, 50, 90)
    found = between_classes(RULES.complexity, points, values)
    assert 10 <= found <= 90
    assert between_classes(RULES.complexity, points + 1, values) >= found


@pytest.mark.parametrize(
    ("p50", "p90", "expected"),
    [
        ("2025-05-01", "2025-06-01", Light.GREEN),
        ("2025-05-01", "2025-06-02", Light.AMBER),
        ("2025-06-01", "2025-07-01", Light.AMBER),
        ("2025-06-02", "2025-07-01", Light.RED),
    ],
)
def test_lights(p50: str, p90: str, expected: Light) -> None:
    rules = LightRules(green_margin_days=0, red_after_days=0)
    forecast = Range(START, date.fromisoformat(p50), date.fromisoformat(p90))
    assert light(rules, forecast, date(2025, 6, 1), START) is expected
    assert light(rules, forecast, None, START) is Light.NONE
    assert light(rules, None, START, date(2025, 1, 11)) is Light.RED
