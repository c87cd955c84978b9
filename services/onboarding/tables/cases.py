"""Cases and their timeline in tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class CaseRow(Base):
    """An onboarding case. ``version`` counts its changes; two at once cannot both win.

    ``paused_on`` and ``expected_resume_on`` are set while the case is paused, ``ended_at``
    when it is withdrawn or completed; ``status_reason`` says why it is as it is.
    ``days_paused`` is what the phase it is in has stood still. ``catalogue_version`` is the
    version of the catalogue that the case is bound to.
    """

    __tablename__ = "cases"
    __table_args__ = (Index(None, "org_number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))
    phase: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    phase_entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(10))
    status_reason: Mapped[str | None] = mapped_column(Text)
    paused_on: Mapped[date | None] = mapped_column(Date)
    expected_resume_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    days_paused: Mapped[int] = mapped_column(Integer)
    reopened: Mapped[dict[str, str]] = mapped_column(JSONDocument)
    catalogue_version: Mapped[str] = mapped_column(String(10))


class CaseServiceRow(Base):
    """A service within a case. ``open_key`` is unique while the case is open, then null."""

    __tablename__ = "case_services"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    open_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    live_on: Mapped[date | None] = mapped_column(Date)


class TimelineRow(Base):
    """One thing that happened in a case, as a sentence.

    ``phase`` is the one the case was in; ``refs`` lead to what it is about.
    """

    __tablename__ = "timeline"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    who: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))
    sentence: Mapped[str] = mapped_column(Text)
    phase: Mapped[str] = mapped_column(String(30))
    refs: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
