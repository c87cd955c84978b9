"""What collab_model publishes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
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


class LevelResult(Value):
    """How one level came out in a period; ``outcome_percent`` is absent without data."""

    level: Slug
    required_share_percent: Decimal
    outcome_percent: Decimal | None
    measured: Annotated[int, Field(ge=0)]
    met: bool


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
