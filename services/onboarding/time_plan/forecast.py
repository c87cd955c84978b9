"""When a case will go live and be stable: a range by simulation, and why it moved.

Each run draws a factor for the whole case and one for each task that remains, and follows
the plan's dependencies. The draws depend on the case and the task only, so the same case
gives the same forecast, and two forecasts differ by what changed and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, reduce
from math import ceil
from random import Random
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from services.contracts.values import Phase, Value
from services.onboarding.time_plan.complexity import (
    Complexity,
    ComplexityRules,
    between_classes,
)
from services.onboarding.time_plan.domain import GO_LIVE, Task, TaskStatus
from services.onboarding.working_days import working_day, working_days_between

Days = NDArray[np.float64]
"""When something ends, or how long it lasts, in each run: working days from the case's start."""

_REMAINS_AT_LEAST = 0.1
"""Of a task that has taken longer than drawn, this share of it remains still."""


class Spread(Value):
    """Sigmas of the lognormal factors, of the case and of each task."""

    case: Annotated[Decimal, Field(ge=0, le=2)]
    task: Annotated[Decimal, Field(ge=0, le=2)]


class TaskState(Value):
    """A task as far as it has come."""

    status: TaskStatus
    started_on: date | None = None
    finished_on: date | None = None


class ForecastInputs(Value):
    """All that a forecast is made from; stored beside it, to tell later why it moved.

    ``points`` are those of complexity but for the gaps', which are apart. ``days`` are the
    template's durations by class for each task.
    """

    seed: str
    as_of: date
    starts_on: date
    go_live_on: date | None
    points: Decimal
    gap_points: Decimal
    complexity: Complexity
    ratios: dict[Phase, Decimal]
    days: dict[str, tuple[int, ...]]
    states: dict[str, TaskState]
    paused: bool = False
    resumes_on: date | None = None


@dataclass(frozen=True)
class Range:
    """One day in ten lies before ``p10``, half of them by ``p50``, nine in ten by ``p90``."""

    p10: date
    p50: date
    p90: date


@dataclass(frozen=True)
class Forecast:
    """When the services go live and when the case is stable."""

    go_live: Range
    stable: Range


@dataclass(frozen=True)
class Move:
    """What one cause moved the forecast's middle by; working days, later is positive."""

    cause: str
    working_days: int
    text: str


Network = Sequence[Task]
"""The case's tasks, each behind all it waits for."""


