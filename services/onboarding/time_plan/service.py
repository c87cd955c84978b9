"""Use cases of the time plan: set it, see it, report progress, move it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.chassis.clock import STOCKHOLM
from services.chassis.problems import Problem, ProblemType
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases.domain import ROUTE, Case
from services.onboarding.cases.service import Change, get, note, take, today
from services.onboarding.catalogue.service import catalogue
from services.onboarding.documents import service as documents
from services.onboarding.parties import Party
from services.onboarding.time_plan import forecast_repository, repository
from services.onboarding.time_plan.domain import (
    Fit,
    PlannedTask,
    Progress,
    TaskStatus,
    TimePlan,
    faults_in,
    fit,
    is_short,
    moved_by,
    set_dates,
    shifted,
    to_do_anew,
)
from services.onboarding.time_plan.drivers import scores
from services.onboarding.time_plan.history import PhaseTaken
from services.onboarding.time_plan.problems import (
    NOT_YOUR_TASK,
    PLAN_TASK_UNKNOWN,
    TASK_DAYS_OUT_OF_ORDER,
    TASK_NOT_SHOWN,
    TASK_REASON_REQUIRED,
    TASK_WAITS,
    TIME_PLAN_MISSING,
    TIME_PLAN_PAST,
    TIME_PLAN_REVERSED,
    TIME_PLAN_TOO_SHORT,
)
from services.onboarding.time_plan.repository import StoredPlan, StoredTask
from services.onboarding.time_plan.rules import plan_templates, templates_of, time_plan_rules
from services.onboarding.time_plan.template import Services, lay_out
from services.onboarding.working_days import working_days_between

PLANNING_PHASES = ROUTE[: ROUTE.index(Phase.STABILISATION)]
OPEN_PHASES = ROUTE[:-1]

_FAULTS: dict[str, ProblemType] = {
    "days": TASK_DAYS_OUT_OF_ORDER,
    "evidence": TASK_NOT_SHOWN,
    "reason": TASK_REASON_REQUIRED,
    "waits": TASK_WAITS,
}


@dataclass(frozen=True)
class PlanStanding:
    """A time plan with its tasks and whether it fits; ``version`` is the case's.

    ``fit`` is None while a plan from before plans had tasks waits for them.
    """

    stored: StoredPlan
    tasks: tuple[StoredTask, ...]
    fit: Fit | None
    version: int


async def put_time_plan(uow: UnitOfWork, case_id: str, plan: TimePlan) -> PlanStanding:
    """Set the time plan and lay out its tasks; what is reported of them stays.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``time_plan_reversed``, ``time_plan_past``,
            ``time_plan_too_short``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, *PLANNING_PHASES)
    nothing_live = all(entry.live_on is None for entry in change.case.services)
    weeks = time_plan_rules().minimum_weeks
    if plan.go_live_on <= plan.starts_on:
        raise Problem(TIME_PLAN_REVERSED, "Go-live has to lie after the start of the work.")
    if nothing_live and plan.go_live_on < today(uow):
        raise Problem(
            TIME_PLAN_PAST,
            f"{plan.go_live_on} has passed and nothing is live, so it cannot be the day of go-live;"
            " give a day ahead.",
        )
    if is_short(plan, weeks) and plan.reason_if_short is None:
        raise Problem(
            TIME_PLAN_TOO_SHORT,
            f"Joining takes {weeks} weeks at the least; give reason_if_short to plan for less.",
            minimum_weeks=weeks,
        )
    standing = await _lay_out(uow, change.case, plan)
    did = f"planned the work from {plan.starts_on} with go-live on {plan.go_live_on}."
    await note(uow, change, "time-plan-set", did)
    return standing


async def read_time_plan(uow: UnitOfWork, case_id: str) -> PlanStanding:
    """The time plan of a case the actor may see.

    Raises:
        Problem: ``not_found``, ``time_plan_missing``.
    """
    case = await get(uow, case_id)
    stored = await repository.stored_plan(uow.session, case_id)
    if stored is None:
        raise _no_plan()
    tasks = tuple(await repository.tasks(uow.session, case_id))
    return PlanStanding(stored, tasks, _fit(stored.plan, tasks), case.version)


