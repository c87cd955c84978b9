"""The critical path and the dates of a plan, against slow and obvious reckoning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.values import Phase
from services.onboarding.parties import Owner
from services.onboarding.time_plan.complexity import Complexity
from services.onboarding.time_plan.domain import (
    GO_LIVE,
    Progress,
    Task,
    TaskStatus,
    TimePlan,
    faults_in,
    fit,
    set_dates,
    shifted,
)
from services.onboarding.time_plan.network import Circular, length, timings
from services.onboarding.time_plan.rules import plan_templates
from services.onboarding.time_plan.template import lay_out
from services.onboarding.working_days import (
    is_working_day,
    working_day,
    working_days_between,
)

Network = tuple[dict[str, int], dict[str, tuple[str, ...]]]
START = date(2025, 1, 10)
PAYROLL = {"payroll": ("general", "payroll")}


@st.composite
def networks(draw: st.DrawFn) -> Network:
    keys = [f"t{number}" for number in range(draw(st.integers(1, 7)))]
    days = {key: draw(st.integers(0, 9)) for key in keys}
    after = {
        key: tuple(sorted(draw(st.sets(st.sampled_from(keys[:place]))))) if place else ()
        for place, key in enumerate(keys)
    }
    return days, after


def paths(after: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Every way from a task that waits for nothing to one that nothing waits for."""
    ends = set(after) - {need for needs in after.values() for need in needs}

    def back(key: str) -> Iterator[tuple[str, ...]]:
        if not after[key]:
            yield (key,)
        for need in after[key]:
            for path in back(need):
                yield (*path, key)

    for end in ends:
        yield from back(end)


@given(networks())
def test_the_critical_path_is_the_longest_of_all_paths(network: Network) -> None:
    days, after = network
    found = timings(days, after)
    weights = {path: sum(days[key] for key in path) for path in paths(after)}
    longest = max(weights.values())
    assert max(timing.earliest_finish for timing in found.values()) == longest
    on_longest = {key for path, weight in weights.items() if weight == longest for key in path}
    # A task of no days may hang at the end of a longest path without being on it.
    assert on_longest <= {key for key, timing in found.items() if timing.critical}
    for key, timing in found.items():
        through = max(weight for path, weight in weights.items() if key in path)
        assert timing.float_days == longest - through
        assert timing.critical == (through == longest)


@given(networks(), st.integers(0, 20))
def test_no_task_begins_before_what_it_waits_for(network: Network, release: int) -> None:
    days, after = network
    found = timings(days, after, not_before={"t0": release})
    assert found["t0"].earliest_start >= release
    for key, needs in after.items():
        assert all(found[need].earliest_finish <= found[key].earliest_start for need in needs)
        assert found[key].earliest_finish - found[key].earliest_start == days[key]


def test_tasks_in_a_circle_are_refused() -> None:
    with pytest.raises(Circular):
        timings({"a": 1, "b": 1}, {"a": ("b",), "b": ("a",)})


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 300))
def test_working_days_are_counted_one_by_one(start: date, number: int) -> None:
    day, left = start, number
    while not is_working_day(day) or left > 0:
        left -= is_working_day(day)
        day += timedelta(days=1)
    assert working_day(start, number) == day
    assert working_days_between(start, day) == number
    assert working_days_between(day, start) == -number


@pytest.mark.parametrize(
    "free", ["2025-01-01", "2025-06-06", "2025-06-20", "2025-12-24", "2026-05-01", "2026-01-06"]
)
def test_holidays_and_eves_are_free(free: str) -> None:
    assert not is_working_day(date.fromisoformat(free))


@pytest.mark.parametrize("complexity", list(Complexity))
def test_a_plan_that_fits_has_no_negative_float_and_one_that_does_not_says_so(
    complexity: Complexity,
) -> None:
    tasks = lay_out(plan_templates(), PAYROLL, complexity)
    needed = length({t.key: t.days for t in tasks}, {t.key: t.after for t in tasks}, GO_LIVE)
    for spare in (-5, 0, 5):
        plan = TimePlan(START, working_day(START, needed + spare))
        dated = {planned.key: planned for planned in set_dates(plan, tasks)}
        found = fit(plan, tasks)
        assert found.fits == (spare >= 0)
        assert ("does not fit" in found.sentence) == (spare < 0)
        assert min(planned.float_days for planned in dated.values()) == min(0, spare)
        assert dated[GO_LIVE].planned_start == working_day(START, needed + max(0, spare))
        assert dated["first-meeting"].critical
        for planned in dated.values():
            assert planned.planned_start <= planned.planned_finish or planned.task.days == 0
            for need in planned.task.after:
                assert dated[need].planned_finish <= planned.planned_start


def test_twenty_weeks_are_enough_for_a_small_agency_and_no_other() -> None:
    def weeks(complexity: Complexity) -> int:
        plan = TimePlan(START, START + timedelta(weeks=20))
        return fit(plan, lay_out(plan_templates(), PAYROLL, complexity)).needed_weeks

    assert weeks(Complexity.SMALL) == 20
    assert weeks(Complexity.MEDIUM) > 20
    assert weeks(Complexity.VERY_LARGE) > 52


def test_what_is_laid_anew_keeps_what_has_happened_and_plans_nothing_in_the_past() -> None:
    tasks = lay_out(plan_templates(), PAYROLL, Complexity.SMALL)
    plan = TimePlan(START, working_day(START, 120))
    today = working_day(START, 30)
    done = Progress(TaskStatus.DONE, START, working_day(START, 12), "Protokoll.")
    dated = {p.key: p for p in set_dates(plan, tasks, {"first-meeting": done}, today)}
    assert dated["first-meeting"].progress == done
    assert all(
        planned.planned_start >= today for key, planned in dated.items() if key != "first-meeting"
    )
    assert shifted(dated["first-meeting"], 5) == dated["first-meeting"]
    moved = shifted(dated["staff-project"], 5)
    assert working_days_between(dated["staff-project"].planned_start, moved.planned_start) == 5


def _task(key: str) -> Task:
    return Task(
        key, Phase.IMPLEMENTATION, "data", Owner.SHARED, None, key, key, 3, {"trainer": 4}, ()
    )


def test_a_report_is_held_against_its_days_and_what_it_waits_for() -> None:
    need = set_dates(
        TimePlan(START, working_day(START, 90)),
        lay_out(plan_templates(), PAYROLL, Complexity.SMALL),
    )[0]
    day = date(2025, 2, 3)
    done = Progress(TaskStatus.DONE, day, day, "Protokoll.")
    assert faults_in(done, [], day) is None
    waits = faults_in(done, [need], day)
    assert waits is not None
    assert (waits.code, need.task.name in waits.sentence) == ("waits", True)
    why = Progress(TaskStatus.DONE, day, day, "Protokoll.", reason="Gjordes parallellt.")
    assert faults_in(why, [need], day) is None
    planned_again = Progress(TaskStatus.PLANNED, day)
    fault = faults_in(planned_again, [], day)
    assert fault is not None
    assert fault.code == "days"
