"""Billing's tables. Amounts are whole öre, months are text as ``2026-03``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.database import JSONDocument, UTCDateTime
from services.chassis.tables import metadata_with_chassis_tables

ID = String(36)
ORG_NUMBER = String(11)
SLUG = String(80)
PERIOD = String(7)


class Base(DeclarativeBase):
    """Base of billing's tables; its metadata holds the chassis tables too."""

    metadata = metadata_with_chassis_tables()


class CustomerRow(Base):
    """A customer agency as onboarding last described it."""

    __tablename__ = "customers"

    org_number: Mapped[str] = mapped_column(ORG_NUMBER, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    headcount: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FeeIndicationRow(Base):
    """The answer given to a fee indication request; one per request, for good."""

    __tablename__ = "fee_indications"

    request_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    event_type: Mapped[str] = mapped_column(String(120))
    answer: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SubscriptionRow(Base):
    """What one case's signed agreement makes a customer pay for.

    ``revision`` rises with every event about the subscription.
    """

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(String(80), unique=True)
    agreement_id: Mapped[str] = mapped_column(String(80), unique=True)
    agreement_version: Mapped[int] = mapped_column(Integer)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    signed_name: Mapped[str] = mapped_column(Text)
    tariff: Mapped[str] = mapped_column(SLUG)
    signed_on: Mapped[date] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    # Decimals as text: SQLite would keep them as floats.
    percent_per_breach: Mapped[str] = mapped_column(String(40))
    monthly_cap_percent: Mapped[str] = mapped_column(String(40))
    true_up_days: Mapped[list[str]] = mapped_column(JSONDocument)
    revision: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SubscribedServiceRow(Base):
    """One service of a subscription with its fee items exactly as they were signed."""

    __tablename__ = "subscribed_services"
    __table_args__ = (UniqueConstraint("subscription_id", "service"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    position: Mapped[int] = mapped_column(Integer)
    service: Mapped[str] = mapped_column(SLUG)
    service_area: Mapped[str] = mapped_column(SLUG)
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    fee_items: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    live_on: Mapped[date | None] = mapped_column(Date)


class VolumeRow(Base):
    """A reported volume, as reported; ``reason`` says why one was set aside."""

    __tablename__ = "volumes"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index(None, "org_number", "service", "period"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    source_id: Mapped[str] = mapped_column(String(200))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    service: Mapped[str] = mapped_column(SLUG)
    unit: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD, index=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(Boolean)
    subscription_id: Mapped[str | None] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class InvoiceCounterRow(Base):
    """The last invoice number given out in a calendar year; locked while one is taken."""

    __tablename__ = "invoice_counters"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


class InvoiceRow(Base):
    """An issued invoice; it never changes."""

    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("subscription_id", "period"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    customer_name: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(PERIOD)
    issued_on: Mapped[date] = mapped_column(Date)
    total_ore: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class InvoiceLineRow(Base):
    """A line of an invoice."""

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


class InstalmentRow(Base):
    """An instalment that was invoiced; a service is charged for a month once."""

    __tablename__ = "instalments"
    __table_args__ = (UniqueConstraint("subscription_id", "service", "period"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    service: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    invoice_id: Mapped[str] = mapped_column(ForeignKey("invoices.id"))


class CreditRow(Base):
    """A breach of a service level and the credit it gives; invoiced once."""

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


class TrueUpRow(Base):
    """A booked true-up; its difference is a line on the next invoice."""

    __tablename__ = "true_ups"
    __table_args__ = (UniqueConstraint("subscription_id", "settled_on"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    settled_on: Mapped[date] = mapped_column(Date)
    first_period: Mapped[str] = mapped_column(PERIOD)
    through: Mapped[str] = mapped_column(PERIOD)
    difference_ore: Mapped[int] = mapped_column(BigInteger)
    contact_areas: Mapped[list[str]] = mapped_column(JSONDocument)
    invoice_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TrueUpMonthRow(Base):
    """What a true-up booked for one service and month, with the steps of its reckoning."""

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
    late: Mapped[bool] = mapped_column(Boolean)
    steps: Mapped[list[str]] = mapped_column(JSONDocument)
