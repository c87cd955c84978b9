"""What each agency's way still needs of the centre: stages with weeks and work by role."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE
from services.onboarding.pipeline.model import TENTHS, Stage
from services.onboarding.time_plan.domain import Progress, Task, TaskStatus
from services.onboarding.time_plan.network import timings
from services.onboarding.working_days import PER_WEEK

FIVE_PHASES = ROUTE[:-1]


def stages(
    tasks: Sequence[Task], roles: Collection[str], progress: Mapping[str, Progress] | None = None
) -> tuple[Stage, ...]:
    """What remains of a plan, phase by phase.

    A phase lasts from when the ones before it can be done to when its last task can be; it
    takes a week at the least. Of a task that is under way, all its hours and half its days
    remain, since nobody reports how much is left.

    Args:
        tasks: each behind all it waits for.
        roles: whose hours count: those the centre has to find.
        progress: what is reported of the tasks; settled ones need nothing any more.
    """
    known = progress or {}
    days = {task.key: _days_left(task, known.get(task.key)) for task in tasks}
    ends = timings(days, {task.key: task.after for task in tasks})
    found: list[Stage] = []
    before = 0
    for phase in FIVE_PHASES:
        left = [task for task in tasks if task.phase is phase and not _settled(known.get(task.key))]
        if not left:
            continue
        end = max(before, *(ends[task.key].earliest_finish for task in left))
        weeks = max(1, round(end / PER_WEEK) - round(before / PER_WEEK))
        found.append(
            Stage(
                phase=phase,
                weeks=weeks,
                tenths=_work(left, roles),
                before_live=phase is not Phase.STABILISATION,
            )
        )
        before = end
    return tuple(found)


def _work(tasks: Sequence[Task], roles: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for task in tasks:
        for role, hours in task.hours.items():
            if role in roles and hours:
                found[role] = found.get(role, 0) + TENTHS * hours
    return found


def _settled(progress: Progress | None) -> bool:
    return progress is not None and progress.settled


def _days_left(task: Task, progress: Progress | None) -> int:
    if _settled(progress):
        return 0
    if progress is not None and progress.status is TaskStatus.STARTED:
        return -(-task.days // 2)
    return task.days
