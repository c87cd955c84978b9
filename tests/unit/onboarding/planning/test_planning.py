"""The planner: never beyond capacity, in order, and as good as trying everything."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.values import Phase
from services.onboarding.pipeline.model import (
    Cause,
    DeadlineKind,
    Job,
    PlannerInputs,
    PlannerSettings,
    Stage,
)
from services.onboarding.pipeline.placing import earliest_start, overload, shape
from services.onboarding.pipeline.planning import plan
from services.onboarding.time_plan.complexity import Complexity

ROLES = ("specialist", "trainer")
HORIZON = 18
SETTINGS = PlannerSettings(
    seconds=5,
    rounds=10,
    neighbourhood=25,
    effort=0.2,
    seed=1,
    runs=5,
    spread=dict.fromkeys(Complexity, 0.2),
)


def job(key: str, stages: list[tuple[int, int, int]], deadline: int | None, earliest: int) -> Job:
    """A job from (weeks, specialist's tenths a week, trainer's tenths a week)."""
    return Job(
        key=key,
        org_number=key,
        name=key,
        case_id=None,
        services=("payroll",),
        phase=None,
        complexity=Complexity.SMALL,
        stages=tuple(
            Stage(
                phase=phase,
                weeks=weeks,
                tenths={"specialist": weeks * first, "trainer": weeks * second},
                before_live=phase is not Phase.STABILISATION,
            )
            for phase, (weeks, first, second) in zip(
                (Phase.IMPLEMENTATION, Phase.STABILISATION), stages, strict=False
            )
        ),
        earliest_week=earliest,
        deadline=date(2026, 1, 1) if deadline is not None else None,
        deadline_week=deadline,
        deadline_kind=DeadlineKind.OBLIGATION if deadline is not None else None,
        weight=10 if deadline is not None else 0,
    )


def inputs(jobs: list[Job], capacity: list[list[int]]) -> PlannerInputs:
    return PlannerInputs(
        first_monday=date(2025, 1, 6),
        capacity={role: tuple(hours) for role, hours in zip(ROLES, capacity, strict=True)},
        jobs=tuple(jobs),
        settings=SETTINGS,
    )


STAGES = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=2
)


@st.composite
def pipelines(draw: st.DrawFn) -> PlannerInputs:
    jobs = [
        job(
            f"j{number}",
            draw(STAGES),
            draw(st.none() | st.integers(0, 6)),
            draw(st.integers(0, 3)),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    capacity = [
        draw(st.lists(st.integers(3, 6), min_size=HORIZON, max_size=HORIZON)) for _ in ROLES
    ]
    return inputs(jobs, capacity)


def load(asked: PlannerInputs, starts: dict[str, int]) -> dict[str, list[int]]:
    """Tenths used by role and week, added up one by one."""
    used = {role: [0] * HORIZON for role in ROLES}
    for each in asked.jobs:
        week = starts[each.key]
        for stage in each.stages:
            for _ in range(stage.weeks):
                for role, tenths in stage.weekly().items():
                    used[role][week] += tenths
                week += 1
    return used


def least_lateness(asked: PlannerInputs) -> int:
    """The least weighted lateness of all schedules there are."""
    choices = [range(j.earliest_week, HORIZON - j.weeks + 1) for j in asked.jobs]
    best = None
    for weeks in product(*choices):
        starts = {j.key: week for j, week in zip(asked.jobs, weeks, strict=True)}
        used = load(asked, starts)
        if all(
            used[role][week] <= asked.capacity[role][week]
            for role in ROLES
            for week in range(HORIZON)
        ):
            late = sum(j.weight * j.lateness(starts[j.key]) for j in asked.jobs)
            best = late if best is None else min(best, late)
    assert best is not None
    return best


@settings(max_examples=25, deadline=None)
@given(pipelines())
def test_a_plan_keeps_to_capacity_and_no_other_is_less_late(asked: PlannerInputs) -> None:
    answer = plan(asked)
    starts = {each.key: each.start for each in answer.jobs if each.start is not None}
    assert len(starts) == len(asked.jobs)
    used = load(asked, starts)
    for role in ROLES:
        assert tuple(used[role]) == answer.load[role]
        assert all(u <= c for u, c in zip(used[role], asked.capacity[role], strict=True))
    for each, placed in zip(asked.jobs, answer.jobs, strict=True):
        assert placed.start is not None
        assert placed.start >= each.earliest_week
        assert placed.live == placed.start + each.weeks_to_live
        assert placed.late_weeks == each.lateness(placed.start)
        if placed.start > each.earliest_week:
            assert placed.blocked
            assert placed.waits_for
        assert placed.chance is not None
        assert placed.chance.p10 <= placed.chance.p50 <= placed.chance.p90
    assert answer.weighted_lateness == least_lateness(asked)


@settings(max_examples=15, deadline=None)
@given(pipelines(), st.integers(1, 4))
def test_more_capacity_never_makes_it_later(asked: PlannerInputs, more: int) -> None:
    richer = asked.model_copy(
        update={
            "capacity": {
                role: tuple(tenths + more for tenths in weeks)
                for role, weeks in asked.capacity.items()
            }
        }
    )
    assert plan(richer).weighted_lateness <= plan(asked).weighted_lateness


@settings(max_examples=15, deadline=None)
@given(pipelines())
def test_with_the_extra_hours_only_those_are_late_that_nothing_helps(asked: PlannerInputs) -> None:
    answer = plan(asked)
    capacity = {role: list(weeks) for role, weeks in asked.capacity.items()}
    for extra in answer.extra_for_all:
        for week in range(extra.from_week, extra.to_week + 1):
            capacity[extra.role][week] += extra.tenths_a_week
    richer = asked.model_copy(
        update={"capacity": {role: tuple(weeks) for role, weeks in capacity.items()}}
    )
    helpless = sum(
        each.weight * placed.late_weeks
        for each, placed in zip(asked.jobs, answer.jobs, strict=True)
        if each.lateness(each.earliest_week)
    )
    assert plan(richer).weighted_lateness <= helpless


@given(STAGES, st.lists(st.integers(0, 4), min_size=HORIZON, max_size=HORIZON), st.integers(0, 5))
def test_a_job_is_placed_where_trying_week_by_week_places_it(
    stages: list[tuple[int, int, int]], weeks: list[int], not_before: int
) -> None:
    form = shape(job("j", stages, None, 0).stages, ROLES)
    free = np.array([weeks, weeks[::-1]], dtype=np.int64)
    fitting = [
        start
        for start in range(not_before, HORIZON - form.weeks + 1)
        if not overload(free, form, start).any()
    ]
    assert earliest_start(free, form, not_before) == (fitting[0] if fitting else None)


@pytest.mark.parametrize(
    ("second", "cause"),
    [
        (job("b", [(2, 3, 0)], 9, 0), Cause.DEADLINE_PRIORITY),
        (job("b", [(2, 3, 0)], 2, 0), Cause.CAPACITY),
    ],
)
def test_who_waits_is_told_for_what_and_for_whom(second: Job, cause: Cause) -> None:
    answer = plan(inputs([job("a", [(2, 3, 0)], 2, 0), second], [[3] * HORIZON, [3] * HORIZON]))
    waiting = max(answer.jobs, key=lambda each: each.start or 0)
    assert waiting.start == 2
    assert [(b.role, b.from_week, b.to_week) for b in waiting.blocked] == [("specialist", 1, 1)]
    assert waiting.waits_for == ("a" if waiting.key == "b" else "b",)
    assert waiting.cause is cause


def test_a_job_is_stretched_or_left_out_where_people_are_too_few() -> None:
    wide = job("wide", [(1, 9, 0)], None, 0)
    lost = job("lost", [(1, 0, 4)], None, 0)
    never = job("never", [(17, 1, 0), (2, 1, 0)], None, 0)
    answer = plan(inputs([wide, lost, never], [[3] * HORIZON, [0] * HORIZON]))
    stretched, without, beyond = answer.jobs
    assert (stretched.stretched_weeks, stretched.live) == (2, 3)
    assert (without.start, without.cause) == (None, Cause.NO_CAPACITY)
    assert (beyond.start, beyond.cause) == (None, Cause.BEYOND_HORIZON)
