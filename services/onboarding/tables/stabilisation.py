"""What collab_model tells of a service in operation, in tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class ClosedPeriodRow(Base):
    """A month of a service as collab_model closed or corrected it; the highest revision counts."""

    __tablename__ = "closed_periods"

    agreement_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    whole_month: Mapped[bool] = mapped_column(Boolean)
    met: Mapped[bool] = mapped_column(Boolean)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MatterRow(Base):
    """A matter as far as a case needs to know; either end may arrive first.

    ``status_rank`` is that of the event that told ``status``; null while only its raising did.
    """

    __tablename__ = "matters"
    __table_args__ = (Index(None, "agreement_id"),)

    matter_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(36))
    service: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str | None] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(10))
    raised_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(30))
    status_rank: Mapped[str | None] = mapped_column(String(120))
