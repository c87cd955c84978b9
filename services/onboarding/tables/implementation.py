"""What phase 4 gathers, in tables."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import UTCDateTime
from services.onboarding.tables.base import Base


class ReadinessRow(Base):
    """What a party says of one readiness item."""

    __tablename__ = "readiness"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    ready: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReconciliationRow(Base):
    """A migrated batch counted and summed at its source and at its target."""

    __tablename__ = "reconciliations"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    batch: Mapped[str] = mapped_column(String(80), primary_key=True)
    source_count: Mapped[int] = mapped_column(BigInteger)
    target_count: Mapped[int] = mapped_column(BigInteger)
    source_sum_ore: Mapped[int] = mapped_column(BigInteger)
    target_sum_ore: Mapped[int] = mapped_column(BigInteger)
    explanation: Mapped[str | None] = mapped_column(Text)
    reconciled_at: Mapped[datetime] = mapped_column(UTCDateTime)


class GoDecisionRow(Base):
    """A party's go or no-go; the latest of each party counts."""

    __tablename__ = "go_decisions"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    party: Mapped[str] = mapped_column(String(10))
    decision: Mapped[str] = mapped_column(String(10))
    go_live_on: Mapped[date] = mapped_column(Date)
    mandate: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
