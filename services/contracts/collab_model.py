"""What collab_model publishes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from services.chassis.events import Event
from services.contracts.values import (
    MatterKind,
    MeasureKind,
    OrgNumber,
    Priority,
    Slug,
    Value,
    YearMonth,
)


class CollaborationSetUp(Event):
    """Levels and forums stand as the signed agreement describes them."""

    type: ClassVar[str] = "collab_model.collaboration_set_up.v1"
    aggregate_field: ClassVar[str] = "agreement_id"

    agreement_id: str
    org_number: OrgNumber
    levels: tuple[Slug, ...]
    forums: tuple[Slug, ...]


class MatterRaised(Event):
    """A party raised a matter."""

    type: ClassVar[str] = "collab_model.matter_raised.v1"
    aggregate_field: ClassVar[str] = "matter_id"

    matter_id: str
    org_number: OrgNumber
    agreement_id: str
    service: Slug
    kind: MatterKind
    priority: Priority
    raised_at: datetime


class MatterResolved(Event):
    """A matter was resolved."""

    type: ClassVar[str] = "collab_model.matter_resolved.v1"
    aggregate_field: ClassVar[str] = "matter_id"

    matter_id: str
    org_number: OrgNumber
    agreement_id: str
    service: Slug
    priority: Priority
    resolved_at: datetime


class LevelBreached(Event):
    """A matter passed the target of its service level."""

    type: ClassVar[str] = "collab_model.level_breached.v1"
    aggregate_field: ClassVar[str] = "matter_id"

    breach_id: str
    matter_id: str
    org_number: OrgNumber
    agreement_id: str
    service: Slug
    level: Slug
    kind: MeasureKind
    priority: Priority
    target_minutes: Annotated[int, Field(gt=0)]
    breached_at: datetime
    round: Annotated[int, Field(ge=1)] = Field(
        default=1,
        description="Which round of the clock: one that begins anew can be breached again.",
    )


class LevelBreachWithdrawn(Event):
    """A breach turned out not to be one: something became known late, or was corrected."""

    type: ClassVar[str] = "collab_model.level_breach_withdrawn.v1"
    aggregate_field: ClassVar[str] = "matter_id"

    breach_id: str
    matter_id: str
    org_number: OrgNumber
    agreement_id: str
    service: Slug
    level: Slug
    breached_at: datetime
    withdrawn_at: datetime
    reason: str


class MatterStatus(StrEnum):
    """Where a matter stands."""

    OPEN = "open"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class MatterChanged(Event):
    """A matter stands otherwise than was told: it waits for the customer or goes on, was
    reopened, cancelled, moved or corrected, or its priority is another. ``resolved_at`` is
    absent unless it is resolved.
    """

    type: ClassVar[str] = "collab_model.matter_changed.v1"
    aggregate_field: ClassVar[str] = "matter_id"

    matter_id: str
    org_number: OrgNumber
    agreement_id: str
    service: Slug
    kind: MatterKind
    priority: Priority
    status: MatterStatus
    raised_at: datetime
    resolved_at: datetime | None
    changed_at: datetime


class ClockWarned(Event):
    """A clock of a matter used up so many per cent of its target; 100 is a breach.

    ``beneath`` tells whose promise it measures: the one to the customer, an internal one or a
    supplier's.
    """

    type: ClassVar[str] = "collab_model.clock_warned.v1"
    aggregate_field: ClassVar[str] = "matter_id"

    warning_id: str
    matter_id: str
    org_number: OrgNumber
    agreement_id: str
    service: Slug
    clock: str
    beneath: Annotated[str, Field(pattern=r"^(customer|internal|supplier)$")]
    level: Slug
    round: Annotated[int, Field(ge=1)]
    percent: Annotated[int, Field(ge=1, le=100)]
    reached_at: datetime


class ClockWarningWithdrawn(Event):
    """A warning that was given is no longer true."""

    type: ClassVar[str] = "collab_model.clock_warning_withdrawn.v1"
    aggregate_field: ClassVar[str] = "matter_id"

    warning_id: str
    matter_id: str
    org_number: OrgNumber
    agreement_id: str
    service: Slug
    clock: str
    level: Slug
    percent: Annotated[int, Field(ge=1, le=100)]
    withdrawn_at: datetime
    reason: str


class LevelResult(Value):
    """How one level came out in a period; ``outcome_percent`` is absent without data.

    ``good`` and ``total`` are what the outcome is the share of: matters, cases, seconds of
    agreed hours, deliveries, points. ``excluded`` of the total failed for a cause that the
    agreement gives no credit for.
    """

    level: Slug
    required_share_percent: Decimal
    outcome_percent: Decimal | None
    measured: Annotated[int, Field(ge=0)]
    met: bool
    kind: MeasureKind | None = None
    good: Annotated[int, Field(ge=0)] | None = None
    total: Annotated[int, Field(ge=0)] | None = None
    excluded: Annotated[int, Field(ge=0)] = 0


class PeriodClosed(Event):
    """A month of a customer's service was closed with its level results."""

    type: ClassVar[str] = "collab_model.period_closed.v1"
    aggregate_field: ClassVar[str] = "agreement_id"

    agreement_id: str
    org_number: OrgNumber
    service: Slug
    period: YearMonth
    whole_month: bool = Field(description="Whether the service was live for all of the month.")
    results: tuple[LevelResult, ...]
    met: bool
    revision: Annotated[int, Field(ge=1)] = Field(
        default=1, description="1 for the closing itself; each correction of it is one higher."
    )
    excluded_breaches: tuple[str, ...] = Field(
        default=(),
        description="Breaches of the month that the agreement gives no credit for, by their cause.",
    )


class MeetingFellDue(Event):
    """A forum's meeting fell due; its agenda lists the matters waiting for it."""

    type: ClassVar[str] = "collab_model.meeting_fell_due.v1"
    aggregate_field: ClassVar[str] = "meeting_id"

    meeting_id: str
    org_number: OrgNumber
    agreement_id: str
    forum: Slug
    due_on: date
    agenda: tuple[str, ...]
