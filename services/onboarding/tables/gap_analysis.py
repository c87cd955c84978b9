"""Comparisons and their decisions in tables."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import UTCDateTime
from services.onboarding.tables.base import Base


class ComparisonRow(Base):
    """An activity held against the customer's way, with the decision on its gap."""

    __tablename__ = "comparisons"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    activity: Mapped[str] = mapped_column(String(80), primary_key=True)
    customer_way: Mapped[str] = mapped_column(Text)
    gap: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[str | None] = mapped_column(String(30))
    size: Mapped[str | None] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str | None] = mapped_column(String(30))
    reason: Mapped[str | None] = mapped_column(Text)
    effort_hours: Mapped[int | None] = mapped_column(Integer)
    price_ore: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    mandate: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
