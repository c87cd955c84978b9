"""Matters over HTTP."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import Field

from services.chassis.schemas import LongText, RequestModel, ResponseModel, Text
from services.collab_model.matters.domain import (
    ClockReading,
    ClockState,
    LogEntry,
    MatterEvent,
    MatterStatus,
    Party,
    Span,
    SpanState,
)
from services.collab_model.matters.service import MatterFile
from services.collab_model.tables import MatterRow
from services.contracts.values import MatterKind, MeasureKind, OrgNumber, Priority, Slug


class RaiseMatter(RequestModel):
    """A matter to raise. ``org_number`` is for staff, who must name the customer."""

    service: Slug
    kind: MatterKind
    priority: Priority
    title: Text
    description: LongText
    org_number: OrgNumber | None = None


class EnterableEvent(StrEnum):
    """What a party can enter in a matter's log after it was raised."""

    RESPONDED = "responded"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    RESUMED = "resumed"
    RESOLVED = "resolved"


class EnterEvent(RequestModel):
    """An event to enter in a matter's log."""

    event: EnterableEvent
    note: LongText | None = None


class MatterSummary(ResponseModel):
    """A matter in a list."""

    id: str
    org_number: str
    agreement_id: str
    service: str
    kind: MatterKind
    priority: Priority
    title: str
    status: MatterStatus
    raised_at: datetime
    resolved_at: datetime | None


class LogEntryOut(ResponseModel):
    """An entry of a matter's log."""

    sequence: int
    event: MatterEvent
    at: datetime
    party: Party
    note: str

    @classmethod
    def of(cls, entry: LogEntry) -> Self:
        """An entry as it is shown."""
        return cls.model_validate(entry)


class SpanOut(ResponseModel):
    """A stretch of a clock's life: whether it counted, and how many service minutes."""

    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    state: SpanState
    minutes: int

    @classmethod
    def of(cls, span: Span) -> Self:
        """A span as it is shown."""
        return cls.model_validate(span)


class ClockOut(ResponseModel):
    """What a clock shows, and the spans that explain it.

    The spans' minutes sum to ``elapsed_minutes``. ``deadline`` is null while a pause holds
    it back; ``decided_at`` is when the clock was met or breached.
    """

    level: str
    kind: MeasureKind
    target_minutes: int
    elapsed_minutes: int
    deadline: datetime | None
    state: ClockState
    decided_at: datetime | None
    spans: list[SpanOut]

    @classmethod
    def of(cls, clock: ClockReading) -> Self:
        """A clock as it is shown."""
        return cls(
            level=clock.target.level,
            kind=clock.target.kind,
            target_minutes=clock.target.minutes,
            elapsed_minutes=clock.elapsed_minutes,
            deadline=clock.deadline,
            state=clock.state,
            decided_at=clock.outcome_at,
            spans=[SpanOut.of(span) for span in clock.spans],
        )


class MatterOut(MatterSummary):
    """A matter with its log and its clocks."""

    description: str
    log: list[LogEntryOut]
    clocks: list[ClockOut]

    @classmethod
    def of(cls, file: MatterFile) -> Self:
        """A matter as it is shown."""
        return cls(
            **summary(file.matter).model_dump(),
            description=file.matter.description,
            log=[LogEntryOut.of(entry) for entry in file.log],
            clocks=[ClockOut.of(clock) for clock in file.clocks],
        )


def summary(matter: MatterRow) -> MatterSummary:
    """A matter as it stands in a list."""
    return MatterSummary.model_validate(matter)
