"""Closed months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, PERIOD, Base
from services.chassis.columns import JSONDocument, UTCDateTime


class BillingPeriodRow(Base):
    """A month that finance has closed, and what had come for it by then."""

    __tablename__ = "billing_periods"

    period: Mapped[str] = mapped_column(PERIOD, primary_key=True)
    closed_by: Mapped[str] = mapped_column(FOREIGN_ID)
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted: Mapped[int]
    set_aside: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
