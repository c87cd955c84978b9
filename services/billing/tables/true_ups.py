"""True-ups and final settlements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, PERIOD, RANK, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime


class TrueUpRow(Base):
    """A booked true-up; its difference is a line on the next invoice.

    ``occasion`` is ``agreed-day`` for those of the agreement's days, else the settlement.
    ``carried`` are the service areas whose difference was left to the next true-up.
    """

    __tablename__ = "true_ups"
    __table_args__ = (UniqueConstraint("subscription_id", "settled_on", "occasion"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    settled_on: Mapped[date] = mapped_column(Date)
    occasion: Mapped[str] = mapped_column(ID)
    first_period: Mapped[str] = mapped_column(PERIOD)
    through: Mapped[str] = mapped_column(PERIOD)
    difference_ore: Mapped[int] = mapped_column(BigInteger)
    contact_areas: Mapped[list[str]] = mapped_column(JSONDocument)
    carried: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    invoice_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TrueUpMonthRow(Base):
    """What a true-up booked for one service and month, with the steps of its reckoning.

    What is actual less what is charged is the sum of the four causes.
    """

    __tablename__ = "true_up_months"
    __table_args__ = (UniqueConstraint("true_up_id", "service", "period"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    true_up_id: Mapped[str] = mapped_column(ForeignKey("true_ups.id"))
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    service: Mapped[str] = mapped_column(SLUG)
    service_area: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    charged_ore: Mapped[int] = mapped_column(BigInteger)
    actual_ore: Mapped[int] = mapped_column(BigInteger)
    by_volume_ore: Mapped[int] = mapped_column(BigInteger)
    by_cost_ore: Mapped[int] = mapped_column(BigInteger)
    by_tariff_ore: Mapped[int] = mapped_column(BigInteger)
    by_membership_ore: Mapped[int] = mapped_column(BigInteger)
    late: Mapped[bool] = mapped_column(Boolean)
    steps: Mapped[list[str]] = mapped_column(JSONDocument)


class TrueUpTermsRow(Base):
    """When and how a subscription is trued up from a day on; it never changes.

    ``days`` are month and day as ``04-30``; none: those of the signed agreement.
    """

    __tablename__ = "true_up_terms"
    __table_args__ = (UniqueConstraint("subscription_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    number: Mapped[int] = mapped_column(Integer)
    holds_from: Mapped[date] = mapped_column(Date)
    days: Mapped[list[str]] = mapped_column(JSONDocument)
    materiality_ore: Mapped[int] = mapped_column(BigInteger)
    settles_at: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ActualPriceRow(Base):
    """What one of a unit of a service turned out to cost in a month; the newest counts."""

    __tablename__ = "actual_prices"
    __table_args__ = (UniqueConstraint("service", "unit", "period", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    service: Mapped[str] = mapped_column(SLUG)
    unit: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    number: Mapped[int] = mapped_column(Integer)
    # A decimal as text: SQLite would keep it as a float.
    amount_ore: Mapped[str] = mapped_column(String(40))
    cost_basis: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FinalSettlementRow(Base):
    """A final settlement that an exit asked for, and what it came to once it was made.

    ``services`` holds service and last day; ``due_on`` is the day it is made on.
    """

    __tablename__ = "final_settlements"

    exit_id: Mapped[str] = mapped_column(FOREIGN_ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    services: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    exit_costs_ore: Mapped[int] = mapped_column(BigInteger)
    rank: Mapped[str] = mapped_column(RANK)
    due_on: Mapped[date] = mapped_column(Date)
    settlement_id: Mapped[str | None] = mapped_column(ID)
    settled_on: Mapped[date | None] = mapped_column(Date)
    charged_ore: Mapped[int | None] = mapped_column(BigInteger)
    actual_ore: Mapped[int | None] = mapped_column(BigInteger)
    credits_ore: Mapped[int | None] = mapped_column(BigInteger)
    difference_ore: Mapped[int | None] = mapped_column(BigInteger)
    invoice_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
