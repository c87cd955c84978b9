"""Who works on a case, in tables."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.onboarding.tables.base import Base


class StaffMemberRow(Base):
    """Somebody who works on a case on one side, in a role, with a deputy.

    ``role_key`` names the role in ``data/staffing.yaml``; null for a role of the parties' own.
    """

    __tablename__ = "staff_members"
    __table_args__ = (Index(None, "role_key", "name"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    role: Mapped[str] = mapped_column(String(200))
    role_key: Mapped[str | None] = mapped_column(String(80))
    service_area: Mapped[str | None] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    deputy: Mapped[str | None] = mapped_column(String(200))
    deputy_from: Mapped[date | None] = mapped_column(Date)
    deputy_until: Mapped[date | None] = mapped_column(Date)
