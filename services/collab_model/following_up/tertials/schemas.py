"""Tertial reports over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import LongText, RequestModel, ResponseModel
from services.collab_model.following_up.status import Status, Trend
from services.collab_model.following_up.tertials.domain import PATTERN
from services.collab_model.following_up.tertials.service import content_of
from services.collab_model.tables import TertialReportRow
from services.contracts.values import MeasureKind

TertialText = Annotated[
    str,
    Field(
        pattern=PATTERN,
        max_length=7,
        description="Four months of a year: T1 is January to April.",
        examples=["2026-T1"],
    ),
]


class MakeReport(RequestModel):
    """A tertial of an agreement to report, or to report anew.

    ``comment`` is the centre's own words; ``reason`` says why it is reported anew.
    """

    agreement_id: Annotated[
        str, Field(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)
    ]
    tertial: TertialText
    comment: LongText | None = None
    reason: LongText | None = None


class ReportSummary(ResponseModel):
    """A report in a list; a revision stands beside the one before it."""

    id: str
    agreement_id: str
    org_number: str
    tertial: str
    revision: int
    reason: str | None
    sha256: str
    made_at: datetime

    @classmethod
    def of(cls, row: TertialReportRow) -> Self:
        """A report as it stands in a list."""
        kept = {name: getattr(row, name) for name in cls.model_fields}
        return cls(**{**kept, "reason": row.reason or None})


class MonthReported(ResponseModel):
    """How a level came out in a month of the tertial."""

    period: str
    outcome_percent: str | None
    met: bool
    status: Status


class EarlierMonth(ResponseModel):
    """How a level came out in a month of the tertial before; ``status`` is null in reports
    made before it was kept.
    """

    period: str
    outcome_percent: str | None
    met: bool
    status: Status | None = None


class LevelReported(ResponseModel):
    """A level over the tertial: of all its cases together, and against the tertial before."""

    level: str
    name_sv: str
    kind: MeasureKind
    required_share_percent: str
    outcome_percent: str | None
    before_percent: str | None
    good: int | None
    total: int | None
    met: bool
    status: Status
    trend: Trend
    misses_in_a_row: int
    months: list[MonthReported]
    earlier: list[EarlierMonth]


class ServiceReported(ResponseModel):
    """A service over the tertial; its colour is its worst level's."""

    service: str
    name_sv: str
    status: Status
    levels: list[LevelReported]


class CreditReported(ResponseModel):
    """What a month gave back, in percent of its fee."""

    service: str
    period: str
    percent: str


class SignalKind(StrEnum):
    """What in the figures themselves is a risk."""

    MISSED = "missed"
    FALLING = "falling"
    OPEN_CRITICAL = "open_critical"
    CAUSE_NOT_STATED = "cause_not_stated"


class SignalReported(ResponseModel):
    """A level that was missed ``count`` months in a row or is falling, critical matters that
    are open, deviations whose cause nobody has stated.
    """

    kind: SignalKind
    count: int
    service: str | None
    level: str | None


class RiskReported(ResponseModel):
    """A risk as it was judged when the report was made."""

    title: str
    service: str | None
    probability: int
    consequence: int
    status: Status
    handling: str
    owner_role: str
    review_on: date | None
    closed_on: date | None


class ActionReported(ResponseModel):
    """An action that a forum agreed on."""

    text: str
    owner_role: str
    due_on: date
    forum: str
    agreed_on: date
    due_in_tertial: bool


class ReportOut(ReportSummary):
    """A tertial report; ``causes`` counts the months' deviations by cause."""

    customer_name: str
    status: Status
    services: list[ServiceReported]
    causes: dict[str, int]
    credits: list[CreditReported]
    signals: list[SignalReported]
    risks: list[RiskReported]
    actions: list[ActionReported]
    comment: str | None

    @classmethod
    def of(cls, row: TertialReportRow) -> Self:
        """A report as it is shown."""
        summary = ReportSummary.of(row).model_dump()
        return cls.model_validate({**content_of(row), **summary})
