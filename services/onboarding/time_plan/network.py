"""The critical path: earliest and latest times of tasks that wait for each other.

Times are whole working days from the plan's start. A task that takes ``d`` days and starts
at ``t`` ends at ``t + d``, and what waits for it may start then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class Circular(ValueError):
    """Tasks wait for each other in a circle."""


@dataclass(frozen=True)
class Timing:
    """When a task can be done, in working days from the start.

    Attributes:
        earliest_start: when all it waits for can be done.
        earliest_finish: the same plus its duration.
        latest_finish: how late it may end without moving what follows.
        critical: whether it lies on a longest path.
    """

    earliest_start: int
    earliest_finish: int
    latest_finish: int
    critical: bool

    @property
    def float_days(self) -> int:
        """How far it can slip; negative when it is too late already."""
        return self.latest_finish - self.earliest_finish


def in_order(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The tasks so that each comes behind all it waits for, otherwise in the given order.

    Raises:
        Circular: there is no such order.
        KeyError: a task waits for one that does not exist.
    """
    done: set[str] = set()
    order: list[str] = []
    left = list(after)
    for key, needs in after.items():
        for need in needs:
            if need not in after:
                raise KeyError(f"{key} waits for {need}, which does not exist")
    while left:
        ready = [key for key in left if done.issuperset(after[key])]
        if not ready:
            raise Circular(f"these tasks wait for each other: {', '.join(sorted(left))}")
        order += ready
        done.update(ready)
        left = [key for key in left if key not in done]
    return tuple(order)


def timings(
    days: Mapping[str, int],
    after: Mapping[str, Sequence[str]],
    *,
    not_before: Mapping[str, int] | None = None,
    due: Mapping[str, int] | None = None,
) -> dict[str, Timing]:
    """Earliest times forward from the start, latest times backward from the end.

    Args:
        days: each task's duration, 0 or more.
        after: what each task waits for.
        not_before: tasks that start no earlier than a day.
        due: tasks that have to end by a day; the rest have to end with the whole.

    Raises:
        Circular: tasks wait for each other in a circle.
        KeyError: a task waits for one that does not exist.
    """
    order = in_order(after)
    start: dict[str, int] = {}
    finish: dict[str, int] = {}
    for key in order:
        waits = [finish[need] for need in after[key]]
        start[key] = max([*waits, (not_before or {}).get(key, 0)], default=0)
        finish[key] = start[key] + days[key]
    latest = _latest(order, days, after, max(finish.values(), default=0), due or {})
    longest = _on_longest_path(order, days, after)
    return {key: Timing(start[key], finish[key], latest[key], key in longest) for key in order}


def length(days: Mapping[str, int], after: Mapping[str, Sequence[str]], until: str) -> int:
    """How many working days it takes at the least until a task is done."""
    finish: dict[str, int] = {}
    for key in in_order(after):
        finish[key] = days[key] + max((finish[need] for need in after[key]), default=0)
    return finish[until]


def _latest(
    order: Sequence[str],
    days: Mapping[str, int],
    after: Mapping[str, Sequence[str]],
    end: int,
    due: Mapping[str, int],
) -> dict[str, int]:
    latest = {key: due.get(key, end) for key in order}
    for key in reversed(order):
        for need in after[key]:
            latest[need] = min(latest[need], latest[key] - days[key])
    return latest


def _on_longest_path(
    order: Sequence[str], days: Mapping[str, int], after: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """Tasks of which no day can be lost, were nothing bound to a date."""
    finish: dict[str, int] = {}
    for key in order:
        finish[key] = days[key] + max((finish[need] for need in after[key]), default=0)
    latest = _latest(order, days, after, max(finish.values(), default=0), {})
    return frozenset(key for key in order if latest[key] == finish[key])
