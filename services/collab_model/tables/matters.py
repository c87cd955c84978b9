"""Matters, their logs and breaches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import UTCDateTime
from services.collab_model.tables.base import Base


class MatterRow(Base):
    """A matter.

    ``status`` and ``resolved_at`` repeat what its log says, for searching; clocks are
    never stored. ``version`` is that of the agreement when the matter was raised: its
    targets and service hours stay the matter's.
    """

    __tablename__ = "matters"
    __table_args__ = (
        Index("ix_matters_org_number_id", "org_number", "id"),
        Index("ix_matters_agreement_id_service_raised_at", "agreement_id", "service", "raised_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org_number: Mapped[str] = mapped_column(String(11))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    version: Mapped[int] = mapped_column(Integer)
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
