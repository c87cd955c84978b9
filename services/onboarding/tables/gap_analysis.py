"""Comparisons, the decisions on their gaps and the negotiation before them in tables."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import UTCDateTime
from services.onboarding.tables.base import Base


class ComparisonRow(Base):
    """An activity held against the customer's way.

    ``catalogue_version`` is the one it was compared with. ``fell_away_at`` is set when the
    case moved to a version that no longer has the activity; the row then counts no more.
    """

    __tablename__ = "comparisons"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    activity: Mapped[str] = mapped_column(String(80), primary_key=True)
    customer_way: Mapped[str] = mapped_column(Text)
    gap: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[str | None] = mapped_column(String(30))
    size: Mapped[str | None] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer)
    catalogue_version: Mapped[str] = mapped_column(String(10))
    fell_away_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fell_away_with: Mapped[str | None] = mapped_column(String(10))


class GapDecisionRow(Base):
    """A decision on a gap. It stands until ``superseded_at`` is set; it is never changed.

    ``recorded_by`` is the party through which it was recorded; null where that is not known.
    """

    __tablename__ = "gap_decisions"
    __table_args__ = (
        Index(None, "case_id", "service", "activity"),
        Index(None, "service", "activity"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str] = mapped_column(String(80))
    activity: Mapped[str] = mapped_column(String(80))
    comparison_version: Mapped[int] = mapped_column(Integer)
    resolution: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text)
    effort_hours: Mapped[int | None] = mapped_column(Integer)
    price_ore: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[str | None] = mapped_column(String(10))
    superseded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    superseded_because: Mapped[str | None] = mapped_column(String(20))


class NegotiationEntryRow(Base):
    """What a party proposed or answered about a gap; entries are added and never changed."""

    __tablename__ = "negotiation_entries"
    __table_args__ = (Index(None, "case_id", "service", "activity"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str] = mapped_column(String(80))
    activity: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    side: Mapped[str] = mapped_column(String(10))
    who: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    proposes: Mapped[str | None] = mapped_column(String(30))
    effort_hours: Mapped[int | None] = mapped_column(Integer)
    price_ore: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[date | None] = mapped_column(Date)
    answers: Mapped[str | None] = mapped_column(ForeignKey("negotiation_entries.id"))
    accepts: Mapped[bool | None] = mapped_column(Boolean)
