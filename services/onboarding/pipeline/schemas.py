"""The planner in requests and responses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from services.chassis.schemas import AS_A_NUMBER, RequestModel, ResponseModel, Text
from services.contracts.values import Phase, Slug
from services.onboarding.pipeline.gathering import Include
from services.onboarding.pipeline.model import (
    TENTHS,
    Cause,
    DeadlineKind,
    Extra,
    Job,
    PlannedJob,
    PlannerAnswer,
)
from services.onboarding.pipeline.planner import CapacityOfRole
from services.onboarding.pipeline.repository import (
    PlanInShort,
    PlanStatus,
    StoredPipelinePlan,
)
from services.onboarding.pipeline.weeks import week_name
from services.onboarding.pipeline.wording import Calendar, told
from services.onboarding.time_plan.complexity import Complexity

Week = Annotated[
    str,
    Field(
        pattern=r"^(19[0-9]{2}|20[0-9]{2}|21[0-9]{2})-W(0[1-9]|[1-4][0-9]|5[0-3])$",
        examples=["2026-W05"],
    ),
]
"""An ISO week."""


def _once(services: list[str]) -> list[str]:
    return list(dict.fromkeys(services))


class PutCapacity(RequestModel):
    """How many hours the centre's people in a role have in each of some weeks."""

    role: Slug
    from_week: Week
    to_week: Week
    hours: Annotated[int, Field(ge=0, le=100_000), AS_A_NUMBER]


class CapacityWeek(ResponseModel):
    """A role's hours in a week."""

    week: str
    hours: int


class RoleCapacity(ResponseModel):
    """A role's registered hours by week."""

    role: str
    weeks: list[CapacityWeek]

    @classmethod
    def of(cls, found: CapacityOfRole) -> RoleCapacity:
        """Registered hours."""
        return cls(
            role=found.role,
            weeks=[
                CapacityWeek(week=week_name(monday), hours=hours) for monday, hours in found.weeks
            ],
        )


class CapacityOut(ResponseModel):
    """The registered hours of every role, from this week on."""

    roles: list[RoleCapacity]


class CapacityPut(ResponseModel):
    """What was registered."""

    role: str
    from_week: str
    to_week: str
    hours: int


class RequestPlan(RequestModel):
    """A plan to compute.

    ``include`` says which agencies without a case are planned too: those that are obliged,
    or all; the others would then join for ``services``.
    """

    title: Text = "Plan"
    include: Include = Include.OBLIGED
    services: Annotated[list[Slug], Field(max_length=20), AfterValidator(_once)] = Field(
        default_factory=list
    )


class PlanSummaryOut(ResponseModel):
    """A plan in short."""

    id: str
    title: str
    status: PlanStatus
    requested_at: AwareDatetime
    requested_by: str
    computed_at: AwareDatetime | None
    failure: str | None

    @classmethod
    def of(cls, plan: PlanInShort | StoredPipelinePlan) -> PlanSummaryOut:
        """A plan in short."""
        return cls.model_validate(plan)


class ExtraOut(ResponseModel):
    """Hours beyond capacity, in each of some weeks."""

    role: str
    from_week: str
    to_week: str
    hours_a_week: Decimal

    @classmethod
    def of(cls, extra: Extra, calendar: Calendar) -> ExtraOut:
        """Extra hours."""
        return cls(
            role=extra.role,
            from_week=calendar.name(extra.from_week),
            to_week=calendar.name(extra.to_week),
            hours_a_week=Decimal(extra.tenths_a_week) / TENTHS,
        )


class BlockedOut(ResponseModel):
    """A role without a free hour in some weeks."""

    role: str
    from_week: str
    to_week: str


class ChanceOut(ResponseModel):
    """What the simulation says of a go-live."""

    p10: date
    p50: date
    p90: date
    in_time_percent: int | None


class WaitsForOut(ResponseModel):
    """Another that holds the hours in question."""

    org_number: str
    name: str
    case_id: str | None


