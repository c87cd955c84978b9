"""Statements over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from services.chassis.schemas import ResponseModel
from services.collab_model.following_up.statements.service import content_of
from services.collab_model.following_up.status import Status
from services.collab_model.tables import StatementRow
from services.contracts.credits import CreditGround
from services.contracts.values import MeasureKind, Priority


class StatementSummary(ResponseModel):
    """A statement in a list: the closing of a month of a service, or a correction of it."""

    id: str
    period_id: str
    agreement_id: str
    org_number: str
    service: str
    period: str
    revision: int
    sha256: str
    made_at: datetime

    @classmethod
    def of(cls, row: StatementRow) -> Self:
        """A statement as it stands in a list."""
        return cls.model_validate(row)


class PastOut(ResponseModel):
    """How a level came out in an earlier month; ``status`` is null in statements made before
    it was kept.
    """

    period: str
    outcome_percent: str | None
    met: bool
    status: Status | None = None


class LevelStated(ResponseModel):
    """How a level came out: ``good`` of ``total``, in the finest unit that is exact.

    Matters for times, cases for shares, seconds of agreed hours for availability, deliveries
    for punctuality, points for satisfaction. ``excluded`` of them failed for a cause that gives
    no credit. ``missed_before`` months in a row were missed before this one.
    """

    level: str
    name: str
    name_sv: str
    kind: MeasureKind
    required_share_percent: str
    outcome_percent: str | None
    measured: int
    good: int
    total: int
    excluded: int
    met: bool
    status: Status
    missed_before: int
    history: list[PastOut]


class DeviationStated(ResponseModel):
    """What failed, how much of the level's total it is, why, and with which team."""

    level: str
    subject: str
    what: str
    at: datetime | None
    failed: int
    late_by_seconds: int | None
    priority: Priority | None
    cause: str
    team: str
    note: str
    excluded: bool


class DeliveryStated(ResponseModel):
    """A delivery that was due in the month."""

    level: str
    delivery: str
    name_sv: str
    due_on: date
    made_at: datetime | None
    in_time: bool


class StopStated(ResponseModel):
    """A stop, and how much of the agreed hours it took, left out and counted."""

    start: datetime
    end: datetime | None
    planned: bool
    left_out_seconds: int
    counted_seconds: int
    cause: str | None
    note: str


class AvailabilityStated(ResponseModel):
    """The agreed hours of the month, what planned stops took of them, and what was lost."""

    level: str
    agreed_seconds: int
    planned_seconds: int
    lost_seconds: int
    stops: list[StopStated]


class MattersStated(ResponseModel):
    """How many matters came and went in the month."""

    raised: int
    resolved: int
    open_at_end: int
    by_kind: dict[str, int]
    by_priority: dict[str, int]


class CreditStepStated(ResponseModel):
    """A step of the credit: ``count`` breaches at ``percent_each``, or the band from
    ``from_points`` that the level's shortfall reached.
    """

    ground: CreditGround
    percent: str
    count: int
    percent_each: str
    level: str | None
    missed_by_points: str
    from_points: str | None


class CreditStated(ResponseModel):
    """What the month gives back, in percent of its fee: the sum of the steps, capped."""

    percent: str
    sum_percent: str
    cap_percent: str
    steps: list[CreditStepStated]


class LevelDifference(ResponseModel):
    """What a level says before and after, in that order; null where it was not promised.

    ``kind`` and ``excluded`` are null in statements made before they were kept.
    """

    level: str
    name_sv: str
    kind: MeasureKind | None = None
    outcome_percent: list[str | None]
    good: list[int | None]
    total: list[int | None]
    excluded: list[int | None] | None = None
    met: list[bool | None]


class ChangedDeviation(ResponseModel):
    """A deviation that is told otherwise."""

    before: DeviationStated
    after: DeviationStated


class DifferenceStated(ResponseModel):
    """What a correction says otherwise than the statement before it; pairs are before, after."""

    from_revision: int
    met: list[bool] | None
    whole_month: list[bool] | None
    credit_percent: list[str | None] | None
    levels: list[LevelDifference]
    deviations_added: list[DeviationStated]
    deviations_removed: list[DeviationStated]
    deviations_changed: list[ChangedDeviation]


class StatementOut(StatementSummary):
    """A statement: what a closed month of a service came to. Percentages are decimal texts.

    ``sha256`` is that of the kept content's canonical JSON. ``credit`` is null where the
    agreement's terms were signed before they were kept here.
    """

    customer_name: str
    service_name: str
    service_name_sv: str
    reason: str | None
    whole_month: bool
    version: int
    met: bool
    status: Status
    levels: list[LevelStated]
    deviations: list[DeviationStated]
    deliveries: list[DeliveryStated]
    availability: list[AvailabilityStated]
    matters: MattersStated
    breaches: int
    excluded_breaches: list[str]
    credit: CreditStated | None
    difference: DifferenceStated | None

    @classmethod
    def of(cls, row: StatementRow) -> Self:
        """A statement as it is shown."""
        summary = StatementSummary.of(row).model_dump()
        return cls.model_validate({**content_of(row), **summary})
