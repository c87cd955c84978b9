"""The centre's own prices: of services that no tariff prices, and of one agency's own items."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, SLUG, Base
from services.chassis.columns import UTCDateTime

SERIES = String(350)
"""Service, unit and whose it is (``*`` for all agencies), and more where it stands beside the
tariff, with strokes between."""


class OwnPriceRow(Base):
    """A version of an own price; it never changes. Without an amount it is a withdrawal."""

    __tablename__ = "own_prices"
    __table_args__ = (UniqueConstraint("series", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    series: Mapped[str] = mapped_column(SERIES)
    number: Mapped[int] = mapped_column(Integer)
    service: Mapped[str] = mapped_column(SLUG, index=True)
    service_area: Mapped[str] = mapped_column(SLUG)
    unit: Mapped[str] = mapped_column(SLUG)
    org_number: Mapped[str | None] = mapped_column(ORG_NUMBER)
    case_id: Mapped[str | None] = mapped_column(FOREIGN_ID)
    beside_tariff: Mapped[bool] = mapped_column(Boolean)
    instead_of: Mapped[str | None] = mapped_column(SLUG)
    amount_ore: Mapped[int | None] = mapped_column(BigInteger)
    vat_percent: Mapped[str | None] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    cost_basis: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    replaces: Mapped[int | None] = mapped_column(Integer)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