class PlannedAgencyOut(ResponseModel):
    """Where an agency stands in the plan, why, and what it would take to be in time."""

    org_number: str
    name: str
    case_id: str | None
    services: list[str]
    phase: Phase | None
    complexity: Complexity
    weeks: int
    weeks_to_go_live: int
    deadline: date | None
    deadline_kind: DeadlineKind | None
    legal_source: str | None
    starts_on: date | None
    go_live_on: date | None
    stable_on: date | None
    late_weeks: int
    cause: Cause
    says: str
    blocked_by: list[BlockedOut]
    waits_for: list[WaitsForOut]
    earliest_possible_go_live: date | None
    extra_hours: list[ExtraOut]
    chance: ChanceOut | None

    @classmethod
    def of(
        cls, job: Job, planned: PlannedJob, jobs: dict[str, Job], calendar: Calendar
    ) -> PlannedAgencyOut:
        """An agency's place in the plan."""

        def day(week: int | None) -> date | None:
            return None if week is None else calendar.day(week)

        chance = planned.chance
        return cls(
            org_number=job.org_number,
            name=job.name,
            case_id=job.case_id,
            services=list(job.services),
            phase=job.phase,
            complexity=job.complexity,
            weeks=job.weeks + planned.stretched_weeks,
            weeks_to_go_live=job.weeks_to_live
            if planned.start is None or planned.live is None
            else planned.live - planned.start,
            deadline=job.deadline,
            deadline_kind=job.deadline_kind,
            legal_source=job.legal_source,
            starts_on=day(planned.start),
            go_live_on=day(planned.live),
            stable_on=day(planned.end),
            late_weeks=planned.late_weeks,
            cause=planned.cause,
            says=told(job, planned, {key: other.name for key, other in jobs.items()}, calendar),
            blocked_by=[
                BlockedOut(
                    role=each.role,
                    from_week=calendar.name(each.from_week),
                    to_week=calendar.name(each.to_week),
                )
                for each in planned.blocked
            ],
            waits_for=[WaitsForOut.model_validate(jobs[key]) for key in planned.waits_for],
            earliest_possible_go_live=day(planned.earliest_possible_live),
            extra_hours=[ExtraOut.of(extra, calendar) for extra in planned.extra],
            chance=ChanceOut(
                p10=calendar.day(chance.p10),
                p50=calendar.day(chance.p50),
                p90=calendar.day(chance.p90),
                in_time_percent=chance.in_time_percent,
            )
            if chance
            else None,
        )


class RoleLoad(ResponseModel):
    """Hours used and there, week by week from the plan's first, as long as any are used."""

    role: str
    used_hours: list[Decimal]
    capacity_hours: list[Decimal]


class Outcome(ResponseModel):
    """A plan's outcome in numbers."""

    agencies: int
    with_deadline: int
    in_time: int
    late: int
    not_placed: int
    weighted_lateness: int
    best_possible: bool
    computing_seconds: float


class PipelinePlanOut(PlanSummaryOut):
    """A plan: who goes live when, who misses, and what it would take."""

    first_week: str
    weeks: int
    assumptions: list[str]
    outcome: Outcome | None
    takes: list[ExtraOut]
    load: list[RoleLoad]
    agencies: list[PlannedAgencyOut]

    @classmethod
    def whole(cls, plan: StoredPipelinePlan, *, late_only: bool) -> PipelinePlanOut:
        """A plan with its answer, once there is one."""
        inputs, answer = plan.inputs, plan.answer
        calendar = Calendar(inputs.first_monday)
        jobs = {job.key: job for job in inputs.jobs}
        placed = answer.jobs if answer else ()
        return cls(
            **PlanSummaryOut.of(plan).model_dump(),
            first_week=week_name(inputs.first_monday),
            weeks=inputs.horizon,
            assumptions=list(ASSUMPTIONS),
            outcome=_outcome(jobs, answer) if answer else None,
            takes=[ExtraOut.of(extra, calendar) for extra in answer.extra_for_all]
            if answer
            else [],
            load=_load(inputs.capacity, answer) if answer else [],
            agencies=[
                PlannedAgencyOut.of(jobs[planned.key], planned, jobs, calendar)
                for planned in placed
                if planned.late_weeks or planned.start is None or not late_only
            ],
        )


ASSUMPTIONS = (
    "Capacity that is not registered for a week goes on as in the last week before it.",
    "An agency that has begun goes through its phases without a break.",
    "Go-live is at the beginning of a week.",
    "A task that is under way still takes half its days and all its hours.",
    "An agency without a case takes what the templates say for what the register knows of it.",
)
"""What a plan takes for granted."""


def _outcome(jobs: dict[str, Job], answer: PlannerAnswer) -> Outcome:
    placed = [planned for planned in answer.jobs if planned.start is not None]
    bound = [planned for planned in placed if jobs[planned.key].deadline is not None]
    late = [planned for planned in bound if planned.late_weeks]
    return Outcome(
        agencies=len(answer.jobs),
        with_deadline=sum(1 for job in jobs.values() if job.deadline is not None),
        in_time=len(bound) - len(late),
        late=len(late),
        not_placed=len(answer.jobs) - len(placed),
        weighted_lateness=answer.weighted_lateness,
        best_possible=answer.optimal,
        computing_seconds=answer.seconds,
    )


def _load(capacity: dict[str, tuple[int, ...]], answer: PlannerAnswer) -> list[RoleLoad]:
    used = max(
        (week + 1 for load in answer.load.values() for week, tenths in enumerate(load) if tenths),
        default=0,
    )
    return [
        RoleLoad(
            role=role,
            used_hours=[Decimal(tenths) / TENTHS for tenths in load[:used]],
            capacity_hours=[Decimal(tenths) / TENTHS for tenths in capacity[role][:used]],
        )
        for role, load in answer.load.items()
    ]
