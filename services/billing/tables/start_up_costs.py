"""Start-up costs, apart from operations (DOMAIN.md section 1, lesson 5)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ORG_NUMBER, SLUG, Base
from services.chassis.columns import UTCDateTime


class StartUpCostRow(Base):
    """Time or a purchase spent on a case; a correction is a row of its own. Only added to."""

    __tablename__ = "start_up_costs"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "org_number"),
        Index(None, "incurred_on"),
    )

    id: Mapped[str] = mapped_column(FOREIGN_ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(FOREIGN_ID)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    service: Mapped[str] = mapped_column(SLUG)
    service_area: Mapped[str] = mapped_column(SLUG)
    kind: Mapped[str] = mapped_column(String(20))
    incurred_on: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int] = mapped_column(Integer)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    corrects: Mapped[str | None] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
