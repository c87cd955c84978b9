"""Placing jobs into the weeks that the centre's people have left.

A job's stages follow each other without a break, so its first week decides all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.onboarding.pipeline.model import Job, Stage

Weeks = NDArray[np.int64]
"""Tenths of hours, by role (rows) and week (columns)."""


@dataclass(frozen=True)
class Block:
    """A stage in numbers: where it begins within its job, how long, what it takes a week."""

    offset: int
    weeks: int
    need: NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """A job in numbers; ``to_live`` is the week of go-live within it."""

    blocks: tuple[Block, ...]
    weeks: int
    to_live: int


def shape(stages: Sequence[Stage], roles: Sequence[str]) -> Shape:
    """A job's stages as numbers, roles in a fixed order."""
    blocks: list[Block] = []
    offset = to_live = 0
    for stage in stages:
        weekly = stage.weekly()
        need = np.array([weekly.get(role, 0) for role in roles], dtype=np.int64)
        blocks.append(Block(offset, stage.weeks, need))
        offset += stage.weeks
        if stage.before_live:
            to_live = offset
    return Shape(tuple(blocks), offset, to_live)


def scaled(job: Shape, factor: float) -> Shape:
    """A job whose stages last a factor longer or shorter, a week at the least each, with as
    much work a week.
    """
    blocks: list[Block] = []
    offset = to_live = 0
    for block in job.blocks:
        if block.offset == job.to_live:
            to_live = offset
        weeks = max(1, round(block.weeks * factor))
        blocks.append(Block(offset, weeks, block.need))
        offset += weeks
    return Shape(tuple(blocks), offset, offset if job.to_live == job.weeks else to_live)


def earliest_start(free: Weeks, job: Shape, not_before: int) -> int | None:
    """The first week from which a job fits into what is free; None within the horizon."""
    starts = free.shape[1] - job.weeks + 1
    if starts <= not_before:
        return None
    fits = np.ones(starts, dtype=bool)
    for block in job.blocks:
        needed = block.need > 0
        if not needed.any():
            continue
        short = (free[needed] < block.need[needed][:, None]).any(axis=0)
        before = np.concatenate(([0], np.cumsum(short)))
        first, last = block.offset, block.offset + block.weeks
        fits &= before[last : last + starts] == before[first : first + starts]
    fits[:not_before] = False
    found = int(np.argmax(fits))
    return found if fits[found] else None


def take(free: Weeks, job: Shape, start: int) -> None:
    """Use up what a job needs from a week on; what is free may turn negative."""
    _add(free, job, start, -1)


def give_back(free: Weeks, job: Shape, start: int) -> None:
    """Free what a job used."""
    _add(free, job, start, 1)


def overload(free: Weeks, job: Shape, start: int) -> Weeks:
    """What a job needs beyond what is free when it starts in a week; nought elsewhere."""
    extra = np.zeros_like(free)
    for block in job.blocks:
        span = slice(start + block.offset, start + block.offset + block.weeks)
        extra[:, span] = np.maximum(0, block.need[:, None] - np.maximum(0, free[:, span]))
    return extra


def _add(free: Weeks, job: Shape, start: int, sign: int) -> None:
    for block in job.blocks:
        span = slice(start + block.offset, start + block.offset + block.weeks)
        free[:, span] += sign * block.need[:, None]


def placed_in_order(
    capacity: Weeks, shapes: Sequence[Shape], not_before: Sequence[int], order: Sequence[int]
) -> list[int | None]:
    """Each job at its earliest, in the given order; None where it does not fit any more."""
    free = capacity.copy()
    starts: list[int | None] = [None] * len(shapes)
    for index in order:
        start = earliest_start(free, shapes[index], not_before[index])
        if start is not None:
            take(free, shapes[index], start)
        starts[index] = start
    return starts


def pulled_forward(
    capacity: Weeks,
    shapes: Sequence[Shape],
    not_before: Sequence[int],
    starts: Sequence[int],
) -> list[int]:
    """The same schedule with every job as early as the others let it; none gets later."""
    result = list(starts)
    free = capacity.copy()
    for form, start in zip(shapes, starts, strict=True):
        take(free, form, start)
    moved = True
    while moved:
        moved = False
        for index in sorted(range(len(result)), key=lambda index: (result[index], index)):
            give_back(free, shapes[index], result[index])
            better = earliest_start(free, shapes[index], not_before[index])
            if better is not None and better < result[index]:
                result[index], moved = better, True
            take(free, shapes[index], result[index])
    return result


def fitted(job: Job, most: dict[str, int]) -> tuple[Job, int, tuple[str, ...]]:
    """A job stretched until no week needs more than the centre ever has of a role.

    Args:
        job: the job.
        most: the largest weekly capacity of each role.

    Returns:
        The job, by how many weeks it is stretched, and the roles that it needs and the
        centre has none of.
    """
    lacking = sorted(
        {
            role
            for stage in job.stages
            for role, tenths in stage.tenths.items()
            if tenths and not most.get(role)
        }
    )
    if lacking:
        return job, 0, tuple(lacking)
    stages = tuple(
        stage.model_copy(
            update={
                "weeks": max(
                    [stage.weeks]
                    + [-(-tenths // most[role]) for role, tenths in stage.tenths.items() if tenths]
                )
            }
        )
        for stage in job.stages
    )
    stretched = job.model_copy(update={"stages": stages})
    return stretched, stretched.weeks - job.weeks, ()
