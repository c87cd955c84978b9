"""Reported volumes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import ID, ORG_NUMBER, PERIOD, SLUG, Base
from services.chassis.columns import UTCDateTime


class VolumeRow(Base):
    """A reported volume, as reported; ``reason`` says why one was set aside."""

    __tablename__ = "volumes"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index(None, "org_number", "service", "period"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    source_id: Mapped[str] = mapped_column(String(200))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    service: Mapped[str] = mapped_column(SLUG)
    unit: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD, index=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(Boolean)
    subscription_id: Mapped[str | None] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
