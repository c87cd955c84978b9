"""Matters over HTTP."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Self

from services.chassis.schemas import Instant, LongText, RequestModel, ResponseModel, Text
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.schemas import ClockOut, LogEntryOut
from services.collab_model.matters.domain import MatterStatus
from services.collab_model.matters.entering import Correction, Details, NewEvent
from services.collab_model.matters.listing import MatterThen
from services.collab_model.matters.log import MatterEvent
from services.collab_model.matters.service import MatterFile
from services.collab_model.tables import MatterRow
from services.contracts.values import MatterKind, OrgNumber, Priority, Slug


class RaiseMatter(RequestModel):
    """A matter to raise.

    ``org_number`` is for staff, who must name the customer; ``raised_at`` for staff to say
    when the customer told them, where that was before now.
    """

    service: Slug
    kind: MatterKind
    priority: Priority
    title: Text
    description: LongText
    org_number: OrgNumber | None = None
    raised_at: Instant | None = None


class EnterableEvent(StrEnum):
    """What a party can enter in a matter's log after it was raised."""

    RESPONDED = "responded"
    UPDATED = "updated"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    PRIORITY_CHANGED = "priority_changed"
    MOVED = "moved"
    HANDED_TO_TEAM = "handed_to_team"
    RETURNED_BY_TEAM = "returned_by_team"
    SENT_TO_SUPPLIER = "sent_to_supplier"
    RETURNED_BY_SUPPLIER = "returned_by_supplier"


class EnterEvent(RequestModel):
    """An event to enter in a matter's log.

    ``at`` is for the centre to say when it happened, where that was before now. ``priority``
    belongs to ``priority_changed``, ``service`` to ``moved``, and ``counterpart`` (a team or a
    supplier) to handing the matter over and taking it back.
    """

    event: EnterableEvent
    note: LongText | None = None
    at: Instant | None = None
    priority: Priority | None = None
    service: Slug | None = None
    counterpart: Slug | None = None

    def as_event(self) -> NewEvent:
        """The event as the use case takes it."""
        details = Details(self.priority, self.service, self.counterpart)
        return NewEvent(MatterEvent(self.event.value), self.note or "", self.at, details)


class CorrectLine(RequestModel):
    """What is right instead of what a line of the log says; what is left out stays."""

    reason: Text
    at: Instant | None = None
    priority: Priority | None = None
    service: Slug | None = None
    counterpart: Slug | None = None

    def as_correction(self) -> Correction:
        """The correction as the use case takes it."""
        details = Details(self.priority, self.service, self.counterpart)
        return Correction(self.reason, self.at, details)


class WithdrawLine(RequestModel):
    """Why a line of the log is taken back."""

    reason: Text


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


class MatterOut(MatterSummary):
    """A matter with its log and its clocks, as of ``at`` as known at ``known_at``.

    The log is in the order in which it was recorded. An agency sees the clocks of what it was
    promised, staff those beneath them too.
    """

    at: datetime
    known_at: datetime
    description: str
    log: list[LogEntryOut]
    clocks: list[ClockOut]

    @classmethod
    def of(cls, file: MatterFile, seen: Collection[Beneath]) -> Self:
        """A matter as it is shown to those who see these clocks."""
        matter, state, as_of = file.matter, file.state, file.as_of
        return cls(
            id=matter.id,
            org_number=matter.org_number,
            agreement_id=matter.agreement_id,
            kind=MatterKind(matter.kind),
            title=matter.title,
            description=matter.description,
            service=state.place.service,
            priority=state.priority,
            status=state.status,
            raised_at=state.raised_at,
            resolved_at=state.resolved_at,
            at=as_of.at,
            known_at=as_of.known_at,
            log=LogEntryOut.list_of(file.log, as_of.at, as_of.known_at),
            clocks=[
                ClockOut.of(each.key, each.clock)
                for each in file.clocks
                if each.clock.rule.beneath in seen
            ],
        )


def summary(matter: MatterRow) -> MatterSummary:
    """A matter as it stands in a list."""
    return MatterSummary.model_validate(matter)


def summary_then(each: MatterThen) -> MatterSummary:
    """A matter as it stood, in a list."""
    matter, state = each.matter, each.state
    return MatterSummary(
        id=matter.id,
        org_number=matter.org_number,
        agreement_id=matter.agreement_id,
        service=state.place.service,
        kind=MatterKind(matter.kind),
        priority=state.priority,
        title=matter.title,
        status=state.status,
        raised_at=state.raised_at,
        resolved_at=state.resolved_at,
    )
