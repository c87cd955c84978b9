"""What the planner is given and what it answers; both travel as JSON to a process of its own.

Weeks are counted from the plan's first one, 0. Work is counted in tenths of an hour, so that
an hour spread over several weeks is not rounded up to several hours.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.contracts.values import Phase, Value
from services.onboarding.time_plan.complexity import Complexity

TENTHS = 10
"""Units of work in an hour."""


class Stage(Value):
    """A phase that remains of a job: how many weeks it takes, and the work by role."""

    phase: Phase
    weeks: Annotated[int, Field(ge=1)]
    tenths: dict[str, Annotated[int, Field(ge=0)]]
    before_live: bool

    def weekly(self) -> dict[str, int]:
        """Work a week by role, rounded up; nothing where there is none."""
        return {role: -(-tenths // self.weeks) for role, tenths in self.tenths.items() if tenths}


class DeadlineKind(StrEnum):
    """What a deadline comes from."""

    OBLIGATION = "obligation"
    WISH = "wish"


class Job(Value):
    """An agency's way, or what remains of it, as the planner sees it.

    ``deadline_week`` is the last week at whose beginning the services may go live in time.
    """

    key: str
    org_number: str
    name: str
    case_id: str | None
    services: tuple[str, ...]
    phase: Phase | None
    complexity: Complexity
    stages: tuple[Stage, ...]
    earliest_week: Annotated[int, Field(ge=0)] = 0
    deadline: date | None = None
    deadline_week: int | None = None
    deadline_kind: DeadlineKind | None = None
    legal_source: str | None = None
    weight: Annotated[int, Field(ge=0)] = 0
    started: bool = False

    @property
    def weeks(self) -> int:
        """From its first week to its last."""
        return sum(stage.weeks for stage in self.stages)

    @property
    def weeks_to_live(self) -> int:
        """From its first week to go-live."""
        return sum(stage.weeks for stage in self.stages if stage.before_live)

    def lateness(self, start: int) -> int:
        """Weeks after the deadline at which it goes live when it starts in a week."""
        if self.deadline_week is None:
            return 0
        return max(0, start + self.weeks_to_live - self.deadline_week)


class PlannerSettings(Value):
    """How long to look for the best schedule, and how the future is drawn.

    Attributes:
        seconds: when to stop looking in any case.
        rounds: how often some jobs are scheduled anew among the others.
        neighbourhood: how many jobs at a time.
        effort: the solver's steps for each round, in its own deterministic time.
    """

    seconds: Annotated[float, Field(gt=0, le=600)]
    rounds: Annotated[int, Field(ge=1, le=1000)]
    neighbourhood: Annotated[int, Field(ge=2, le=200)]
    effort: Annotated[float, Field(gt=0, le=100)]
    seed: int
    runs: Annotated[int, Field(ge=1, le=5000)]
    spread: dict[Complexity, float]


class PlannerInputs(Value):
    """A pipeline to plan.

    Attributes:
        first_monday: of week 0.
        capacity: the centre's tenths of hours by role, one for each week of the horizon.
        jobs: what is to be planned; keys are unique.
    """

    first_monday: date
    capacity: dict[str, tuple[int, ...]]
    jobs: tuple[Job, ...]
    settings: PlannerSettings

    @property
    def horizon(self) -> int:
        """How many weeks are planned."""
        return len(next(iter(self.capacity.values())))


class Cause(StrEnum):
    """Why a job stands where it does."""

    OWN_DURATION = "own_duration"
    CAPACITY = "capacity"
    DEADLINE_PRIORITY = "deadline_priority"
    NO_CAPACITY = "no_capacity"
    BEYOND_HORIZON = "beyond_horizon"
    NOTHING = "nothing"


class Blocked(Value):
    """A role that has no more hours in some weeks, ends included."""

    role: str
    from_week: int
    to_week: int


class Extra(Value):
    """Hours beyond capacity, by role, in each of some weeks, ends included."""

    role: str
    from_week: int
    to_week: int
    tenths_a_week: int


class Chance(Value):
    """What the simulation says of a job's go-live: weeks, and in how many of 100 futures it
    makes its deadline. A week at the horizon stands for all that lies beyond.
    """

    p10: int
    p50: int
    p90: int
    in_time_percent: int | None


class PlannedJob(Value):
    """Where a job stands in the schedule, and why."""

    key: str
    start: int | None
    live: int | None
    end: int | None
    late_weeks: int
    stretched_weeks: int
    cause: Cause
    blocked: tuple[Blocked, ...] = ()
    waits_for: tuple[str, ...] = ()
    earliest_possible_live: int | None = None
    extra: tuple[Extra, ...] = ()
    chance: Chance | None = None


class PlannerAnswer(Value):
    """A schedule of a pipeline.

    Attributes:
        jobs: in the order of the inputs.
        extra_for_all: what it takes for all to make their deadlines that can at all.
        optimal: whether no better schedule exists in this model.
        seconds: how long it took.
    """

    jobs: tuple[PlannedJob, ...]
    extra_for_all: tuple[Extra, ...]
    load: dict[str, tuple[int, ...]]
    weighted_lateness: int
    optimal: bool
    seconds: float