async def report_progress(
    uow: UnitOfWork, case_id: str, keys: Sequence[str], progress: Progress
) -> tuple[tuple[StoredTask, ...], int]:
    """Report how far tasks have come, all of them equally far, by the party that owns them.

    Tasks of one report may wait for each other; what else they wait for has to be done.

    Returns:
        The tasks, and the version the case then has.

    Raises:
        Problem: ``not_found``, ``wrong_phase``, ``time_plan_missing``,
            ``plan_task_unknown``, ``not_your_task``, ``task_days_out_of_order``,
            ``task_not_shown``, ``task_reason_required``, ``task_waits``,
            ``document_unknown``, ``changed_meanwhile``.
    """
    change = await take(uow, case_id, *OPEN_PHASES)
    known = {task.planned.key: task for task in await repository.tasks(uow.session, case_id)}
    if not known:
        raise _no_plan()
    for key in keys:
        _require_reportable(key, known, set(keys), progress, change.party, today(uow))
    if progress.document_id is not None:
        await documents.require(uow, case_id, progress.document_id)
    by = change.party.value
    await repository.report(uow.session, case_id, keys, progress, by, uow.now)
    names = "; ".join(known[key].planned.task.name for key in keys)
    await note(uow, change, "task-reported", _told(names, progress))
    reported = tuple(
        StoredTask(replace(known[key].planned, progress=progress), by, uow.now) for key in keys
    )
    return reported, change.case.version


async def move_go_live(
    uow: UnitOfWork, change: Change, go_live_on: date, because: str
) -> PlanStanding | None:
    """Move the planned go-live, as after a no-go; what has not begun is dated anew.

    Args:
        change: the case as the use case that moves it has taken it.
        go_live_on: the new day; it may be short of 20 weeks, for the reason given.
        because: continues "Go-live is moved from ... to ...: ".

    Returns:
        The plan as it then stands; None when the case has none.
    """
    stored = await repository.stored_plan(uow.session, change.case.id)
    if stored is None:
        return None
    reason = stored.plan.reason_if_short
    moved = replace(stored.plan, go_live_on=go_live_on)
    if is_short(moved, time_plan_rules().minimum_weeks) and reason is None:
        moved = replace(moved, reason_if_short=because)
    standing = await _lay_out(uow, change.case, moved)
    did = f"moved go-live from {stored.plan.go_live_on} to {go_live_on}: {because}"
    await note(uow, change, "go-live-moved", did)
    return standing


async def shift_after_pause(uow: UnitOfWork, case: Case, paused_on: date, resumed_on: date) -> None:
    """Move what has not begun, and go-live, by what a pause took.

    Args:
        case: the case that goes on.
        paused_on: the first day it stood still.
        resumed_on: the day it goes on.
    """
    stored = await repository.stored_plan(uow.session, case.id)
    lost = working_days_between(paused_on, resumed_on)
    if stored is None or lost <= 0:
        return
    days = (resumed_on - paused_on).days
    plan = replace(stored.plan, go_live_on=moved_by(stored.plan.go_live_on, days))
    await repository.put_plan(uow.session, case.id, replace(stored, plan=plan))
    tasks = await repository.tasks(uow.session, case.id)
    await repository.put_tasks(
        uow.session,
        case.id,
        [replace(task, planned=shifted(task.planned, lost)) for task in tasks],
    )


async def phase_left(uow: UnitOfWork, case: Case, left: Phase) -> None:
    """Settle the tasks of a phase whose gate a case has passed, and keep how long it took.

    Args:
        case: the case as it was in the phase.
        left: the phase.
    """
    tasks = await repository.tasks(uow.session, case.id)
    planned = [task.planned for task in tasks if task.planned.task.phase is left]
    if planned:
        first = min(task.planned_start for task in planned)
        last = max(task.planned_finish for task in planned)
        entered = case.phase_entered_at.astimezone(STOCKHOLM).date()
        stood_still = case.days_paused * 5 // 7
        took = working_days_between(entered, today(uow)) + 1 - stood_still
        taken = PhaseTaken(case.id, left, working_days_between(first, last) + 1, max(1, took))
        await forecast_repository.add_phase_taken(uow.session, taken, uow.now)
    await repository.settle_phases(uow.session, case.id, [left], today(uow), uow.now)


async def phases_reopened(uow: UnitOfWork, case: Case, to: Phase, back_from: Phase) -> None:
    """Plan anew what a case that is sent back has to do again, dated from today."""
    phases = ROUTE[ROUTE.index(to) : ROUTE.index(back_from) + 1]
    await repository.reopen_phases(uow.session, case.id, phases)
    stored = await repository.stored_plan(uow.session, case.id)
    if stored is not None:
        await _lay_out(uow, case, stored.plan)


