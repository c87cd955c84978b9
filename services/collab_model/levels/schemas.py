"""Levels, readings and periods over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from services.chassis.schemas import (
    Count,
    Flag,
    Instant,
    LongText,
    RequestModel,
    ResponseModel,
    Text,
)
from services.collab_model.levels.domain import plain
from services.collab_model.levels.measures import HIGHEST_GRADE, Made, Stop
from services.collab_model.levels.readings import Reading
from services.collab_model.levels.reporting import RowOutcome, RowReport
from services.collab_model.levels.repository import ClosedPeriod
from services.collab_model.levels.service import AgreedLevel
from services.contracts.values import (
    Delivery,
    MeasureKind,
    OrgNumber,
    PlannedStops,
    Priority,
    Slug,
    YearMonth,
)

Percent = Annotated[Decimal, AfterValidator(plain)]
"""A percentage, as a decimal text such as ``99.5``."""

Grades = Annotated[
    list[Count],
    Field(
        min_length=HIGHEST_GRADE,
        max_length=HIGHEST_GRADE,
        description="How many answers gave each grade, from 1 to 10.",
    ),
]


class StopIn(RequestModel):
    """A time in which the service was down; ``ended_at`` is left out while it lasts.

    A ``planned`` stop says when it was announced.
    """

    started_at: Instant
    ended_at: Instant | None = None
    planned: Flag = False
    announced_at: Instant | None = None
    cause: Slug | None = None
    note: Text | None = None

    def as_stop(self) -> Stop:
        """The stop as the use case takes it."""
        return Stop(
            id="",
            start=self.started_at,
            end=self.ended_at,
            planned=self.planned,
            announced_at=self.announced_at,
            cause=self.cause,
            note=self.note or "",
        )


class DeliveryIn(RequestModel):
    """A delivery that was made, by its key in the agreement."""

    delivery: Slug
    delivered_at: Instant
    cause: Slug | None = None
    note: Text | None = None

    def as_made(self) -> Made:
        """The delivery as the use case takes it."""
        return Made(self.delivery, self.delivered_at, self.cause, self.note or "")


class ReadingIn(RequestModel):
    """What was measured of a level in a month, in the form that its kind asks for.

    ``quality_share``: ``good`` of ``total`` cases were as promised. ``availability``: the
    ``stops``, none of which means that the service was up all the time. ``punctuality``: the
    ``deliveries`` that were made. ``satisfaction``: the ``grades`` of a survey.

    ``id`` is the source's own, and stands for this content for good; ``replaces`` names an
    earlier reading of the same source that no longer counts.
    """

    id: Text
    org_number: OrgNumber
    service: Slug
    level: Slug
    period: YearMonth
    good: Count | None = None
    total: Count | None = None
    stops: Annotated[list[StopIn], Field(max_length=100)] | None = None
    deliveries: Annotated[list[DeliveryIn], Field(max_length=100)] | None = None
    grades: Grades | None = None
    replaces: Text | None = None

    def as_reading(self) -> Reading:
        """The reading as the use case takes it."""
        return Reading(
            source_id=self.id,
            org_number=self.org_number,
            service=self.service,
            level=self.level,
            period=self.period,
            good=self.good,
            total=self.total,
            stops=None if self.stops is None else tuple(each.as_stop() for each in self.stops),
            deliveries=None
            if self.deliveries is None
            else tuple(each.as_made() for each in self.deliveries),
            grades=None if self.grades is None else tuple(self.grades),
            replaces=self.replaces,
        )


class ReportReadings(RequestModel):
    """A batch of readings from one source; it is kept whole or not at all."""

    source: Text
    rows: Annotated[list[ReadingIn], Field(min_length=1, max_length=500)]


class ReadingsKept(ResponseModel):
    """How many readings were new, and how many had been reported before."""

    accepted: int
    already_known: int


class RowOut(ResponseModel):
    """What became of a row of a file; ``code`` and ``detail`` say why it was refused."""

    row: int
    id: str | None
    outcome: RowOutcome
    code: str | None
    detail: str | None


class ReadingsImported(ResponseModel):
    """What became of a file: its rows that hold were kept, the refused ones were not."""

    accepted: int
    already_known: int
    refused: int
    rows: list[RowOut]

    @classmethod
    def of(cls, reports: Sequence[RowReport]) -> Self:
        """The report of a file."""
        count = Counter(each.outcome for each in reports)
        return cls(
            accepted=count[RowOutcome.ACCEPTED],
            already_known=count[RowOutcome.ALREADY_KNOWN],
            refused=count[RowOutcome.REFUSED],
            rows=[RowOut.model_validate(each) for each in reports],
        )


class ClosePeriod(RequestModel):
    """A month of a customer's service to close by hand, when it is over before its time."""

    org_number: OrgNumber
    service: Slug
    period: YearMonth


class CorrectPeriod(RequestModel):
    """Why a closed month is corrected, and readings that came too late for it."""

    reason: LongText
    source: Text | None = None
    readings: Annotated[list[ReadingIn], Field(max_length=500)] = Field(default_factory=list)


class LevelOut(ResponseModel):
    """A service level in force, as the version of the agreement that is in force has it.

    ``target_minutes`` are service minutes per priority.
    """

    id: str
    agreement_id: str
    version: int
    org_number: str
    service: str
    key: str
    name: str
    name_sv: str
    kind: MeasureKind
    target_minutes: dict[Priority, int]
    required_share_percent: Percent
    deliveries: list[Delivery]
    planned_stops: PlannedStops | None

    @classmethod
    def of(cls, level: AgreedLevel) -> Self:
        """A level as it is shown."""
        row = level.row
        return cls(
            id=row.id,
            agreement_id=row.agreement_id,
            version=row.version,
            org_number=level.holder,
            service=row.service,
            key=row.key,
            name=row.name,
            name_sv=row.name_sv,
            kind=MeasureKind(row.kind),
            target_minutes={Priority(name): value for name, value in row.target_minutes.items()},
            required_share_percent=row.required_share_percent,
            deliveries=[
                Delivery.model_validate(each) for each in row.measure.get("deliveries", ())
            ],
            planned_stops=row.measure.get("planned_stops"),
        )


class ResultOut(ResponseModel):
    """How a level came out; ``outcome_percent`` is null when nothing was measured.

    It is ``good`` of ``total``: matters, cases, seconds of agreed hours, deliveries, points;
    ``excluded`` of them failed for a cause that gives no credit. The three are null for what
    was closed before they were kept.
    """

    level: str
    required_share_percent: Percent
    outcome_percent: Percent | None
    measured: int
    met: bool
    good: int | None
    total: int | None
    excluded: int | None


class PeriodOut(ResponseModel):
    """A closed month of a service.

    ``revision`` is 1 for the closing; a correction of it is shown beside it, with a higher
    one and its ``reason``. ``version`` is that of the agreement whose levels measured it.
    """

    id: str
    agreement_id: str
    org_number: str
    service: str
    period: str
    version: int | None
    revision: int
    reason: str | None
    whole_month: bool
    met: bool
    closed_at: datetime
    results: list[ResultOut]

    @classmethod
    def of(cls, closed: ClosedPeriod) -> Self:
        """A period as it is shown."""
        row = closed.period
        return cls(
            id=row.id,
            agreement_id=row.agreement_id,
            org_number=row.org_number,
            service=row.service,
            period=row.period,
            version=row.version,
            revision=row.revision,
            reason=row.reason or None,
            whole_month=row.whole_month,
            met=row.met,
            closed_at=row.closed_at,
            results=[ResultOut.model_validate(result) for result in closed.results],
        )
