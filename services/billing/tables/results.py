"""What service areas brought in from before; the database lets nobody change or remove it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, SLUG, Base
from services.chassis.columns import UTCDateTime


class ResultOpeningRow(Base):
    """A surplus (above nought) or deficit that an area brought in on a day, by category.

    Of an area, category and day the highest number holds; each but the first names the one
    that it corrects.
    """

    __tablename__ = "result_openings"
    __table_args__ = (UniqueConstraint("service_area", "category", "as_of", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    service_area: Mapped[str] = mapped_column(SLUG)
    category: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[date] = mapped_column(Date)
    number: Mapped[int] = mapped_column(Integer)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    corrects: Mapped[str | None] = mapped_column(ForeignKey("result_openings.id"), unique=True)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