async def service_reopened(uow: UnitOfWork, case: Case, service: str) -> None:
    """Plan anew what a service that was taken back asks for again, dated from today.

    Args:
        case: the case with the service as it was, in operation.
        service: the one taken back.
    """
    live = set(case.live_services) - {service}
    late = ROUTE[ROUTE.index(Phase.IMPLEMENTATION) :]
    tasks = [task.planned.task for task in await repository.tasks(uow.session, case.id)]
    anew = to_do_anew([task for task in tasks if task.phase in late], service, live)
    await repository.reopen_tasks(uow.session, case.id, anew)
    stored = await repository.stored_plan(uow.session, case.id)
    if stored is not None:
        await _lay_out(uow, case, stored.plan)


async def lay_out_missing(uow: UnitOfWork, case: Case) -> None:
    """Lay out the tasks of a plan that was set before plans had tasks."""
    stored = await repository.stored_plan(uow.session, case.id)
    if stored is None or stored.template_version is not None:
        return
    await _lay_out(uow, case, stored.plan)
    passed = ROUTE[: ROUTE.index(case.phase)]
    await repository.settle_phases(uow.session, case.id, passed, today(uow), uow.now)


async def open_workstreams(uow: UnitOfWork, case_id: str) -> tuple[PlannedTask, ...]:
    """The workstreams' tasks that are still to be done before go-live."""
    return tuple(await repository.open_workstreams(uow.session, case_id))


def services_of(case: Case) -> Services:
    """A case's services, each with the names of its templates."""
    return templates_of(catalogue(case.catalogue_version), case.service_keys)


async def _lay_out(uow: UnitOfWork, case: Case, plan: TimePlan) -> PlanStanding:
    session = uow.session
    found = (await scores(session, [case]))[case.id]
    tasks = lay_out(plan_templates(), services_of(case), found.complexity)
    before = {task.planned.key: task for task in await repository.tasks(session, case.id)}
    dated = set_dates(
        plan,
        tasks,
        {key: task.planned.progress for key, task in before.items()},
        today(uow) if before else None,
    )
    stored = StoredPlan(plan, found.complexity, plan_templates().version)
    fresh = tuple(_carried_over(task, before.get(task.key)) for task in dated)
    await repository.put_plan(session, case.id, stored)
    await repository.put_tasks(session, case.id, fresh)
    return PlanStanding(stored, fresh, _fit(plan, fresh), case.version)


def _carried_over(task: PlannedTask, before: StoredTask | None) -> StoredTask:
    """A task that has begun keeps the dates it was planned for, to be held against."""
    if before is None:
        return StoredTask(task, None, None)
    if task.progress.status is not TaskStatus.PLANNED:
        task = replace(
            task,
            planned_start=before.planned.planned_start,
            planned_finish=before.planned.planned_finish,
        )
    return StoredTask(task, before.reported_by, before.reported_at)


def _fit(plan: TimePlan, tasks: Sequence[StoredTask]) -> Fit | None:
    return fit(plan, [task.planned.task for task in tasks]) if tasks else None


def _no_plan() -> Problem:
    return Problem(
        TIME_PLAN_MISSING, "The case has no time plan; the account manager sets it first."
    )


def _require_reportable(
    key: str,
    known: Mapping[str, StoredTask],
    together: Collection[str],
    progress: Progress,
    party: Party,
    day: date,
) -> None:
    found = known.get(key)
    if found is None:
        raise Problem(PLAN_TASK_UNKNOWN, f"{key} is not among the plan's tasks.", task=key)
    task = found.planned.task
    if party not in task.owner.parties:
        raise Problem(
            NOT_YOUR_TASK,
            f"The {task.owner.value} owns {key} and reports how far it has come.",
            task=key,
            owner=task.owner.value,
        )
    waits_for = [known[need].planned for need in task.after if need not in together]
    fault = faults_in(progress, waits_for, day)
    if fault is None:
        return
    if fault.code == "waits":
        raise Problem(
            TASK_WAITS,
            f"{task.name}: {fault.sentence} Report it later, or give a reason.",
            task=key,
            waits_for=[need.key for need in waits_for if not need.progress.settled],
        )
    raise Problem(_FAULTS[fault.code], fault.sentence, task=key)


def _told(name: str, progress: Progress) -> str:
    if progress.status is TaskStatus.DONE:
        return f"reported as done on {progress.finished_on}: {name}."
    if progress.status is TaskStatus.STARTED:
        return f"reported as started on {progress.started_on}: {name}."
    if progress.status is TaskStatus.NOT_NEEDED:
        return f"reported as not needed: {name} ({progress.reason})."
    return f"took back what was reported of: {name}."
