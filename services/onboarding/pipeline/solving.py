"""A good schedule: OR-tools' CP-SAT on top of plain list schedules.

Imported only in the planner's own process; OR-tools takes a second and 60 MB to load.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import numpy as np
from ortools.sat.python import cp_model

from services.onboarding.pipeline.model import Job, PlannerSettings
from services.onboarding.pipeline.placing import Shape, Weeks, give_back, placed_in_order, take

_ROUNDS = 40
"""How often those who are late move forward in the list."""

LATE = 1000
"""What a week of weighted lateness costs beside starting a job a week later."""


def cost(jobs: Sequence[Job], starts: Sequence[int]) -> int:
    """What a schedule costs: weighted lateness first, then starting late at all."""
    return sum(
        LATE * job.weight * job.lateness(start) + _urgency(job) * start
        for job, start in zip(jobs, starts, strict=True)
    )


def listed(capacity: Weeks, jobs: Sequence[Job], shapes: Sequence[Shape]) -> list[int | None]:
    """The best of some list schedules; None where a job does not fit.

    A few plain rules of who comes first, and from the best of them on, those who are late
    move forward in the list, again and again.
    """
    not_before = [job.earliest_week for job in jobs]

    def tried(order: Sequence[int]) -> tuple[tuple[int, int], list[int | None]]:
        starts = placed_in_order(capacity, shapes, not_before, order)
        placed = [(job, at) for job, at in zip(jobs, starts, strict=True) if at is not None]
        value = cost([job for job, _ in placed], [at for _, at in placed])
        return (len(jobs) - len(placed), value), starts

    found = [(*tried(order), order) for order in _orders(jobs)]
    best_value, best, order = min(found, key=lambda each: each[0])
    for _ in range(_ROUNDS if any(job.weight for job in jobs) else 0):
        rank = {index: 2 * place for place, index in enumerate(order)}
        for index in order:
            at = best[index] if best else None
            late = jobs[index].lateness(at) if at is not None else len(jobs)
            if jobs[index].weight and late:
                rank[index] -= 1 + 4 * late
        order = sorted(order, key=lambda index: (rank[index], index))
        value, starts = tried(order)
        if value < best_value:
            best_value, best = value, starts
    return best


def improved(
    capacity: Weeks,
    jobs: Sequence[Job],
    shapes: Sequence[Shape],
    starts: Sequence[int],
    settings: PlannerSettings,
) -> tuple[list[int], bool]:
    """A schedule made better by the solver, round by round; never worse than it was.

    In each round a late job and those that work in the weeks it would need are taken out
    and scheduled anew among the rest, exactly. A few jobs are all of them at once.

    Returns:
        The jobs' first weeks, and whether there is no better schedule.
    """
    if len(jobs) <= settings.neighbourhood:
        effort = settings.effort * settings.rounds
        return _solved(capacity, jobs, shapes, starts, settings, effort)
    result = list(starts)
    free = capacity.copy()
    for form, start in zip(shapes, result, strict=True):
        take(free, form, start)
    random = Random(settings.seed)  # noqa: S311  # which jobs to try, not a secret
    ends_at = time.monotonic() + settings.seconds
    for _ in range(settings.rounds):
        late = [i for i, job in enumerate(jobs) if _could_be_earlier(job, result[i])]
        if not late or time.monotonic() > ends_at:
            break
        chosen = _around(random.choice(late), jobs, shapes, result, random, settings.neighbourhood)
        for index in chosen:
            give_back(free, shapes[index], result[index])
        found, _ = _solved(
            free,
            [jobs[index] for index in chosen],
            [shapes[index] for index in chosen],
            [result[index] for index in chosen],
            settings,
            settings.effort,
        )
        for index, start in zip(chosen, found, strict=True):
            result[index] = start
            take(free, shapes[index], start)
    return result, not any(_could_be_earlier(job, at) for job, at in zip(jobs, result, strict=True))


def _could_be_earlier(job: Job, start: int) -> bool:
    """Whether a job is later than its own duration makes it."""
    return job.weight > 0 and job.lateness(start) > job.lateness(job.earliest_week)


def _around(
    index: int,
    jobs: Sequence[Job],
    shapes: Sequence[Shape],
    starts: Sequence[int],
    random: Random,
    count: int,
) -> list[int]:
    """A job, and some of those that work when it would have to."""
    until = jobs[index].deadline_week or 0
    since = max(0, until - shapes[index].to_live)

    def shared(other: int) -> int:
        return min(until, starts[other] + shapes[other].to_live) - max(since, starts[other])

    others = {other: shared(other) * random.random() for other in range(len(jobs))}
    others.pop(index)
    return [index, *sorted(others, key=lambda other: (-others[other], other))[: count - 1]]


def _solved(
    capacity: Weeks,
    jobs: Sequence[Job],
    shapes: Sequence[Shape],
    hint: Sequence[int],
    settings: PlannerSettings,
    effort: float,
) -> tuple[list[int], bool]:
    """The cheapest schedule of some jobs that is found with an effort, no worse than a hint.

    Returns:
        The jobs' first weeks, and whether there is no better schedule.
    """
    model = cp_model.CpModel()
    horizon = capacity.shape[1]
    starts = [
        model.new_int_var(job.earliest_week, horizon - form.weeks, f"start {job.key}")
        for job, form in zip(jobs, shapes, strict=True)
    ]
    for row in range(capacity.shape[0]):
        _limit_role(model, capacity[row], row, starts, shapes)
    terms: list[cp_model.LinearExprT] = []
    for job, form, start, week in zip(jobs, shapes, starts, hint, strict=True):
        terms.append(_urgency(job) * start)
        model.add_hint(start, week)
        if job.weight and job.deadline_week is not None:
            late = model.new_int_var(0, 2 * horizon, f"late {job.key}")
            model.add(late >= start + form.to_live - job.deadline_week)
            model.add_hint(late, job.lateness(week))
            terms.append(LATE * job.weight * late)
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    # One worker: with more, which of them is first would depend on the machine's load.
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = settings.seed
    solver.parameters.max_time_in_seconds = settings.seconds
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return list(hint), False
    found = [solver.value(start) for start in starts]
    if cost(jobs, found) > cost(jobs, hint):
        return list(hint), False
    return found, status == cp_model.OPTIMAL


def _limit_role(
    model: cp_model.CpModel,
    hours: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    row: int,
    starts: Sequence[cp_model.IntVar],
    shapes: Sequence[Shape],
) -> None:
    intervals: list[cp_model.IntervalVar] = []
    needs: list[int] = []
    for number, (start, form) in enumerate(zip(starts, shapes, strict=True)):
        for block in form.blocks:
            if block.need[row]:
                name = f"role {row} job {number} week {block.offset}"
                intervals.append(
                    model.new_fixed_size_interval_var(start + block.offset, block.weeks, name)
                )
                needs.append(int(block.need[row]))
    if not intervals:
        return
    most = int(hours.max())
    for first, last, level in _runs(hours):
        if level < most:
            name = f"role {row} away {first}"
            intervals.append(model.new_fixed_size_interval_var(first, last - first + 1, name))
            needs.append(most - level)
    model.add_cumulative(intervals, needs, most)


def _runs(
    hours: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> list[tuple[int, int, int]]:
    """Stretches of weeks with the same capacity: first, last, how much."""
    cuts = [0, *(int(week) + 1 for week in np.flatnonzero(np.diff(hours))), len(hours)]
    return [(first, until - 1, int(hours[first])) for first, until in pairwise(cuts)]


def _urgency(job: Job) -> int:
    """What a week of waiting costs; what has begun is not left lying."""
    return 20 if job.started else 1 + job.weight


def _orders(jobs: Sequence[Job]) -> list[list[int]]:
    """A few plain rules of who comes first."""
    indices = range(len(jobs))
    far = 10**6

    def latest_start(index: int) -> int:
        job = jobs[index]
        return far if job.deadline_week is None else job.deadline_week - job.weeks_to_live

    def size(index: int) -> int:
        return sum(sum(stage.tenths.values()) for stage in jobs[index].stages)

    def begun(index: int) -> bool:
        return not jobs[index].started

    return [
        sorted(indices, key=lambda i: (begun(i), -jobs[i].weight, latest_start(i), size(i), i)),
        sorted(indices, key=lambda i: (begun(i), -jobs[i].weight, size(i), i)),
        sorted(indices, key=lambda i: (begun(i), latest_start(i), i)),
        sorted(indices, key=lambda i: (-jobs[i].weight, size(i), i)),
    ]
