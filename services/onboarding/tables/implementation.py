"""What phase 4 gathers, in tables."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class ReadinessRow(Base):
    """What a party says of one readiness item; ``service`` is empty for the whole case."""

    __tablename__ = "readiness_statements"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    ready: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(String(36))
    stated_by: Mapped[str] = mapped_column(String(200))
    stated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReconciliationRow(Base):
    """One run of a migrated batch, counted and summed at its source and at its target.

    Runs are never edited; only the approval of an explanation is added.
    """

    __tablename__ = "reconciliation_runs"
    __table_args__ = (UniqueConstraint("case_id", "service", "batch", "run"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str] = mapped_column(String(80))
    batch: Mapped[str] = mapped_column(String(80))
    run: Mapped[int] = mapped_column(Integer)
    source_count: Mapped[int] = mapped_column(BigInteger)
    target_count: Mapped[int] = mapped_column(BigInteger)
    source_sum_ore: Mapped[int] = mapped_column(BigInteger)
    target_sum_ore: Mapped[int] = mapped_column(BigInteger)
    count_tolerance: Mapped[int] = mapped_column(BigInteger)
    sum_tolerance_per_million: Mapped[int] = mapped_column(Integer)
    explanation: Mapped[str | None] = mapped_column(Text)
    reconciled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved: Mapped[bool | None] = mapped_column(Boolean)
    approval_note: Mapped[str | None] = mapped_column(Text)
    approval_by: Mapped[str | None] = mapped_column(String(200))
    approval_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ParallelRunRow(Base):
    """One calculation of a month in the old and the new system side by side."""

    __tablename__ = "parallel_runs"
    __table_args__ = (UniqueConstraint("case_id", "service", "period", "attempt"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(7))
    attempt: Mapped[int] = mapped_column(Integer)
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved: Mapped[bool | None] = mapped_column(Boolean)
    approval_note: Mapped[str | None] = mapped_column(Text)
    approval_by: Mapped[str | None] = mapped_column(String(200))
    approval_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ParallelRunLineRow(Base):
    """One kind of pay (löneart) within a parallel run."""

    __tablename__ = "parallel_run_lines"

    run_id: Mapped[str] = mapped_column(ForeignKey("parallel_runs.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    old_count: Mapped[int] = mapped_column(BigInteger)
    new_count: Mapped[int] = mapped_column(BigInteger)
    old_sum_ore: Mapped[int] = mapped_column(BigInteger)
    new_sum_ore: Mapped[int] = mapped_column(BigInteger)
    count_tolerance: Mapped[int] = mapped_column(BigInteger)
    sum_tolerance_ore: Mapped[int] = mapped_column(BigInteger)
    sum_tolerance_per_million: Mapped[int] = mapped_column(Integer)
    cause: Mapped[str | None] = mapped_column(String(20))
    explanation: Mapped[str | None] = mapped_column(Text)
    explained_by: Mapped[str | None] = mapped_column(String(10))
    explained_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TrainingNeedRow(Base):
    """How many people of a role have to be trained for a service."""

    __tablename__ = "training_needs"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    role: Mapped[str] = mapped_column(String(80), primary_key=True)
    to_be_trained: Mapped[int] = mapped_column(Integer)
    stated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CourseRow(Base):
    """A course for a role: planned, then held or cancelled."""

    __tablename__ = "courses"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    planned_on: Mapped[date] = mapped_column(Date)
    held_on: Mapped[date | None] = mapped_column(Date)
    trained: Mapped[int | None] = mapped_column(Integer)
    cancelled_because: Mapped[str | None] = mapped_column(Text)


class GoDecisionRow(Base):
    """A party's go or no-go, for one service or (``service`` null) all of the case.

    The latest of each party counts.
    """

    __tablename__ = "go_decisions"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str | None] = mapped_column(String(80))
    party: Mapped[str] = mapped_column(String(10))
    decision: Mapped[str] = mapped_column(String(10))
    go_live_on: Mapped[date] = mapped_column(Date)
    new_earliest_on: Mapped[date | None] = mapped_column(Date)
    mandate: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    consequences: Mapped[list[dict[str, str]]] = mapped_column(JSONDocument)
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RollBackRow(Base):
    """A service that was taken back after it had gone live."""

    __tablename__ = "roll_backs"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str] = mapped_column(String(80))
    live_on: Mapped[date] = mapped_column(Date)
    rolled_back_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))
    consequences: Mapped[list[dict[str, str]]] = mapped_column(JSONDocument)
    rolled_back_at: Mapped[datetime] = mapped_column(UTCDateTime)
