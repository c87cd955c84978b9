"""Exit cases in tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class ExitRow(Base):
    """A customer's way out. ``version`` counts its changes; two at once cannot both win."""

    __tablename__ = "exits"
    __table_args__ = (Index(None, "org_number"), Index(None, "phase"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    agreement_id: Mapped[str] = mapped_column(String(36))
    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))
    customer_name: Mapped[str] = mapped_column(String(200))
    notice_by: Mapped[str] = mapped_column(String(10))
    notice_given_on: Mapped[date] = mapped_column(Date)
    signed_by: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    ends_agreement: Mapped[bool] = mapped_column(Boolean)
    phase: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    phase_entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    comment_until: Mapped[date] = mapped_column(Date)
    effects: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    settlement_requested_on: Mapped[date | None] = mapped_column(Date)
    settlement: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    withdrawn_because: Mapped[str | None] = mapped_column(Text)
    archive: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    archive_hash: Mapped[str | None] = mapped_column(String(64))


class ExitServiceRow(Base):
    """A service that ends. ``open_key`` is unique while the exit is open, then null."""

    __tablename__ = "exit_services"

    exit_id: Mapped[str] = mapped_column(ForeignKey("exits.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    last_day: Mapped[date] = mapped_column(Date)
    open_key: Mapped[str | None] = mapped_column(String(120), unique=True)


class ExitTaskRow(Base):
    """A task of the handover or the closing."""

    __tablename__ = "exit_tasks"

    exit_id: Mapped[str] = mapped_column(ForeignKey("exits.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    name_sv: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(Date)


class ExitTaskStatementRow(Base):
    """What a party says of a task, with its evidence."""

    __tablename__ = "exit_task_statements"

    exit_id: Mapped[str] = mapped_column(ForeignKey("exits.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    done: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(String(36))
    stated_by: Mapped[str] = mapped_column(String(200))
    stated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ExitDeliveryRow(Base):
    """A data set as the centre delivered it, and what its receiver found; never edited."""

    __tablename__ = "exit_deliveries"
    __table_args__ = (Index(None, "exit_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    exit_id: Mapped[str] = mapped_column(ForeignKey("exits.id"))
    service: Mapped[str] = mapped_column(String(80))
    dataset: Mapped[str] = mapped_column(String(80))
    record_count: Mapped[int] = mapped_column(BigInteger)
    sum_ore: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    delivered_on: Mapped[date] = mapped_column(Date)
    received_count: Mapped[int | None] = mapped_column(BigInteger)
    received_sum_ore: Mapped[int | None] = mapped_column(BigInteger)
    received_sha256: Mapped[str | None] = mapped_column(String(64))
    received_by: Mapped[str | None] = mapped_column(String(200))
    received_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ExitCommentRow(Base):
    """What a customer that stays says of an exit, and the centre's answer."""

    __tablename__ = "exit_comments"
    __table_args__ = (Index(None, "exit_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    exit_id: Mapped[str] = mapped_column(ForeignKey("exits.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    name: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    commented_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ExitCostRow(Base):
    """What the exit itself costs, for the one who leaves to pay; a correction is negative."""

    __tablename__ = "exit_costs"
    __table_args__ = (Index(None, "exit_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    exit_id: Mapped[str] = mapped_column(ForeignKey("exits.id"))
    incurred_on: Mapped[date] = mapped_column(Date)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(String(200))
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ExitTimelineRow(Base):
    """One thing that happened in an exit, as a sentence."""

    __tablename__ = "exit_timeline"
    __table_args__ = (Index(None, "exit_id", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    exit_id: Mapped[str] = mapped_column(ForeignKey("exits.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    who: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))
    sentence: Mapped[str] = mapped_column(Text)
