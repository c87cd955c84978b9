"""Calendars in versions, what agreements are bound to, and days set by themselves.

All of it is only ever added to: each row holds for days, and is known from ``recorded_at``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import Base


class CalendarRow(Base):
    """A calendar that agreements can be bound to; what it says stands in its versions."""

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CalendarVersionRow(Base):
    """What a calendar says from a day on, or for a stretch of days, since it is known."""

    __tablename__ = "calendar_versions"
    __table_args__ = (UniqueConstraint("calendar_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    calendar_id: Mapped[str] = mapped_column(ForeignKey("calendars.id"))
    number: Mapped[int] = mapped_column(Integer)
    holds_from: Mapped[date] = mapped_column(Date)
    holds_until: Mapped[date | None] = mapped_column(Date)
    content: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CalendarBindingRow(Base):
    """Which calendar an agreement goes by for days; without one, by its signed hours."""

    __tablename__ = "calendar_bindings"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int] = mapped_column(Integer)
    calendar_id: Mapped[str | None] = mapped_column(ForeignKey("calendars.id"), index=True)
    holds_from: Mapped[date] = mapped_column(Date)
    holds_until: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CalendarOverrideRow(Base):
    """The hours of one date for one agreement; the one recorded last counts.

    A withdrawn one takes back those before it.
    """

    __tablename__ = "calendar_overrides"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int] = mapped_column(Integer)
    day: Mapped[date] = mapped_column(Date)
    hours: Mapped[list[dict[str, str]]] = mapped_column(JSONDocument)
    withdrawn: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
