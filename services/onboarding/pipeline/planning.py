"""Plans a pipeline: schedule, reasons, what it would take, and the chances."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np

from services.onboarding.pipeline.explaining import Schedule
from services.onboarding.pipeline.model import (
    Cause,
    Job,
    PlannedJob,
    PlannerAnswer,
    PlannerInputs,
    PlannerSettings,
)
from services.onboarding.pipeline.placing import (
    Shape,
    Weeks,
    fitted,
    pulled_forward,
    shape,
    take,
)
from services.onboarding.pipeline.simulating import chances
from services.onboarding.pipeline.solving import improved, listed


def plan(inputs: PlannerInputs) -> PlannerAnswer:
    """Give every job its weeks so that weighted lateness is as small as can be found."""
    began = time.monotonic()
    roles = sorted(inputs.capacity)
    capacity: Weeks = np.array([inputs.capacity[role] for role in roles], dtype=np.int64)
    most = {role: max(inputs.capacity[role]) for role in roles}
    outside: dict[str, PlannedJob] = {}
    stretched: dict[str, int] = {}
    jobs: list[Job] = []
    for job in inputs.jobs:
        fitting, longer, lacking = fitted(job, most)
        if lacking:
            outside[job.key] = _outside(job, Cause.NO_CAPACITY)
        else:
            jobs.append(fitting)
            stretched[job.key] = longer
    shapes = {job.key: shape(job.stages, roles) for job in jobs}
    found, optimal = _scheduled(capacity, jobs, shapes, inputs.settings)
    for job in jobs:
        if job.key not in found:
            outside[job.key] = _outside(job, Cause.BEYOND_HORIZON)
    jobs = [job for job in jobs if job.key in found]
    forms = [shapes[job.key] for job in jobs]
    starts = pulled_forward(
        capacity, forms, [job.earliest_week for job in jobs], [found[job.key] for job in jobs]
    )
    schedule = Schedule(capacity, roles, jobs, forms, starts)
    drawn = chances(capacity, jobs, forms, starts, inputs.settings)
    placed = {}
    for index, (job, start) in enumerate(zip(jobs, starts, strict=True)):
        standing = schedule.standing(index)
        late = job.lateness(start)
        placed[job.key] = PlannedJob(
            key=job.key,
            start=start,
            live=start + job.weeks_to_live,
            end=start + job.weeks,
            late_weeks=late,
            stretched_weeks=stretched[job.key],
            cause=standing.cause,
            blocked=standing.blocked,
            waits_for=standing.waits_for,
            earliest_possible_live=schedule.without_others(capacity, index) if late else None,
            extra=(schedule.extra_alone(index) or ()) if late else (),
            chance=drawn[index],
        )
    used = capacity - schedule.free
    return PlannerAnswer(
        jobs=tuple(placed.get(job.key) or outside[job.key] for job in inputs.jobs),
        extra_for_all=schedule.extra_for_all(),
        load={role: tuple(int(n) for n in used[row]) for row, role in enumerate(roles)},
        weighted_lateness=sum(
            job.weight * job.lateness(start) for job, start in zip(jobs, starts, strict=True)
        ),
        optimal=optimal,
        seconds=round(time.monotonic() - began, 3),
    )


def _scheduled(
    capacity: Weeks, jobs: Sequence[Job], shapes: Mapping[str, Shape], settings: PlannerSettings
) -> tuple[dict[str, int], bool]:
    """First weeks of all jobs that fit, and whether none could be less late.

    Those with a deadline, and those that have begun, come first: the others can only wait
    for them. So the solver's task is half as large, and no lateness is lost.
    """
    pressing = [job for job in jobs if job.weight or job.started]
    found: dict[str, int] = {}
    free = capacity.copy()
    optimal = True
    hint = listed(capacity, pressing, [shapes[job.key] for job in pressing])
    fitting = [(job, at) for job, at in zip(pressing, hint, strict=True) if at is not None]
    if fitting:
        wanted = [job for job, _ in fitting]
        forms = [shapes[job.key] for job in wanted]
        starts, optimal = improved(capacity, wanted, forms, [at for _, at in fitting], settings)
        for job, form, start in zip(wanted, forms, starts, strict=True):
            found[job.key] = start
            take(free, form, start)
    rest = [job for job in jobs if not job.weight and not job.started]
    placed = listed(free, rest, [shapes[job.key] for job in rest])
    found |= {job.key: at for job, at in zip(rest, placed, strict=True) if at is not None}
    return found, optimal and len(fitting) == len(pressing)


def _outside(job: Job, cause: Cause) -> PlannedJob:
    return PlannedJob(
        key=job.key,
        start=None,
        live=None,
        end=None,
        late_weeks=0,
        stretched_weeks=0,
        cause=cause,
    )
