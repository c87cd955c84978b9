"""The tables of collab_model.

What was reported never changes: ``matter_log``, ``breaches``, ``periods``,
``period_results``, ``agenda_items`` and the minutes are only ever added to.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.tables import metadata_with_chassis_tables

Percent = Numeric(20, 6)


class Base(DeclarativeBase):
    """Declarative base of collab_model; its metadata holds the chassis tables too."""

    metadata = metadata_with_chassis_tables()


class AgreementRow(Base):
    """A signed agreement in operation."""

    __tablename__ = "agreements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36))
    org_number: Mapped[str] = mapped_column(String(11))
    customer_name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    service_hours: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    first_live_on: Mapped[date | None] = mapped_column(Date)
    stabilised_on: Mapped[date | None] = mapped_column(Date)
    set_up_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgreementServiceRow(Base):
    """A service of an agreement; ``live_on`` is absent until it went live."""

    __tablename__ = "agreement_services"
    __table_args__ = (
        UniqueConstraint("agreement_id", "service"),
        Index("ix_agreement_services_org_number_service", "org_number", "service"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    service_area: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    live_on: Mapped[date | None] = mapped_column(Date)


class LevelRow(Base):
    """A service level as signed."""

    __tablename__ = "levels"
    __table_args__ = (
        UniqueConstraint("agreement_id", "service", "key"),
        Index("ix_levels_org_number", "org_number"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    target_minutes: Mapped[dict[str, int]] = mapped_column(JSONDocument)
    required_share_percent: Mapped[Decimal] = mapped_column(Percent)


class ReadingRow(Base):
    """A measured share of one level in one month, as its source reported it."""

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index("ix_readings_agreement_id_service_period", "agreement_id", "service", "period"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    source_id: Mapped[str] = mapped_column(String(200))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(7))
    good: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PeriodRow(Base):
    """A closed month of one service of an agreement."""

    __tablename__ = "periods"
    __table_args__ = (
        UniqueConstraint("agreement_id", "service", "period"),
        Index("ix_periods_org_number", "org_number"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(7))
    whole_month: Mapped[bool] = mapped_column(Boolean)
    met: Mapped[bool] = mapped_column(Boolean)
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PeriodResultRow(Base):
    """How one level came out in a closed month; ``position`` keeps the signed order."""

    __tablename__ = "period_results"
    __table_args__ = (UniqueConstraint("period_id", "level_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("periods.id"))
    level_id: Mapped[str] = mapped_column(ForeignKey("levels.id"))
    position: Mapped[int] = mapped_column(Integer)
    level: Mapped[str] = mapped_column(String(80))
    required_share_percent: Mapped[Decimal] = mapped_column(Percent)
    outcome_percent: Mapped[Decimal | None] = mapped_column(Percent)
    measured: Mapped[int] = mapped_column(Integer)
    met: Mapped[bool] = mapped_column(Boolean)


class MatterRow(Base):
    """A matter.

    ``status`` and ``resolved_at`` repeat what its log says, for searching; clocks are
    never stored.
    """

    __tablename__ = "matters"
    __table_args__ = (
        Index("ix_matters_org_number_id", "org_number", "id"),
        Index("ix_matters_agreement_id_service_raised_at", "agreement_id", "service", "raised_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org_number: Mapped[str] = mapped_column(String(11))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    service: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(30))
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MatterLogRow(Base):
    """One entry of a matter's log."""

    __tablename__ = "matter_log"
    __table_args__ = (UniqueConstraint("matter_id", "sequence"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    event: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    party: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)


class BreachRow(Base):
    """A matter that passed a level's target, once per matter and level."""

    __tablename__ = "breaches"
    __table_args__ = (
        UniqueConstraint("matter_id", "level_id"),
        Index("ix_breaches_agreement_id", "agreement_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"))
    level_id: Mapped[str] = mapped_column(ForeignKey("levels.id"))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    priority: Mapped[str] = mapped_column(String(20))
    target_minutes: Mapped[int] = mapped_column(Integer)
    breached_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ForumRow(Base):
    """A forum of an agreement's collaboration model."""

    __tablename__ = "forums"
    __table_args__ = (
        UniqueConstraint("agreement_id", "key"),
        Index("ix_forums_org_number", "org_number"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    key: Mapped[str] = mapped_column(String(80))
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