class Forecaster:
    """Makes forecasts of one case's network of tasks.

    Args:
        tasks: each behind all it waits for.
        rules: classes of complexity.
        spread: by class.
        runs: how many times the future is drawn.
    """

    def __init__(
        self,
        tasks: Network,
        rules: ComplexityRules,
        spread: Mapping[Complexity, Spread],
        runs: int,
    ) -> None:
        self._tasks = tasks
        self._rules = rules
        self._spread = spread
        self._runs = runs

    def forecast(self, inputs: ForecastInputs) -> Forecast:
        """The ranges of both days; deterministic."""
        live, stable = self._simulate(inputs)
        return Forecast(_range(inputs.starts_on, live), _range(inputs.starts_on, stable))

    def explain(self, before: ForecastInputs, after: ForecastInputs) -> tuple[Move, ...]:
        """What moved the middle of go-live between two forecasts, cause by cause.

        The causes are taken over one after the other, so their days add up to the whole
        move; what two causes do together is counted with the later one.
        """
        steps: tuple[tuple[str, tuple[str, ...]], ...] = (
            ("plan", ("starts_on", "go_live_on", "days")),
            ("complexity", ("points", "complexity")),
            ("gaps", ("gap_points",)),
            ("history", ("ratios",)),
            ("pause", ("paused", "resumes_on")),
            ("progress", ("as_of", "states")),
        )
        moves: list[Move] = []
        current, middle = before, self.forecast(before).go_live.p50
        for cause, fields in steps:
            changed = {name: getattr(after, name) for name in fields}
            following = current.model_copy(update=changed)
            if following == current:
                continue
            next_middle = self.forecast(following).go_live.p50
            moved = working_days_between(middle, next_middle)
            text = self._told(cause, current, following)
            if moved or cause != "progress":
                moves.append(Move(cause, moved, text))
            current, middle = following, next_middle
        return tuple(moves)

    def _told(self, cause: str, before: ForecastInputs, after: ForecastInputs) -> str:
        if cause == "plan":
            return f"The plan was changed; go-live is wished on {after.go_live_on}."
        if cause == "complexity":
            return (
                f"The case's complexity went from {before.points} to {after.points} points"
                f" ({after.complexity.value.replace('_', ' ')})."
            )
        if cause == "gaps":
            return f"The gaps found give {after.gap_points} points, before {before.gap_points}."
        if cause == "history":
            told = [
                f"{phase.value.replace('_', ' ')} takes {ratio} of its planned time"
                for phase, ratio in after.ratios.items()
                if before.ratios.get(phase) != ratio
            ]
            return f"Earlier cases show: {'; '.join(told)}."
        if cause == "pause":
            if not after.paused:
                return "The pause is over."
            until = f" until {after.resumes_on}" if after.resumes_on else ""
            return f"The case is paused{until}."
        return self._progress(before, after)

    def _progress(self, before: ForecastInputs, after: ForecastInputs) -> str:
        done = [
            task.name
            for task in self._tasks
            if _settled(after, task.key) and not _settled(before, task.key)
        ]
        waiting = [
            task.name
            for task in self._tasks
            if not _settled(after, task.key) and all(_settled(after, need) for need in task.after)
        ]
        told = (
            f"Done since {before.as_of}: {'; '.join(done[:5])}."
            if done
            else (f"Nothing was done between {before.as_of} and {after.as_of}.")
        )
        return f"{told} Next: {'; '.join(waiting[:3])}." if waiting else told

    def _simulate(self, inputs: ForecastInputs) -> tuple[Days, Days]:
        spread = self._spread[inputs.complexity]
        of_case = np.exp(float(spread.case) * _draws(inputs.seed, self._runs))
        ends: dict[str, Days] = {}
        zero = np.zeros(self._runs)
        now = max(0, working_days_between(inputs.starts_on, inputs.resumes_on or inputs.as_of))
        now = max(now, working_days_between(inputs.starts_on, inputs.as_of))
        for task in self._tasks:
            ready: Days = reduce(np.maximum, (ends[need] for need in task.after), zero)
            ends[task.key] = self._end(task, inputs, ready, now, of_case, float(spread.task))
        return ends[GO_LIVE], reduce(np.maximum, ends.values())

    def _end(
        self,
        task: Task,
        inputs: ForecastInputs,
        ready: Days,
        now: int,
        of_case: Days,
        sigma: float,
    ) -> Days:
        state = inputs.states.get(task.key)
        if state and state.status in {TaskStatus.DONE, TaskStatus.NOT_NEEDED}:
            if state.finished_on is None:
                return ready
            # Days are counted at their end: what is done on the first day ends at 1.
            end = working_days_between(inputs.starts_on, state.finished_on)
            return np.full(self._runs, float(end if task.key == GO_LIVE else end + 1))
        typical = float(self._typical(task, inputs))
        lasts: Days = np.zeros(self._runs)
        if typical:
            drawn = _draws(f"{inputs.seed}/{task.key}", self._runs)
            lasts = typical * of_case * np.exp(sigma * drawn)
        if state and state.started_on:
            begun = working_days_between(inputs.starts_on, state.started_on)
            return np.maximum(begun + lasts, now + lasts * _REMAINS_AT_LEAST)
        earliest = now
        if task.key == GO_LIVE and inputs.go_live_on:
            earliest = max(now, working_days_between(inputs.starts_on, inputs.go_live_on))
        return np.maximum(ready, earliest) + lasts

    def _typical(self, task: Task, inputs: ForecastInputs) -> Decimal:
        values = inputs.days.get(task.key)
        days = (
            between_classes(self._rules, inputs.points + inputs.gap_points, values)
            if values
            else Decimal(task.days)
        )
        return days * inputs.ratios.get(task.phase, Decimal(1))


@lru_cache(maxsize=4096)
def _draws(name: str, runs: int) -> Days:
    """As many chances as runs, always the same for a name; drawing takes longer than the rest."""
    # Chance for planning, not for secrets.
    random = Random(name)  # noqa: S311  # a forecast has to be the same each time
    return np.array([random.gauss(0, 1) for _ in range(runs)])


def _settled(inputs: ForecastInputs, key: str) -> bool:
    state = inputs.states.get(key)
    return state is not None and state.status in {TaskStatus.DONE, TaskStatus.NOT_NEEDED}


def _range(start: date, ends: Days) -> Range:
    in_order: list[float] = np.sort(ends).tolist()

    def at(share: float) -> date:
        end = in_order[max(0, ceil(share * len(in_order)) - 1)]
        return working_day(start, max(0, ceil(end - 1e-9)))

    return Range(at(0.1), at(0.5), at(0.9))
