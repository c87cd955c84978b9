"""A case's time plan: its tasks, their dates, and what may be reported of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from services.contracts.values import Phase
from services.onboarding.parties import Owner
from services.onboarding.time_plan.network import Timing, length, timings
from services.onboarding.working_days import (
    PER_WEEK,
    first_working_day,
    working_day,
    working_days_between,
)

GO_DECISION = "go-decision"
"""The task in which the parties decide go or no-go; a service taken back needs it anew."""
GO_LIVE = "go-live"
"""The task whose day is the plan's go-live; every template has it."""


@dataclass(frozen=True)
class TimePlan:
    """The time plan's frame: the days on which work starts and services go live."""

    starts_on: date
    go_live_on: date
    reason_if_short: str | None = None


def is_short(plan: TimePlan, minimum_weeks: int) -> bool:
    """Whether a plan leaves less time than the process takes at the least.

    Twenty weeks is the minimum the centre has seen (DOMAIN.md section 3; 000:2194).
    """
    return (plan.go_live_on - plan.starts_on).days < 7 * minimum_weeks


@dataclass(frozen=True)
class Task:
    """Something to be done in a case.

    Attributes:
        key: its name within the case.
        workstream: of the implementation phase's tasks; its decision and its day have none.
        owner: who reports its progress; of a shared one, either party.
        service: the service that adds it; None for what every case has.
        days: its planned duration in working days; 0 for a mere point in time.
        hours: the work it takes, by role.
        after: the tasks it waits for.
    """

    key: str
    phase: Phase
    workstream: str | None
    owner: Owner
    service: str | None
    name: str
    name_sv: str
    days: int
    hours: Mapping[str, int]
    after: tuple[str, ...]


class TaskStatus(StrEnum):
    """How far a task has come."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Progress:
    """What is reported of a task."""

    status: TaskStatus = TaskStatus.PLANNED
    started_on: date | None = None
    finished_on: date | None = None
    evidence: str | None = None
    document_id: str | None = None
    reason: str | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing remains to be done."""
        return self.status in {TaskStatus.DONE, TaskStatus.NOT_NEEDED}


@dataclass(frozen=True)
class PlannedTask:
    """A task with its dates.

    ``planned_finish`` is its last working day, ``latest_finish`` the last one that does not
    move go-live; ``float_days`` is what lies between, negative when the wish cannot be met.
    """

    task: Task
    planned_start: date
    planned_finish: date
    latest_finish: date
    float_days: int
    critical: bool
    progress: Progress = field(default_factory=Progress)

    @property
    def key(self) -> str:
        """The task's name within the case."""
        return self.task.key


