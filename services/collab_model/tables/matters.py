"""Matters, their logs and breaches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import UTCDateTime
from services.collab_model.tables.base import Base


class MatterRow(Base):
    """A matter.

    Everything from ``version`` on but its texts repeats what its log says as known now, for
    searching; clocks are never stored. ``version`` is that of the agreement when the matter
    was raised, or moved to its service: its targets stay the matter's. ``ended_at`` is when it
    was resolved or cancelled.
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
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MatterLogRow(Base):
    """One line of a matter's log.

    ``at`` is when it happened, ``recorded_at`` when it became known. ``corrects`` is the line
    that it replaces, or takes back when it is ``withdrawn``.
    """

    __tablename__ = "matter_log"
    __table_args__ = (
        UniqueConstraint("matter_id", "sequence"),
        Index("ix_matter_log_service_matter_id", "service", "matter_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    event: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    party: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    service: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int | None] = mapped_column(Integer)
    priority: Mapped[str | None] = mapped_column(String(20))
    counterpart: Mapped[str | None] = mapped_column(String(80))
    corrects: Mapped[int | None] = mapped_column(Integer)
    withdrawn: Mapped[bool] = mapped_column(Boolean)


class BreachRow(Base):
    """A round of a clock in which a matter passed a level's target.

    A breach that turned out not to be one is withdrawn, not removed; ``number`` counts the
    times that the round was breached anew after that.
    """

    __tablename__ = "breaches"
    __table_args__ = (
        UniqueConstraint("matter_id", "clock", "round", "number"),
        Index("ix_breaches_agreement_id", "agreement_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"))
    level_id: Mapped[str] = mapped_column(ForeignKey("levels.id"))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    service: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(80))
    clock: Mapped[str] = mapped_column(String(120))
    round: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    priority: Mapped[str] = mapped_column(String(20))
    target_minutes: Mapped[int] = mapped_column(Integer)
    breached_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
