"""Levels, readings and periods over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from services.chassis.schemas import Count, RequestModel, ResponseModel, Text
from services.collab_model.levels.domain import plain
from services.collab_model.levels.repository import ClosedPeriod
from services.collab_model.levels.service import AgreedLevel, Reading
from services.contracts.values import MeasureKind, OrgNumber, Priority, Slug, YearMonth

Percent = Annotated[Decimal, AfterValidator(plain)]
"""A percentage, as a decimal text such as ``99.5``."""


class ReadingIn(RequestModel):
    """A measured share: ``good`` of ``total`` cases were as promised.

    ``id`` is the source's own, and stands for this content for good.
    """

    id: Text
    org_number: OrgNumber
    service: Slug
    level: Slug
    period: YearMonth
    good: Count
    total: Count

    @model_validator(mode="after")
    def _good_is_part_of_total(self) -> Self:
        if self.good > self.total:
            raise ValueError("good cannot be more than total")
        return self

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
        )


class ReportReadings(RequestModel):
    """A batch of readings from one source; it is kept whole or not at all."""

    source: Text
    rows: Annotated[list[ReadingIn], Field(min_length=1, max_length=500)]


class ReadingsKept(ResponseModel):
    """How many readings were new, and how many had been reported before."""

    accepted: int
    already_known: int


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
        )


class ResultOut(ResponseModel):
    """How a level came out; ``outcome_percent`` is null when nothing was measured."""

    level: str
    required_share_percent: Percent
    outcome_percent: Percent | None
    measured: int
    met: bool


class PeriodOut(ResponseModel):
    """A closed month of a service.

    ``revision`` is 1 for the closing; a correction of it is shown beside it, with a higher
    one and its ``reason``.
    """

    id: str
    agreement_id: str
    org_number: str
    service: str
    period: str
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
            revision=row.revision,
            reason=row.reason or None,
            whole_month=row.whole_month,
            met=row.met,
            closed_at=row.closed_at,
            results=[ResultOut.model_validate(result) for result in closed.results],
        )
