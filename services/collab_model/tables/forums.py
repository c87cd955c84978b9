"""Forums, meetings, agendas and minutes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import Base


class ForumRow(Base):
    """A forum of any version of an agreement's collaboration model."""

    __tablename__ = "forums"
    __table_args__ = (
        UniqueConstraint("agreement_id", "key"),
        Index("ix_forums_org_number", "org_number"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    key: Mapped[str] = mapped_column(String(80))


class ForumTermsRow(Base):
    """A forum as a version has it."""

    __tablename__ = "forum_terms"
    __table_args__ = (UniqueConstraint("forum_id", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    forum_id: Mapped[str] = mapped_column(ForeignKey("forums.id"))
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(20))
    meetings_per_year: Mapped[int] = mapped_column(Integer)
    meetings_per_year_in_stabilisation: Mapped[int] = mapped_column(Integer)


class MeetingRow(Base):
    """A meeting of a forum; ``fell_due_at`` is absent while it is only planned."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("forum_id", "number"),
        Index("ix_meetings_org_number_id", "org_number", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    forum_id: Mapped[str] = mapped_column(ForeignKey("forums.id"))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    number: Mapped[int] = mapped_column(Integer)
    nominal_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))
    fell_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AgendaItemRow(Base):
    """A matter or breach that waited for a meeting when it fell due."""

    __tablename__ = "agenda_items"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        Index("ix_agenda_items_forum_id_breach_id", "forum_id", "breach_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings.id"))
    forum_id: Mapped[str] = mapped_column(ForeignKey("forums.id"))
    position: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"))
    breach_id: Mapped[str | None] = mapped_column(ForeignKey("breaches.id"))


class MinutesRow(Base):
    """The minutes of a meeting, kept once."""

    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("meeting_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings.id"))
    held_on: Mapped[date] = mapped_column(Date)
    attendees: Mapped[list[str]] = mapped_column(JSONDocument)
    notes: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DecisionRow(Base):
    """A decision in the minutes: what, by which role, on what mandate."""

    __tablename__ = "decisions"
    __table_args__ = (UniqueConstraint("minutes_id", "position"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    minutes_id: Mapped[str] = mapped_column(ForeignKey("minutes.id"))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))


class ActionRow(Base):
    """An action in the minutes: what, which role owns it, by when."""

    __tablename__ = "actions"
    __table_args__ = (UniqueConstraint("minutes_id", "position"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    minutes_id: Mapped[str] = mapped_column(ForeignKey("minutes.id"))
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    owner_role: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(Date)
