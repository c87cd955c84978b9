"""Forums, meetings and minutes over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from services.chassis.schemas import Day, LongText, RequestModel, ResponseModel, Text
from services.collab_model.forums.domain import AgendaReason, MeetingState
from services.collab_model.forums.repository import AgendaLine, KeptMinutes
from services.collab_model.forums.service import (
    Action,
    AgreedForum,
    Decision,
    MeetingFile,
    NewMinutes,
)
from services.collab_model.tables import ForumRow, MeetingRow
from services.contracts.values import ForumLevel, MatterKind, Priority


class DecisionIn(RequestModel):
    """A decision: what, by which role, on what mandate."""

    text: LongText
    decided_by: Text
    mandate: Text


class ActionIn(RequestModel):
    """Something to be done, the role that owns it, and by when."""

    text: LongText
    owner_role: Text
    due_on: Day


class KeepMinutes(RequestModel):
    """The minutes of a meeting. ``attendees`` are roles, not people."""

    held_on: Day
    attendees: Annotated[list[Text], Field(min_length=1, max_length=50)]
    notes: LongText
    decisions: Annotated[list[DecisionIn], Field(max_length=50)] = Field(default_factory=list)
    actions: Annotated[list[ActionIn], Field(max_length=50)] = Field(default_factory=list)

    def as_minutes(self) -> NewMinutes:
        """The minutes as the use case takes them."""
        return NewMinutes(
            held_on=self.held_on,
            attendees=tuple(self.attendees),
            notes=self.notes,
            decisions=tuple(
                Decision(each.text, each.decided_by, each.mandate) for each in self.decisions
            ),
            actions=tuple(Action(each.text, each.owner_role, each.due_on) for each in self.actions),
        )


class ForumOut(ResponseModel):
    """A forum and the day it next meets; null while it has no meeting planned."""

    id: str
    agreement_id: str
    org_number: str
    key: str
    name: str
    name_sv: str
    level: ForumLevel
    meetings_per_year: int
    meetings_per_year_in_stabilisation: int
    next_meeting_on: date | None

    @classmethod
    def of(cls, forum: AgreedForum) -> Self:
        """A forum as it is shown."""
        row, terms = forum.row, forum.terms
        return cls(
            id=row.id,
            agreement_id=row.agreement_id,
            org_number=forum.holder,
            key=row.key,
            name=terms.name,
            name_sv=terms.name_sv,
            level=ForumLevel(terms.level),
            meetings_per_year=terms.meetings_per_year,
            meetings_per_year_in_stabilisation=terms.meetings_per_year_in_stabilisation,
            next_meeting_on=forum.planned.due_on if forum.planned else None,
        )


class MeetingSummary(ResponseModel):
    """A meeting in a list; ``forum`` is the forum's key, ``number`` counts its meetings."""

    id: str
    agreement_id: str
    org_number: str
    forum: str
    number: int
    due_on: date
    state: MeetingState
    fell_due_at: datetime | None

    @classmethod
    def of(cls, meeting: MeetingRow, forum: ForumRow) -> Self:
        """A meeting as it stands in a list."""
        return cls(
            id=meeting.id,
            agreement_id=meeting.agreement_id,
            org_number=meeting.org_number,
            forum=forum.key,
            number=meeting.number,
            due_on=meeting.due_on,
            state=MeetingState(meeting.state),
            fell_due_at=meeting.fell_due_at,
        )


class AgendaItemOut(ResponseModel):
    """A matter that waited for the meeting, and why."""

    position: int
    reason: AgendaReason
    matter_id: str
    kind: MatterKind
    priority: Priority
    title: str

    @classmethod
    def of(cls, line: AgendaLine) -> Self:
        """An agenda item as it is shown."""
        return cls(
            position=line.item.position,
            reason=AgendaReason(line.item.reason),
            matter_id=line.matter.id,
            kind=MatterKind(line.matter.kind),
            priority=Priority(line.matter.priority),
            title=line.matter.title,
        )


class DecisionOut(ResponseModel):
    """A decision in the minutes."""

    text: str
    decided_by: str
    mandate: str


class ActionOut(ResponseModel):
    """An action in the minutes."""

    text: str
    owner_role: str
    due_on: date


class MinutesOut(ResponseModel):
    """The minutes of a meeting."""

    held_on: date
    attendees: list[str]
    notes: str
    decisions: list[DecisionOut]
    actions: list[ActionOut]
    kept_at: datetime

    @classmethod
    def of(cls, kept: KeptMinutes) -> Self:
        """Minutes as they are shown."""
        return cls(
            held_on=kept.minutes.held_on,
            attendees=kept.minutes.attendees,
            notes=kept.minutes.notes,
            decisions=[DecisionOut.model_validate(row) for row in kept.decisions],
            actions=[ActionOut.model_validate(row) for row in kept.actions],
            kept_at=kept.minutes.kept_at,
        )


class MeetingOut(MeetingSummary):
    """A meeting with its agenda, and its minutes once they are kept."""

    agenda: list[AgendaItemOut]
    minutes: MinutesOut | None

    @classmethod
    def of_file(cls, file: MeetingFile) -> Self:
        """A meeting as it is shown."""
        return cls(
            **MeetingSummary.of(file.meeting, file.forum).model_dump(),
            agenda=[AgendaItemOut.of(line) for line in file.agenda],
            minutes=MinutesOut.of(file.minutes) if file.minutes else None,
        )
