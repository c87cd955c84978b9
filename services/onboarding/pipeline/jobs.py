"""What the planner has to place: a job for each open case and each agency yet to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from services.contracts.values import Phase
from services.onboarding.agencies.domain import Agency, Obligation
from services.onboarding.cases.domain import ROUTE, Case
from services.onboarding.pipeline.gathering import Gathered, areas_of
from services.onboarding.pipeline.model import DeadlineKind, Job
from services.onboarding.pipeline.needs import stages
from services.onboarding.pipeline.weeks import DAYS, monday_of, weeks_between
from services.onboarding.time_plan.complexity import Complexity, score
from services.onboarding.time_plan.domain import Progress, Task, TaskStatus
from services.onboarding.time_plan.drivers import agency_measures
from services.onboarding.time_plan.rules import (
    plan_templates,
    templates_of,
    time_plan_rules,
)
from services.onboarding.time_plan.template import lay_out

Weights = Mapping[DeadlineKind, int]


def jobs(known: Gathered, first: date, weights: Weights) -> tuple[Job, ...]:
    """Every job of the pipeline, those of cases first.

    Args:
        known: the pipeline as it stands.
        first: the Monday of week 0.
        weights: what a week of lateness weighs.
    """
    of_cases = [_of_case(known, case, first, weights) for case in known.cases]
    laid_out: dict[tuple[tuple[str, ...], Complexity], tuple[Task, ...]] = {}
    to_come = [
        _to_come(known, known.agencies[org_number], area, services, first, weights, laid_out)
        for org_number, areas in known.joining.items()
        for area, services in areas.items()
    ]
    return tuple(job for job in (*of_cases, *to_come) if job.stages)


def deadline_of(agency: Agency, areas: Sequence[str]) -> Obligation | None:
    """The first obligation of an agency that some service areas fall under."""
    duties = [duty for duty in agency.obligations if duty.service_area in areas]
    return min(duties, key=lambda duty: (duty.deadline, duty.service_area), default=None)


def _of_case(known: Gathered, case: Case, first: date, weights: Weights) -> Job:
    found = known.scores[case.id]
    planned = known.tasks.get(case.id, ())
    if planned:
        tasks = tuple(task.task for task in planned)
        progress = {task.key: task.progress for task in planned}
    else:
        templates = templates_of(known.catalogue, _offered(known, case.service_keys))
        tasks = lay_out(plan_templates(), templates, found.complexity)
        passed = ROUTE[: ROUTE.index(case.phase)]
        done = Progress(status=TaskStatus.DONE)
        progress = {task.key: done for task in tasks if task.phase in passed}
    plan = known.plans.get(case.id)
    areas = areas_of(known.catalogue)
    duty = deadline_of(
        known.agencies[case.org_number], [areas.get(key, key) for key in case.service_keys]
    )
    starts = [plan.starts_on] if plan and case.phase is ROUTE[0] else []
    if case.expected_resume_on:
        starts.append(case.expected_resume_on)
    live = case.phase in {Phase.STABILISATION, Phase.STABLE}
    job = Job(
        key=case.id,
        org_number=case.org_number,
        name=case.customer_name,
        case_id=case.id,
        services=case.service_keys,
        phase=case.phase,
        complexity=found.complexity,
        stages=stages(tasks, _centre_roles(), progress),
        earliest_week=max([0, *(_week_on_or_after(first, day) for day in starts)]),
        started=case.phase is not ROUTE[0],
    )
    wish = plan.go_live_on if plan else None
    return job if live else _with_deadline(job, duty, wish, first, weights)


def _to_come(
    known: Gathered,
    agency: Agency,
    area: str,
    services: tuple[str, ...],
    first: date,
    weights: Weights,
    laid_out: dict[tuple[tuple[str, ...], Complexity], tuple[Task, ...]],
) -> Job:
    rules = time_plan_rules().complexity
    complexity = score(rules, agency_measures(agency, len(services))).complexity
    tasks = laid_out.get((services, complexity))
    if tasks is None:
        templates = templates_of(known.catalogue, services)
        tasks = laid_out[services, complexity] = lay_out(plan_templates(), templates, complexity)
    job = Job(
        key=f"{agency.org_number}/{area}",
        org_number=agency.org_number,
        name=agency.name,
        case_id=None,
        services=services,
        phase=None,
        complexity=complexity,
        stages=stages(tasks, _centre_roles()),
    )
    return _with_deadline(job, deadline_of(agency, [area]), None, first, weights)


def _with_deadline(
    job: Job, duty: Obligation | None, wish: date | None, first: date, weights: Weights
) -> Job:
    """A law's deadline if there is one, else the day that the parties wish for."""
    day = duty.deadline if duty else wish
    if day is None:
        return job
    kind = DeadlineKind.OBLIGATION if duty else DeadlineKind.WISH
    return job.model_copy(
        update={
            "deadline": day,
            "deadline_week": (day - first).days // DAYS,
            "deadline_kind": kind,
            "legal_source": duty.legal_source if duty else None,
            "weight": weights[kind],
        }
    )


def _week_on_or_after(first: date, day: date) -> int:
    monday = monday_of(day)
    return weeks_between(first, monday) + (1 if day > monday else 0)


def _centre_roles() -> frozenset[str]:
    return frozenset(role.key for role in plan_templates().centre_roles)


def _offered(known: Gathered, services: Sequence[str]) -> list[str]:
    return [key for key in services if not known.catalogue.unknown([key])]
