"""Subscriptions: what was signed version by version, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, RANK, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime


class SubscriptionRow(Base):
    """What one case's signed agreement makes a customer pay for.

    ``org_number`` is the agency that signed first; who holds the subscription on a day
    follows from the life events of agencies. ``revision`` rises with every event about the
    subscription.
    """

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(FOREIGN_ID, unique=True)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    revision: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignedVersionRow(Base):
    """A version of an agreement as it was signed; it never changes.

    ``holds_from`` is absent for a version that amends none: it holds from the beginning.
    """

    __tablename__ = "signed_versions"
    __table_args__ = (UniqueConstraint("subscription_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    number: Mapped[int] = mapped_column(Integer)
    agreement_id: Mapped[str] = mapped_column(FOREIGN_ID, index=True)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    customer_name: Mapped[str] = mapped_column(Text)
    tariff: Mapped[str] = mapped_column(SLUG)
    signed_on: Mapped[date] = mapped_column(Date)
    holds_from: Mapped[date | None] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    # Decimals as text: SQLite would keep them as floats.
    percent_per_breach: Mapped[str] = mapped_column(String(40))
    monthly_cap_percent: Mapped[str] = mapped_column(String(40))
    credit_bands: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    credit_exclusions: Mapped[list[str]] = mapped_column(JSONDocument)
    true_up_days: Mapped[list[str]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignedServiceRow(Base):
    """One service of a signed version with its fee items exactly as they were signed."""

    __tablename__ = "signed_services"
    __table_args__ = (UniqueConstraint("version_id", "service"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("signed_versions.id"))
    position: Mapped[int] = mapped_column(Integer)
    service: Mapped[str] = mapped_column(SLUG)
    service_area: Mapped[str] = mapped_column(SLUG)
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    fee_items: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)


class GoLiveRow(Base):
    """A day on which a service went live, or is known to have been taken back to before.

    Either half may come first. The later of the two by rank holds.
    """

    __tablename__ = "go_lives"
    __table_args__ = (UniqueConstraint("subscription_id", "service", "live_on"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    service: Mapped[str] = mapped_column(SLUG)
    live_on: Mapped[date] = mapped_column(Date)
    live_rank: Mapped[str | None] = mapped_column(RANK)
    rolled_back_on: Mapped[date | None] = mapped_column(Date)
    rolled_back_rank: Mapped[str | None] = mapped_column(RANK)


class EndingRow(Base):
    """A last day that was told, of a service or of the agreement (``service`` is empty).

    A later event replaces the day; ``rank`` tells which one is later.
    """

    __tablename__ = "endings"
    __table_args__ = (UniqueConstraint("subscription_id", "service", "rank"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"))
    service: Mapped[str] = mapped_column(SLUG)
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(20))
    rank: Mapped[str] = mapped_column(RANK)
