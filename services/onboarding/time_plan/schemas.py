"""Time plans and forecasts in requests and responses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import Day, LongText, RequestModel, ResponseModel
from services.contracts.values import Phase
from services.onboarding.parties import Owner
from services.onboarding.time_plan.complexity import Complexity, Score
from services.onboarding.time_plan.domain import Fit, Progress, TaskStatus, TimePlan
from services.onboarding.time_plan.forecast import Range
from services.onboarding.time_plan.forecast_repository import StoredForecast
from services.onboarding.time_plan.forecasts import CaseForecast
from services.onboarding.time_plan.repository import StoredTask
from services.onboarding.time_plan.service import PlanStanding

TaskKey = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=160)]


def _once(keys: list[str]) -> list[str]:
    return list(dict.fromkeys(keys))


class PutTimePlan(RequestModel):
    """The days on which work starts and services go live."""

    starts_on: Day
    go_live_on: Day
    reason_if_short: LongText | None = None

    def plan(self) -> TimePlan:
        """The plan as the domain has it."""
        return TimePlan(self.starts_on, self.go_live_on, self.reason_if_short)


class FitOut(ResponseModel):
    """Whether the wished go-live leaves the time that the plan needs."""

    fits: bool
    needed_working_days: int
    available_working_days: int
    needed_weeks: int
    available_weeks: int
    earliest_go_live: date
    says: str

    @classmethod
    def of(cls, fit: Fit) -> FitOut:
        """How the plan fits."""
        return cls(
            fits=fit.fits,
            needed_working_days=fit.needed_days,
            available_working_days=fit.wished_days,
            needed_weeks=fit.needed_weeks,
            available_weeks=fit.wished_weeks,
            earliest_go_live=fit.earliest_go_live,
            says=fit.sentence,
        )


class TaskOut(ResponseModel):
    """A task, its planned dates, and how far it has come."""

    key: str
    phase: Phase
    workstream: str | None
    owner: Owner
    service: str | None
    name: str
    name_sv: str
    working_days: int
    hours: dict[str, int]
    after: list[str]
    planned_start: date
    planned_finish: date
    latest_finish: date
    float_days: int
    critical: bool
    status: TaskStatus
    started_on: date | None
    finished_on: date | None
    evidence: str | None
    document_id: str | None
    reason: str | None
    reported_by: str | None
    reported_at: AwareDatetime | None

    @classmethod
    def of(cls, stored: StoredTask) -> TaskOut:
        """A task as it stands."""
        planned, task, progress = stored.planned, stored.planned.task, stored.planned.progress
        return cls(
            key=task.key,
            phase=task.phase,
            workstream=task.workstream,
            owner=task.owner,
            service=task.service,
            name=task.name,
            name_sv=task.name_sv,
            working_days=task.days,
            hours=dict(task.hours),
            after=list(task.after),
            planned_start=planned.planned_start,
            planned_finish=planned.planned_finish,
            latest_finish=planned.latest_finish,
            float_days=planned.float_days,
            critical=planned.critical,
            status=progress.status,
            started_on=progress.started_on,
            finished_on=progress.finished_on,
            evidence=progress.evidence,
            document_id=progress.document_id,
            reason=progress.reason,
            reported_by=stored.reported_by,
            reported_at=stored.reported_at,
        )


class TimePlanOut(ResponseModel):
    """The time plan in short."""

    starts_on: date
    go_live_on: date
    reason_if_short: str | None


class TimePlanWithTasks(TimePlanOut):
    """The time plan with its tasks, each behind all it waits for."""

    complexity: Complexity | None
    template_version: str | None
    fit: FitOut | None
    critical_path: list[str]
    tasks: list[TaskOut]

    @classmethod
    def of(
        cls,
        standing: PlanStanding,
        phase: Phase | None = None,
        owner: Owner | None = None,
        status: TaskStatus | None = None,
    ) -> TimePlanWithTasks:
        """A plan as it stands, with those of its tasks that are asked for."""
        stored = standing.stored
        return cls(
            starts_on=stored.plan.starts_on,
            go_live_on=stored.plan.go_live_on,
            reason_if_short=stored.plan.reason_if_short,
            complexity=stored.complexity,
            template_version=stored.template_version,
            fit=FitOut.of(standing.fit) if standing.fit else None,
            critical_path=[task.planned.key for task in standing.tasks if task.planned.critical],
            tasks=[
                TaskOut.of(task)
                for task in standing.tasks
                if phase in {None, task.planned.task.phase}
                and owner in {None, task.planned.task.owner}
                and status in {None, task.planned.progress.status}
            ],
        )


class ReportTask(RequestModel):
    """How far a task has come; what is done names its days and what shows it."""

    status: TaskStatus
    started_on: Day | None = None
    finished_on: Day | None = None
    evidence: LongText | None = None
    document_id: Annotated[str, Field(pattern=IDENTIFIER_PATTERN.pattern)] | None = None
    reason: LongText | None = None

    def progress(self) -> Progress:
        """The report as the domain has it."""
        return Progress(**self.model_dump(exclude={"keys"}))


class ReportTasks(ReportTask):
    """How far several tasks have come, all equally far."""

    keys: Annotated[list[TaskKey], Field(min_length=1, max_length=100), AfterValidator(_once)]


class ReportedTasks(ResponseModel):
    """The tasks of a report as they then stand."""

    items: list[TaskOut]


class RangeOut(ResponseModel):
    """A day with its range: one in ten lies before p10, nine in ten by p90."""

    p10: date
    p50: date
    p90: date

    @classmethod
    def of(cls, found: Range) -> RangeOut:
        """A range."""
        return cls(p10=found.p10, p50=found.p50, p90=found.p90)


class ContributionOut(ResponseModel):
    """What a driver adds to the complexity."""

    driver: str
    name: str
    measure: int
    points: Decimal


class ComplexityOut(ResponseModel):
    """How complex the case is: the points are the sum of the contributions."""

    points: Decimal
    complexity: Complexity
    contributions: list[ContributionOut]

    @classmethod
    def of(cls, found: Score) -> ComplexityOut:
        """A score with its calculation."""
        return cls(
            points=found.points,
            complexity=found.complexity,
            contributions=[ContributionOut.model_validate(part) for part in found.contributions],
        )


class MoveOut(ResponseModel):
    """What one cause moved the forecast by; later is positive."""

    cause: str
    working_days: int
    text: str


class PhaseRatioOut(ResponseModel):
    """How much of its planned time a phase took in earlier cases."""

    phase: Phase
    ratio: Decimal
    cases: int


class ForecastOut(ResponseModel):
    """When the services go live and when the case is stable, and why it moved."""

    case_id: str
    as_of: date
    planned_go_live: date | None
    go_live: RangeOut
    stable: RangeOut
    complexity: ComplexityOut
    earlier_cases: list[PhaseRatioOut]
    compared_with: AwareDatetime | None
    moved_working_days: int
    causes: list[MoveOut]

    @classmethod
    def of(cls, case_id: str, made: CaseForecast) -> ForecastOut:
        """A forecast as of now."""
        return cls(
            case_id=case_id,
            as_of=made.inputs.as_of,
            planned_go_live=made.inputs.go_live_on,
            go_live=RangeOut.of(made.forecast.go_live),
            stable=RangeOut.of(made.forecast.stable),
            complexity=ComplexityOut.of(made.score),
            earlier_cases=[
                PhaseRatioOut(phase=phase, ratio=entry.ratio, cases=entry.cases)
                for phase, entry in made.history.items()
            ],
            compared_with=made.compared_with,
            moved_working_days=made.moved_working_days,
            causes=[MoveOut.model_validate(move) for move in made.moves],
        )


class PastForecastOut(ResponseModel):
    """A forecast as it was made."""

    id: str
    made_at: AwareDatetime
    go_live: RangeOut
    stable: RangeOut
    points: Decimal
    complexity: Complexity
    moved_working_days: int
    causes: list[MoveOut]

    @classmethod
    def of(cls, stored: StoredForecast) -> PastForecastOut:
        """A stored forecast."""
        return cls(
            id=stored.id,
            made_at=stored.made_at,
            go_live=RangeOut.of(stored.forecast.go_live),
            stable=RangeOut.of(stored.forecast.stable),
            points=stored.points,
            complexity=stored.complexity,
            moved_working_days=stored.moved_working_days,
            causes=[MoveOut.model_validate(cause) for cause in stored.causes],
        )
