"""Service levels, readings and closed months."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import Base, Percent


class LevelRow(Base):
    """A service level as a version has it."""

    __tablename__ = "levels"
    __table_args__ = (
        UniqueConstraint("agreement_id", "version", "service", "key"),
        Index("ix_levels_org_number", "org_number"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    version: Mapped[int] = mapped_column(Integer)
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
    """A closed month of one service of an agreement, or a correction of it.

    ``revision`` is 1 for the closing; a correction is a row of its own with its reason.
    """

    __tablename__ = "periods"
    __table_args__ = (
        UniqueConstraint("agreement_id", "service", "period", "revision"),
        Index("ix_periods_org_number", "org_number"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(7))
    revision: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
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
