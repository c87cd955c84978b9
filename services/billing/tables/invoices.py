"""Invoices, what they charge, and credits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import ID, ORG_NUMBER, PERIOD, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime


class InvoiceCounterRow(Base):
    """The last invoice number given out in a calendar year; locked while one is taken."""

    __tablename__ = "invoice_counters"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


class InvoiceRow(Base):
    """An issued invoice; it never changes.

    ``occasion`` is ``month`` for a month's own invoice, else the settlement that it closes.
    """

    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("subscription_id", "period", "occasion"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    customer_name: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(PERIOD)
    occasion: Mapped[str] = mapped_column(ID)
    issued_on: Mapped[date] = mapped_column(Date)
    total_ore: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class InvoiceLineRow(Base):
    """A line of an invoice; one of a shared cost names the booked sharing and the party."""

    __tablename__ = "invoice_lines"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    invoice_id: Mapped[str] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    text: Mapped[str] = mapped_column(Text)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    cost_sharing_id: Mapped[str | None] = mapped_column(ForeignKey("cost_sharings.id"))
    party: Mapped[str | None] = mapped_column(SLUG)


class InstalmentRow(Base):
    """An instalment that was invoiced, or its correction; a month's rows sum to its charge."""

    __tablename__ = "instalments"
    __table_args__ = (UniqueConstraint("subscription_id", "service", "period", "invoice_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    service: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[str] = mapped_column(ForeignKey("invoices.id"))


class CostShareInstalmentRow(Base):
    """What of a booked cost share is to be invoiced in a month; an invoice carries it once."""

    __tablename__ = "cost_share_instalments"
    __table_args__ = (
        UniqueConstraint("share_id", "period"),
        Index(None, "org_number", "period"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    share_id: Mapped[str] = mapped_column(ForeignKey("cost_shares.id"))
    sharing_id: Mapped[str] = mapped_column(ForeignKey("cost_sharings.id"))
    arrangement: Mapped[str] = mapped_column(SLUG)
    party: Mapped[str] = mapped_column(SLUG)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    line: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"))


class ClosedMonthRow(Base):
    """How the levels of a service came out in a closed month, as it was corrected last.

    ``excluded_breaches`` give no credit, by their causes.
    """

    __tablename__ = "closed_months"
    __table_args__ = (UniqueConstraint("subscription_id", "service", "period"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    service: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    revision: Mapped[int] = mapped_column(Integer)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    excluded_breaches: Mapped[list[str]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CreditRow(Base):
    """A breach of a service level and the credit it gives; invoiced once.

    One that turned out not to be a breach is withdrawn, and what it gave is taken back.
    """

    __tablename__ = "credits"
    __table_args__ = (Index(None, "subscription_id", "service", "period"),)

    breach_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    service: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    level: Mapped[str] = mapped_column(SLUG)
    matter_id: Mapped[str] = mapped_column(String(80))
    breached_at: Mapped[datetime] = mapped_column(UTCDateTime)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    explanation: Mapped[str] = mapped_column(Text)
    invoice_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
