"""Why a job stands where it does in a schedule, and what it would take to be in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.onboarding.pipeline.model import Blocked, Cause, Extra, Job
from services.onboarding.pipeline.placing import (
    Shape,
    Weeks,
    earliest_start,
    give_back,
    overload,
    take,
)

_NAMED = 5
"""How many of those that a job waits for are named."""


@dataclass(frozen=True)
class Standing:
    """Why a job starts when it does."""

    cause: Cause
    blocked: tuple[Blocked, ...]
    waits_for: tuple[str, ...]


class Schedule:
    """A schedule as it is, to be asked about.

    Args:
        capacity: tenths of hours by role and week.
        roles: the rows' names.
        jobs: the jobs.
        shapes: the same in numbers.
        starts: their first weeks; None for those that are not in it.
    """

    def __init__(
        self,
        capacity: Weeks,
        roles: Sequence[str],
        jobs: Sequence[Job],
        shapes: Sequence[Shape],
        starts: Sequence[int | None],
    ) -> None:
        self.jobs = jobs
        self.starts = list(starts)
        self.shapes = shapes
        self.roles = roles
        self.free = capacity.copy()
        for form, start in zip(shapes, starts, strict=True):
            if start is not None:
                take(self.free, form, start)

    def standing(self, index: int) -> Standing:
        """Why a job does not start a week earlier."""
        job, start = self.jobs[index], self.starts[index]
        if start is None:
            return Standing(Cause.BEYOND_HORIZON, (), ())
        if start <= job.earliest_week:
            cause = Cause.OWN_DURATION if job.lateness(start) else Cause.NOTHING
            return Standing(cause, (), ())
        give_back(self.free, self.shapes[index], start)
        short = overload(self.free, self.shapes[index], start - 1)
        take(self.free, self.shapes[index], start)
        blocked = tuple(
            Blocked(role=self.roles[row], from_week=first, to_week=last)
            for row in range(short.shape[0])
            for first, last, _ in _stretches(short[row])
        )
        others = self._others_in(index, short > 0)
        prior = any(self._comes_before(other, index) for other in others)
        cause = Cause.DEADLINE_PRIORITY if prior else Cause.CAPACITY
        return Standing(cause, blocked, tuple(self.jobs[other].key for other in others[:_NAMED]))

    def extra_alone(self, index: int) -> tuple[Extra, ...] | None:
        """Hours beyond capacity with which a late job would be in time, all else as it is.

        Returns:
            The least over the weeks it could start in; None when no hours would help.
        """
        start = self.starts[index]
        if start is not None:
            give_back(self.free, self.shapes[index], start)
        found = self._cheapest_in_time(index)
        if start is not None:
            take(self.free, self.shapes[index], start)
        return None if found is None else self._listed(found[1])

    def extra_for_all(self) -> tuple[Extra, ...]:
        """Hours beyond capacity with which all are in time that can be at all.

        The late jobs are moved one after the other to where each needs the least, so this
        is enough, though a cleverer order might do with fewer.
        """
        free = self.free.copy()
        total = np.zeros_like(free)
        late = [
            index
            for index, job in enumerate(self.jobs)
            if job.deadline_week is not None
            and job.weight
            and ((start := self.starts[index]) is None or job.lateness(start))
        ]
        kept = self.free
        for index in sorted(late, key=lambda i: (-self.jobs[i].weight, i)):
            self.free = free
            start = self.starts[index]
            if start is not None:
                give_back(free, self.shapes[index], start)
            found = self._cheapest_in_time(index)
            if found is None:
                if start is not None:
                    take(free, self.shapes[index], start)
                continue
            total += found[1]
            free += found[1]
            take(free, self.shapes[index], found[0])
        self.free = kept
        return self._listed(total)

    def without_others(self, capacity: Weeks, index: int) -> int | None:
        """When a job would go live if it had the centre to itself."""
        job = self.jobs[index]
        start = earliest_start(capacity, self.shapes[index], job.earliest_week)
        return None if start is None else start + job.weeks_to_live

    def _cheapest_in_time(self, index: int) -> tuple[int, Weeks] | None:
        job, form = self.jobs[index], self.shapes[index]
        if job.deadline_week is None:
            return None
        last = min(job.deadline_week - form.to_live, self.free.shape[1] - form.weeks)
        best: tuple[int, Weeks] | None = None
        for start in range(job.earliest_week, last + 1):
            extra = overload(self.free, form, start)
            if best is None or extra.sum() < best[1].sum():
                best = (start, extra)
        return best

    def _others_in(self, index: int, where: NDArray[np.bool_]) -> list[int]:
        """Who works in some weeks of some roles, the one with most hours first."""
        found: list[tuple[int, int]] = []
        for other, start in enumerate(self.starts):
            if other == index or start is None:
                continue
            hours = 0
            for block in self.shapes[other].blocks:
                span = slice(start + block.offset, start + block.offset + block.weeks)
                hours += int((where[:, span] * block.need[:, None]).sum())
            if hours:
                found.append((-hours, other))
        return [other for _, other in sorted(found)]

    def _comes_before(self, other: int, index: int) -> bool:
        """Whether another job's deadline weighs more, or as much and comes sooner."""
        theirs, ours = self.jobs[other], self.jobs[index]
        if theirs.weight != ours.weight:
            return theirs.weight > ours.weight
        if theirs.deadline_week is None or ours.deadline_week is None:
            return False
        return theirs.deadline_week < ours.deadline_week

    def _listed(self, extra: Weeks) -> tuple[Extra, ...]:
        return tuple(
            Extra(role=self.roles[row], from_week=first, to_week=last, tenths_a_week=level)
            for row in range(extra.shape[0])
            for first, last, level in _stretches(extra[row])
        )


def _stretches(row: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Weeks in a row with the same positive value: first, last, value."""
    found: list[tuple[int, int, int]] = []
    for week in np.flatnonzero(row):
        at, value = int(week), int(row[week])
        if found and found[-1][1] == at - 1 and found[-1][2] == value:
            found[-1] = (found[-1][0], at, value)
        else:
            found.append((at, at, value))
    return found
