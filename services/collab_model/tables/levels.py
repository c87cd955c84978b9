"""Service levels, readings and closed months."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import Base, Percent


class LevelRow(Base):
    """A service level as a version has it.

    ``measure`` holds what the kinds other than times need: deliveries, planned stops.
    """

    __tablename__ = "levels"
    __table_args__ = (
        Unique("agreement_id", "version", "service", "key"),
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
    measure: Mapped[dict[str, Any]] = mapped_column(JSONDocument)


class ReadingRow(Base):
    """What a source measured of one level in one month, as it reported it.

    ``good`` of ``total`` is the share, or the points of a survey; ``content`` holds stops,
    deliveries and grades as they came. A reading that another ``replaces`` does not count.
    """

    __tablename__ = "readings"
    __table_args__ = (
        Unique("source", "source_id"),
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
    good: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    replaces: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PeriodRow(Base):
    """A closed month of one service of an agreement, or a correction of it.

    ``revision`` is 1 for the closing; a correction is a row of its own with its reason.
    ``version`` is that of the agreement whose levels measured the month, absent for what was
    closed before it was kept.
    """

    __tablename__ = "periods"
    __table_args__ = (
        Unique("agreement_id", "service", "period", "revision"),
        Index("ix_periods_org_number", "org_number"),
        Index("ix_periods_period", "period"),
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
    version: Mapped[int | None] = mapped_column(Integer)
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PeriodResultRow(Base):
    """How one level came out in a closed month; ``position`` keeps the signed order.

    ``good``, ``total`` and ``excluded`` are absent for what was closed before they were kept.
    """

    __tablename__ = "period_results"
    __table_args__ = (Unique("period_id", "level_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("periods.id"))
    level_id: Mapped[str] = mapped_column(ForeignKey("levels.id"))
    position: Mapped[int] = mapped_column(Integer)
    level: Mapped[str] = mapped_column(String(80))
    required_share_percent: Mapped[Decimal] = mapped_column(Percent)
    outcome_percent: Mapped[Decimal | None] = mapped_column(Percent)
    measured: Mapped[int] = mapped_column(Integer)
    met: Mapped[bool] = mapped_column(Boolean)
    good: Mapped[int | None] = mapped_column(BigInteger)
    total: Mapped[int | None] = mapped_column(BigInteger)
    excluded: Mapped[int | None] = mapped_column(BigInteger)


class ResultPartRow(Base):
    """A part of a level's result: what one team did, and what failed for one cause.

    The parts of a result sum to it. ``cause`` is empty for what was good; ``failed`` of
    ``total`` failed.
    """

    __tablename__ = "result_parts"
    __table_args__ = (Unique("result_id", "team", "cause"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    result_id: Mapped[str] = mapped_column(ForeignKey("period_results.id"))
    period_id: Mapped[str] = mapped_column(ForeignKey("periods.id"), index=True)
    team: Mapped[str] = mapped_column(String(80))
    cause: Mapped[str] = mapped_column(String(80))
    failed: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
