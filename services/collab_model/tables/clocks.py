"""What clocks follow beyond the signed agreement, and whom they warned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import Base


class ClockTermsRow(Base):
    """Rules of clocks, or levels beneath the customer's, as somebody set them; only added to.

    ``scope`` is a service for levels beneath, and for rules an agreement, or empty for all.
    Of several from one day the one that was recorded last holds.
    """

    __tablename__ = "clock_terms"
    __table_args__ = (Index("ix_clock_terms_kind_scope", "kind", "scope"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(80))
    holds_from: Mapped[date] = mapped_column(Date)
    document: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[str] = mapped_column(String(80))


class ClockWarningRow(Base):
    """A warning that a clock gave; one that is no longer true is withdrawn, not removed.

    ``percent`` is 100 for a breach. ``number`` counts the times that a warning was given
    anew after it had been withdrawn.
    """

    __tablename__ = "clock_warnings"
    __table_args__ = (
        UniqueConstraint("matter_id", "clock", "round", "percent", "number"),
        Index("ix_clock_warnings_org_number_id", "org_number", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    service: Mapped[str] = mapped_column(String(80))
    clock: Mapped[str] = mapped_column(String(120))
    beneath: Mapped[str] = mapped_column(String(10))
    level: Mapped[str] = mapped_column(String(80))
    round: Mapped[int] = mapped_column(Integer)
    percent: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    reached_at: Mapped[datetime] = mapped_column(UTCDateTime)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    is_withdrawn: Mapped[bool] = mapped_column(Boolean)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_because: Mapped[str] = mapped_column(Text)
