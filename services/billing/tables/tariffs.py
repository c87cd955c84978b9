"""Tariffs version by version, and quotes by them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime


class TariffVersionRow(Base):
    """A version of a tariff. What it says never changes; what is done to it is noted once."""

    __tablename__ = "tariff_versions"
    __table_args__ = (UniqueConstraint("key", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(SLUG)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    consulted: Mapped[str | None] = mapped_column(Text)
    consulted_on: Mapped[date | None] = mapped_column(Date)
    consultation_answer: Mapped[str | None] = mapped_column(Text)
    consultation_reference: Mapped[str | None] = mapped_column(Text)
    consultation_noted_by: Mapped[str | None] = mapped_column(FOREIGN_ID)
    consultation_noted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_by: Mapped[str | None] = mapped_column(FOREIGN_ID)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(FOREIGN_ID)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)


class QuoteRow(Base):
    """A quote as it was given, with all that it was reckoned from; it never changes."""

    __tablename__ = "quotes"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    org_number: Mapped[str | None] = mapped_column(ORG_NUMBER, index=True)
    tariff_version_id: Mapped[str] = mapped_column(ForeignKey("tariff_versions.id"))
    quoted_on: Mapped[date] = mapped_column(Date)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    result: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    yearly_total_ore: Mapped[int] = mapped_column(BigInteger)
    quoted_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
