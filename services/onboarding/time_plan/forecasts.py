"""Use cases of forecasts: make one from all that is known, keep it, say why it moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Phase
from services.onboarding.cases import repository as cases
from services.onboarding.cases.domain import ROUTE, Case, CaseStatus
from services.onboarding.cases.service import get
from services.onboarding.time_plan import forecast_repository, repository
from services.onboarding.time_plan.complexity import Score
from services.onboarding.time_plan.domain import Task, TaskStatus
from services.onboarding.time_plan.drivers import gap_points, scores
from services.onboarding.time_plan.forecast import (
    Forecast,
    Forecaster,
    ForecastInputs,
    Move,
    TaskState,
)
from services.onboarding.time_plan.forecast_repository import StoredForecast
from services.onboarding.time_plan.history import PhaseRatio, plain, ratios
from services.onboarding.time_plan.repository import StoredPlan, StoredTask
from services.onboarding.time_plan.rules import plan_templates, time_plan_rules
from services.onboarding.time_plan.service import lay_out_missing, services_of
from services.onboarding.time_plan.template import days_by_class, lay_out
from services.onboarding.working_days import working_days_between

TIMER = "forecast"


@dataclass(frozen=True)
class CaseForecast:
    """A forecast with what it rests on, and what moved it since the one that is stored."""

    forecast: Forecast
    inputs: ForecastInputs
    score: Score
    history: dict[Phase, PhaseRatio]
    moved_working_days: int
    moves: tuple[Move, ...]
    compared_with: datetime | None


async def read_forecast(uow: UnitOfWork, case_id: str) -> CaseForecast | None:
    """The forecast of a case the actor may see, as of now; None once the case has ended.

    Raises:
        Problem: ``not_found``.
    """
    case = await get(uow, case_id)
    return await _made(uow, case, uow.now) if case.status.is_open else None


async def forecast_history(
    uow: UnitOfWork, case_id: str, after: str | None, limit: int
) -> Sequence[StoredForecast]:
    """The forecasts of a case as they were made, the newest first, each with why it moved.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, case_id)
    return await forecast_repository.forecasts(uow.session, case_id, after, limit)


async def forecast_soon(uow: UnitOfWork, case_id: str) -> None:
    """Have a case's forecast made anew once a burst of changes is over."""
    quiet = timedelta(minutes=time_plan_rules().forecast.quiet_minutes)
    await uow.set_timer(TIMER, case_id, uow.now + quiet)


async def refresh(uow: UnitOfWork, case_id: str) -> None:
    """Make a case's forecast and keep it when anything it rests on has changed.

    A forecast looks ahead from when it is made, so a timer that comes late makes today's.
    """
    case = await cases.find(uow.session, case_id, None)
    if case is None or not case.status.is_open:
        return
    await lay_out_missing(uow, case)
    made = await _made(uow, case, uow.recorded_at)
    if made.compared_with is None or made.moves or made.moved_working_days:
        await forecast_repository.add_forecast(uow.session, _to_store(case, made, uow.recorded_at))
    if case.phase is Phase.STABILISATION:
        # Go-live has come, and each closed month has the rest made anew.
        return
    weekly = time_plan_rules().forecast.weekly
    await uow.set_timer(
        TIMER, case_id, _next_weekly(max(uow.now, uow.recorded_at), weekly.weekday, weekly.at)
    )


async def _made(uow: UnitOfWork, case: Case, now: datetime) -> CaseForecast:
    session = uow.session
    rules = time_plan_rules()
    found = (await scores(session, [case]))[case.id]
    bounds = rules.forecast.ratio_within
    history = ratios(
        await forecast_repository.phases_taken(session, rules.forecast.latest_cases),
        template_weighs_as_cases=rules.forecast.template_weighs_as_cases,
        least=bounds.least,
        most=bounds.most,
    )
    stored = await repository.stored_plan(session, case.id)
    kept = await repository.tasks(session, case.id)
    tasks = tuple(task.planned.task for task in kept) or lay_out(
        plan_templates(), services_of(case), found.complexity
    )
    today = now.astimezone(STOCKHOLM).date()
    inputs = _inputs(case, found, history, stored, kept, today)
    forecaster = _forecaster(tasks)
    forecast = forecaster.forecast(inputs)
    before = await forecast_repository.latest_forecast(session, case.id)
    if before is None:
        return CaseForecast(forecast, inputs, found, history, 0, (), None)
    moved = working_days_between(before.forecast.go_live.p50, forecast.go_live.p50)
    moves = forecaster.explain(before.inputs, inputs)
    return CaseForecast(forecast, inputs, found, history, moved, moves, before.made_at)


def _forecaster(tasks: Sequence[Task]) -> Forecaster:
    rules = time_plan_rules()
    return Forecaster(tasks, rules.complexity, rules.forecast.spread, rules.forecast.runs)


def _inputs(
    case: Case,
    found: Score,
    history: dict[Phase, PhaseRatio],
    stored: StoredPlan | None,
    kept: Sequence[StoredTask],
    today: date,
) -> ForecastInputs:
    opened = case.opened_at.astimezone(STOCKHOLM).date()
    of_gaps = gap_points(found)
    passed = ROUTE[: ROUTE.index(case.phase)]
    known = days_by_class(plan_templates(), services_of(case))
    states = {
        task.planned.key: TaskState(
            status=task.planned.progress.status,
            started_on=task.planned.progress.started_on,
            finished_on=task.planned.progress.finished_on,
        )
        for task in kept
        if task.planned.progress.status is not TaskStatus.PLANNED
    }
    if not kept:
        # Without a plan, what the gates have let pass is done as of today's phase.
        entered = case.phase_entered_at.astimezone(STOCKHOLM).date()
        states = {
            task.key: TaskState(status=TaskStatus.DONE, started_on=opened, finished_on=entered)
            for task in lay_out(plan_templates(), services_of(case), found.complexity)
            if task.phase in passed
        }
    return ForecastInputs(
        seed=case.id,
        as_of=today,
        starts_on=stored.plan.starts_on if stored else opened,
        go_live_on=stored.plan.go_live_on if stored else None,
        points=found.points - of_gaps,
        gap_points=of_gaps,
        complexity=found.complexity,
        ratios=plain(history),
        days={key: tuple(days) for key, days in known.items()},
        states=states,
        paused=case.status is CaseStatus.PAUSED,
        resumes_on=case.expected_resume_on,
    )


def _to_store(case: Case, made: CaseForecast, at: datetime) -> StoredForecast:
    return StoredForecast(
        id=new_id(),
        case_id=case.id,
        made_at=at,
        forecast=made.forecast,
        points=made.score.points,
        complexity=made.score.complexity,
        moved_working_days=made.moved_working_days,
        causes=tuple(
            {"cause": move.cause, "working_days": move.working_days, "text": move.text}
            for move in made.moves
        ),
        inputs=made.inputs,
    )


def _next_weekly(after: datetime, weekday: int, at: time) -> datetime:
    """The next time of the week, in Stockholm, that lies after an instant."""
    local = after.astimezone(STOCKHOLM)
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
    found = datetime.combine(day, at, STOCKHOLM)
    if found <= local:
        found = datetime.combine(day + timedelta(days=7), at, STOCKHOLM)
    return found
