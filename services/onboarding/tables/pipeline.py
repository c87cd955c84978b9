"""The centre's capacity and the plans of the whole pipeline, in tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class CapacityRow(Base):
    """How many hours the centre's people in a role have for onboarding in a week."""

    __tablename__ = "pipeline_capacity"

    role: Mapped[str] = mapped_column(String(80), primary_key=True)
    monday: Mapped[date] = mapped_column(Date, primary_key=True)
    hours: Mapped[int] = mapped_column(Integer)


class PipelinePlanRow(Base):
    """A plan of the pipeline: asked for, computed by whoever claims it, kept.

    ``inputs`` are as things stood when it was asked for, so a plan that is computed again
    after a crash is the same plan. ``claimed_until`` is when somebody else may take over.
    """

    __tablename__ = "pipeline_plans"
    __table_args__ = (Index(None, "status"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    requested_by: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    computed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failure: Mapped[str | None] = mapped_column(Text)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
