"""Use cases of the planner: register capacity, ask for a plan, read it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.cases.service import acting, today
from services.onboarding.pipeline import repository
from services.onboarding.pipeline.gathering import Include, gathered
from services.onboarding.pipeline.jobs import jobs
from services.onboarding.pipeline.model import TENTHS, Job, PlannerInputs, PlannerSettings
from services.onboarding.pipeline.problems import (
    CAPACITY_MISSING,
    NO_CAPACITY_FOR_ROLES,
    NOTHING_TO_PLAN,
    ROLE_UNKNOWN,
    TOO_MANY_WEEKS,
    WEEK_UNKNOWN,
    WEEKS_REVERSED,
)
from services.onboarding.pipeline.repository import (
    PlanInShort,
    PlanStatus,
    StoredPipelinePlan,
)
from services.onboarding.pipeline.rules import PlannerRules, pipeline_rules
from services.onboarding.pipeline.weeks import DAYS, monday_of, parse_week
from services.onboarding.time_plan.rules import plan_templates, time_plan_rules


@dataclass(frozen=True)
class CapacityOfRole:
    """A role's registered hours by week, in order of time."""

    role: str
    weeks: tuple[tuple[date, int], ...]


async def put_capacity(
    uow: UnitOfWork, role: str, from_week: str, to_week: str, hours: int
) -> tuple[date, date]:
    """Register how many hours the centre's people in a role have, the same in some weeks.

    Returns:
        The first and the last week's Monday.

    Raises:
        Problem: ``role_unknown``, ``week_unknown``, ``weeks_reversed``, ``too_many_weeks``.
    """
    roles = [known.key for known in plan_templates().centre_roles]
    if role not in roles:
        raise Problem(
            ROLE_UNKNOWN,
            f"The plans know no role {role}; they know {', '.join(roles)}.",
            roles=roles,
        )
    first, last = _week(from_week), _week(to_week)
    if last < first:
        told = f"The last week, {to_week}, lies before the first, {from_week}; turn them round."
        raise Problem(WEEKS_REVERSED, told)
    count = (last - first).days // DAYS + 1
    most = pipeline_rules().planner.horizon_weeks
    if count > most:
        raise Problem(
            TOO_MANY_WEEKS,
            f"{count} weeks are too many at once; register at most {most}, which is as far"
            " as plans go.",
            most=most,
        )
    mondays = [first + timedelta(days=DAYS * week) for week in range(count)]
    await repository.put_capacity(uow.session, role, mondays, hours)
    return first, last


async def read_capacity(uow: UnitOfWork) -> list[CapacityOfRole]:
    """The registered hours of every role, from this week on."""
    this_week = monday_of(today(uow))
    found = await repository.capacity(uow.session)
    return [
        CapacityOfRole(
            role.key,
            tuple(
                (monday, hours)
                for monday, hours in found.get(role.key, {}).items()
                if monday >= this_week
            ),
        )
        for role in plan_templates().centre_roles
    ]


async def request_plan(
    uow: UnitOfWork, title: str, include: Include, services: Sequence[str]
) -> StoredPipelinePlan:
    """Ask for a plan of the pipeline as it stands; it is computed outside of the request.

    Args:
        uow: the command's unit of work.
        title: what the plan is called.
        include: which agencies without a case are planned too.
        services: what an agency that is obliged to nothing would join for.

    Raises:
        Problem: ``capacity_missing``, ``nothing_to_plan``, ``no_capacity_for_roles``,
            ``service_unknown``.
    """
    rules = pipeline_rules().planner
    registered = await repository.capacity(uow.session)
    if not any(hours for weeks in registered.values() for hours in weeks.values()):
        raise Problem(
            CAPACITY_MISSING,
            "Nobody's hours are registered; register capacity by role and week first.",
        )
    first = monday_of(today(uow))
    known = await gathered(uow, include, services)
    # A pure computation of some tenths of a second: out of the way of other requests.
    wanted = await asyncio.to_thread(jobs, known, first, rules.weights)
    if not wanted:
        raise Problem(
            NOTHING_TO_PLAN, "No case is open and no agency without one is to be planned."
        )
    capacity = {
        role.key: _weekly(registered.get(role.key, {}), first, rules.horizon_weeks)
        for role in plan_templates().centre_roles
    }
    _require_people(wanted, capacity)
    plan = StoredPipelinePlan(
        id=new_id(),
        title=title,
        requested_at=uow.now,
        requested_by=acting(uow).client_id,
        status=PlanStatus.REQUESTED,
        attempts=0,
        computed_at=None,
        failure=None,
        inputs=PlannerInputs(
            first_monday=first, capacity=capacity, jobs=wanted, settings=_settings(rules)
        ),
        answer=None,
    )
    await repository.add_plan(uow.session, plan)
    await repository.forget_plans_before(uow.session, rules.kept_plans)
    return plan


async def read_plan(uow: UnitOfWork, plan_id: str) -> StoredPipelinePlan:
    """A plan, with its answer once it is done.

    Raises:
        Problem: ``not_found``.
    """
    plan = await repository.plan(uow.session, plan_id)
    if plan is None:
        raise not_found("plan")
    return plan


async def list_plans(uow: UnitOfWork, after: str | None, limit: int) -> Sequence[PlanInShort]:
    """The plans that are kept, the newest first."""
    return await repository.plans(uow.session, after, limit)


def _settings(rules: PlannerRules) -> PlannerSettings:
    spread = time_plan_rules().forecast.spread
    return PlannerSettings(
        seconds=rules.solver.seconds,
        rounds=rules.solver.rounds,
        neighbourhood=rules.solver.neighbourhood,
        effort=rules.solver.effort,
        seed=rules.solver.seed,
        runs=rules.runs,
        spread={key: float(entry.case) for key, entry in spread.items()},
    )


def _weekly(registered: Mapping[date, int], first: date, horizon: int) -> tuple[int, ...]:
    """Tenths of hours for each week: a week without a registration goes on as the one before."""
    level = 0
    for monday, hours in registered.items():
        if monday < first:
            level = hours
    found: list[int] = []
    for week in range(horizon):
        level = registered.get(first + timedelta(days=DAYS * week), level)
        found.append(level * TENTHS)
    return tuple(found)


def _require_people(wanted: Sequence[Job], capacity: Mapping[str, Sequence[int]]) -> None:
    needed = {
        role
        for job in wanted
        for stage in job.stages
        for role, tenths in stage.tenths.items()
        if tenths
    }
    lacking = sorted(role for role in needed if not any(capacity.get(role, ())))
    if lacking:
        raise Problem(
            NO_CAPACITY_FOR_ROLES,
            f"Work of {', '.join(lacking)} is needed and none of them has an hour in the weeks"
            " ahead, so nothing could be finished; register their capacity.",
            roles=lacking,
        )


def _week(name: str) -> date:
    try:
        return parse_week(name)
    except ValueError as error:
        raise Problem(
            WEEK_UNKNOWN, f"There is no week {name}; most years end with week 52."
        ) from error
