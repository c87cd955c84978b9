"""Agencies in tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import UTCDateTime
from services.onboarding.tables.base import Base


class AgencyRow(Base):
    """An agency, under the organisation number that outlives its name."""

    __tablename__ = "agencies"

    org_number: Mapped[str] = mapped_column(String(11), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    headcount: Mapped[int] = mapped_column(Integer)
    part_of_state: Mapped[bool] = mapped_column(Boolean)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
