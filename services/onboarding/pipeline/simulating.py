"""What the future may bring to a schedule: its jobs drawn longer and shorter, many times."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np

from services.onboarding.pipeline.model import Chance, Job, PlannerSettings
from services.onboarding.pipeline.placing import Shape, Weeks, earliest_start, scaled, take


def chances(
    capacity: Weeks,
    jobs: Sequence[Job],
    shapes: Sequence[Shape],
    starts: Sequence[int],
    settings: PlannerSettings,
) -> list[Chance]:
    """The range of each job's go-live when everything takes as long as it may.

    In each future every job's stages last a factor longer or shorter, with as much work a
    week as planned. Jobs begin in the order of the schedule, none before its planned week,
    and wait for people who are still held up elsewhere.
    """
    if not jobs:
        return []
    draws = np.random.default_rng(settings.seed).standard_normal((settings.runs, len(jobs)))
    spread = np.array([settings.spread[job.complexity] for job in jobs])
    factors = np.exp(draws * spread)
    in_order = sorted(range(len(jobs)), key=lambda index: (starts[index], index))
    lives = np.empty((settings.runs, len(jobs)), dtype=np.int64)
    for run in range(settings.runs):
        free = capacity.copy()
        for index in in_order:
            form = scaled(shapes[index], float(factors[run, index]))
            start = earliest_start(free, form, starts[index])
            if start is None:
                lives[run, index] = capacity.shape[1]
                continue
            take(free, form, start)
            lives[run, index] = start + form.to_live
    return [_chance(job, np.sort(lives[:, index])) for index, job in enumerate(jobs)]


def _chance(job: Job, lives: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Chance:
    runs = len(lives)

    def at(share: float) -> int:
        return int(lives[max(0, ceil(share * runs) - 1)])

    in_time = None
    if job.deadline_week is not None:
        in_time = 100 * int(np.count_nonzero(lives <= job.deadline_week)) // runs
    return Chance(p10=at(0.1), p50=at(0.5), p90=at(0.9), in_time_percent=in_time)
