"""Time and purchases spent on cases, in a table."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import UTCDateTime
from services.onboarding.tables.base import Base


class StartUpCostRow(Base):
    """One entry of start-up cost; never edited. ``corrects`` names the one it takes back."""

    __tablename__ = "start_up_costs"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    service: Mapped[str] = mapped_column(String(80))
    service_area: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    incurred_on: Mapped[date] = mapped_column(Date)
    role: Mapped[str | None] = mapped_column(String(80))
    minutes: Mapped[int] = mapped_column(Integer)
    hourly_rate_ore: Mapped[int | None] = mapped_column(BigInteger)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
    corrects: Mapped[str | None] = mapped_column(String(36), unique=True)
    registered_by: Mapped[str] = mapped_column(String(200))
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
