"""Time plans, their tasks and the forecasts made from them, in tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class TimePlanRow(Base):
    """The frame of a case's time plan, and by what its tasks were laid out.

    ``complexity`` and ``template_version`` are null until the tasks are laid out.
    """

    __tablename__ = "time_plans"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date)
    go_live_on: Mapped[date] = mapped_column(Date)
    reason_if_short: Mapped[str | None] = mapped_column(Text)
    complexity: Mapped[str | None] = mapped_column(String(20))
    template_version: Mapped[str | None] = mapped_column(String(20))


class PlanTaskRow(Base):
    """A task of a case's plan, its dates, and what is reported of it.

    ``reported_by`` is a party, or ``gate`` where the case's entering a phase settled it.
    """

    __tablename__ = "time_plan_tasks"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    phase: Mapped[str] = mapped_column(String(30))
    workstream: Mapped[str | None] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(10))
    service: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    name_sv: Mapped[str] = mapped_column(String(200))
    days: Mapped[int] = mapped_column(Integer)
    hours: Mapped[dict[str, int]] = mapped_column(JSONDocument)
    after: Mapped[list[str]] = mapped_column(JSONDocument)
    planned_start: Mapped[date] = mapped_column(Date)
    planned_finish: Mapped[date] = mapped_column(Date)
    latest_finish: Mapped[date] = mapped_column(Date)
    float_days: Mapped[int] = mapped_column(Integer)
    critical: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(10))
    started_on: Mapped[date | None] = mapped_column(Date)
    finished_on: Mapped[date | None] = mapped_column(Date)
    evidence: Mapped[str | None] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(String(36))
    reason: Mapped[str | None] = mapped_column(Text)
    reported_by: Mapped[str | None] = mapped_column(String(10))
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PhaseTakenRow(Base):
    """How long a case was in a phase it has left, beside what was planned, in working days."""

    __tablename__ = "phases_taken"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(30), primary_key=True)
    planned_days: Mapped[int] = mapped_column(Integer)
    actual_days: Mapped[int] = mapped_column(Integer)
    left_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ForecastRow(Base):
    """A forecast as it was made; ``latest`` marks the one in force of each case.

    ``inputs`` is all it was made from, ``causes`` why it moved since the one before.
    """

    __tablename__ = "forecasts"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "latest"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    latest: Mapped[bool] = mapped_column(Boolean)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    live_p10: Mapped[date] = mapped_column(Date)
    live_p50: Mapped[date] = mapped_column(Date)
    live_p90: Mapped[date] = mapped_column(Date)
    stable_p10: Mapped[date] = mapped_column(Date)
    stable_p50: Mapped[date] = mapped_column(Date)
    stable_p90: Mapped[date] = mapped_column(Date)
    points: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    complexity: Mapped[str] = mapped_column(String(20))
    moved_working_days: Mapped[int] = mapped_column(Integer)
    causes: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
