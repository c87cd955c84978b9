"""How many worked for which service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, PERIOD, SLUG, Base
from services.chassis.columns import UTCDateTime


class FullTimeEquivalentRow(Base):
    """Full-time equivalents of a service in a month, in hundredths; only added to.

    Known once by its source's name. ``corrects`` is the source's name of an earlier one that
    this one takes the place of; no two take the place of the same.
    """

    __tablename__ = "full_time_equivalents"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        UniqueConstraint("source", "corrects"),
        Index(None, "period", "service"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(SLUG)
    source_id: Mapped[str] = mapped_column(SLUG)
    service: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    hundredths: Mapped[int] = mapped_column(Integer)
    corrects: Mapped[str | None] = mapped_column(SLUG)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
