"""What indicators need that no other service tells."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, Base
from services.chassis.columns import JSONDocument, UTCDateTime


class PreparednessListRow(Base):
    """Which agencies are preparedness agencies from a day on; only added to.

    The list with the latest day holds; of two from one day the one with the highest number.
    """

    __tablename__ = "preparedness_lists"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    holds_from: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    org_numbers: Mapped[list[str]] = mapped_column(JSONDocument)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