@dataclass(frozen=True)
class Fit:
    """Whether the wished go-live leaves the time that the plan needs.

    Attributes:
        needed_days: working days from start to go-live along the critical path.
        wished_days: working days from start to the wished day.
        earliest_go_live: the first day that the plan allows.
    """

    needed_days: int
    wished_days: int
    earliest_go_live: date

    @property
    def fits(self) -> bool:
        """Whether the wish can be met."""
        return self.needed_days <= self.wished_days

    @property
    def needed_weeks(self) -> int:
        """Whole weeks needed, rounded up."""
        return -(-self.needed_days // PER_WEEK)

    @property
    def wished_weeks(self) -> int:
        """Whole weeks wished, rounded down."""
        return self.wished_days // PER_WEEK

    @property
    def sentence(self) -> str:
        """The fit in words."""
        if self.fits:
            spare = self.wished_days - self.needed_days
            return (
                f"The plan needs {self.needed_weeks} weeks until go-live and has"
                f" {self.wished_weeks}: {spare} working days to spare."
            )
        return (
            f"The plan needs {self.needed_weeks} weeks until go-live, and go-live is wished in"
            f" {self.wished_weeks}: it does not fit. At the planned durations the earliest day"
            f" is {self.earliest_go_live}."
        )


def fit(plan: TimePlan, tasks: Sequence[Task]) -> Fit:
    """Hold the critical path until go-live against the wished day."""
    needed = length(_days(tasks), _after(tasks), GO_LIVE)
    return Fit(
        needed_days=needed,
        wished_days=working_days_between(plan.starts_on, plan.go_live_on),
        earliest_go_live=working_day(plan.starts_on, needed),
    )


def set_dates(
    plan: TimePlan,
    tasks: Sequence[Task],
    progress: Mapping[str, Progress] | None = None,
    today: date | None = None,
) -> tuple[PlannedTask, ...]:
    """Give every task its dates: forward from the start, its float backward from go-live.

    Args:
        plan: start and wished go-live; services do not go live before that day.
        tasks: each behind all it waits for.
        progress: what is reported already; settled tasks keep their own dates.
        today: when a plan is laid anew, what has not begun begins today at the earliest.
    """
    known = progress or {}
    go_live = working_days_between(plan.starts_on, plan.go_live_on)
    placed = {task.key: _placed(plan, task, known.get(task.key), today) for task in tasks}
    releases = {key: place.not_before for key, place in placed.items()}
    releases[GO_LIVE] = max(releases.get(GO_LIVE, 0), go_live)
    times = timings(
        {key: place.days for key, place in placed.items()},
        {key: place.after for key, place in placed.items()},
        not_before=releases,
        due=_due(tasks, go_live),
    )
    longest = timings(_days(tasks), _after(tasks))
    return tuple(
        _dated(plan, task, times[task.key], longest[task.key].critical, known.get(task.key))
        for task in tasks
    )


def _due(tasks: Sequence[Task], go_live: int) -> dict[str, int]:
    """Go-live has to be on its day; what leads nowhere else has to be done by then too."""
    return {task.key: go_live for task in tasks if task.phase is not Phase.STABILISATION}


@dataclass(frozen=True)
class _Place:
    not_before: int
    days: int
    after: tuple[str, ...]


def _placed(plan: TimePlan, task: Task, progress: Progress | None, today: date | None) -> _Place:
    """What has happened took place on its days, whatever it was to wait for."""
    begun = progress.started_on if progress else None
    ended = progress.finished_on if progress else None
    if progress and progress.settled:
        last = max(0, working_days_between(plan.starts_on, ended or plan.starts_on))
        first = min(last, max(0, working_days_between(plan.starts_on, begun or plan.starts_on)))
        return _Place(first, last - first, ())
    if begun is not None:
        return _Place(max(0, working_days_between(plan.starts_on, begun)), task.days, ())
    release = working_days_between(plan.starts_on, today) if today else 0
    return _Place(max(0, release), task.days, task.after)


def _dated(
    plan: TimePlan, task: Task, timing: Timing, critical: bool, progress: Progress | None
) -> PlannedTask:
    def last_day(finish: int, days: int) -> date:
        day = finish - 1 if days else finish
        if day >= 0:
            return working_day(plan.starts_on, day)
        return _working_day_before(plan.starts_on, -day)

    return PlannedTask(
        task=task,
        planned_start=working_day(plan.starts_on, timing.earliest_start),
        planned_finish=last_day(
            timing.earliest_finish, timing.earliest_finish - timing.earliest_start
        ),
        latest_finish=last_day(timing.latest_finish, task.days),
        float_days=timing.float_days,
        critical=critical,
        progress=progress or Progress(),
    )


def _working_day_before(day: date, number: int) -> date:
    """So many working days before a day."""
    guess = day - timedelta(days=2 * number + 14)
    return working_day(guess, working_days_between(guess, day) - number)


def shifted(planned: PlannedTask, working_days: int) -> PlannedTask:
    """A task that has not begun, moved by what a pause took; others stay."""
    if planned.progress.started_on is not None or planned.progress.settled:
        return planned
    return replace(
        planned,
        planned_start=working_day(planned.planned_start, working_days),
        planned_finish=working_day(planned.planned_finish, working_days),
        latest_finish=working_day(planned.latest_finish, working_days),
    )


def moved_by(day: date, days: int) -> date:
    """A go-live day moved by so many calendar days, to a working day."""
    return first_working_day(day + timedelta(days=days))


@dataclass(frozen=True)
class Fault:
    """Why a report of progress is refused: the code's name and a sentence."""

    code: str
    sentence: str


def faults_in(report: Progress, waits_for: Collection[PlannedTask], today: date) -> Fault | None:
    """What is wrong with a report, or None.

    Days are in order and not ahead; what is done has something that shows it; nothing
    begins before what it waits for is done, unless a reason is given.
    """
    return _wrong_days(report, today) or _not_shown(report) or _too_early(report, waits_for)


def _wrong_days(report: Progress, today: date) -> Fault | None:
    started, finished = report.started_on, report.finished_on
    if report.status is TaskStatus.STARTED and (started is None or finished is not None):
        return Fault("days", "A started task has the day it started on, and no last day yet.")
    if report.status is TaskStatus.DONE and (started is None or finished is None):
        return Fault("days", "A task that is done has the days it started and finished on.")
    if not report.settled and report.status is TaskStatus.PLANNED and (started or finished):
        return Fault("days", "A task that is only planned has no days yet.")
    if report.status is TaskStatus.NOT_NEEDED and (started or finished):
        return Fault("days", "A task that is not needed has no days.")
    if started and finished and finished < started:
        return Fault("days", f"It cannot finish on {finished}, before it started on {started}.")
    if ahead := max((day for day in (started, finished) if day and day > today), default=None):
        return Fault("days", f"{ahead} is still ahead; report what has happened.")
    return None


def _not_shown(report: Progress) -> Fault | None:
    if report.status is TaskStatus.DONE and not (report.evidence or report.document_id):
        return Fault("evidence", "Say what shows that it is done: evidence or document_id.")
    if report.status is TaskStatus.NOT_NEEDED and not report.reason:
        return Fault("reason", "Say why the task is not needed.")
    return None


def _too_early(report: Progress, waits_for: Collection[PlannedTask]) -> Fault | None:
    if report.started_on is None or report.reason:
        return None
    open_tasks = [need.task.name for need in waits_for if not need.progress.settled]
    if open_tasks:
        return Fault("waits", f"It waits for what is not done yet: {'; '.join(open_tasks)}.")
    later = [
        f"{need.task.name} ({need.progress.finished_on})"
        for need in waits_for
        if need.progress.finished_on and need.progress.finished_on > report.started_on
    ]
    if later:
        return Fault(
            "waits",
            f"It waits for what was done later than {report.started_on}: {'; '.join(later)}.",
        )
    return None


def to_do_anew(tasks: Iterable[Task], service: str, live: Collection[str]) -> frozenset[str]:
    """The tasks that have to be done again when a service is taken back.

    They are the service's own, the parties' decision, and all that waits for one of these;
    what belongs to a service that stays in operation is done and stays so.

    Args:
        tasks: the tasks of phases 4 and 5.
        service: the service taken back.
        live: the services that are in operation still.
    """
    concerned = [task for task in tasks if task.service not in live]
    anew = {task.key for task in concerned if task.service == service or task.key == GO_DECISION}
    while waiting := {
        task.key for task in concerned if task.key not in anew and not anew.isdisjoint(task.after)
    }:
        anew |= waiting
    return frozenset(anew)


def _days(tasks: Sequence[Task]) -> dict[str, int]:
    return {task.key: task.days for task in tasks}


def _after(tasks: Sequence[Task]) -> dict[str, tuple[str, ...]]:
    return {task.key: task.after for task in tasks}
