"""Arrangements for sharing costs, the facts they are fed with, and booked sharings."""

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
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import ID, ORG_NUMBER, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime

BASIS = String(10)


class CostArrangementRow(Base):
    """An arrangement; ``revision`` rises with every change of its parties and versions."""

    __tablename__ = "cost_arrangements"

    key: Mapped[str] = mapped_column(SLUG, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostArrangementVersionRow(Base):
    """How an arrangement holds from a day, in the language of keys; it never changes."""

    __tablename__ = "cost_arrangement_versions"
    __table_args__ = (
        UniqueConstraint("arrangement", "number"),
        UniqueConstraint("arrangement", "effective_from"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    arrangement: Mapped[str] = mapped_column(ForeignKey("cost_arrangements.key"))
    number: Mapped[int] = mapped_column(Integer)
    effective_from: Mapped[date] = mapped_column(Date)
    document: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostPartyRow(Base):
    """A party of an arrangement; only the day on which it leaves may come later."""

    __tablename__ = "cost_parties"
    __table_args__ = (UniqueConstraint("arrangement", "key"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    arrangement: Mapped[str] = mapped_column(ForeignKey("cost_arrangements.key"))
    key: Mapped[str] = mapped_column(SLUG)
    name: Mapped[str] = mapped_column(Text)
    org_number: Mapped[str | None] = mapped_column(ORG_NUMBER, index=True)
    groups: Mapped[list[str]] = mapped_column(JSONDocument)
    joins_on: Mapped[date] = mapped_column(Date)
    leaves_on: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostItemRow(Base):
    """A cost of one line of an arrangement, once by its source's name; only added to."""

    __tablename__ = "cost_items"
    __table_args__ = (UniqueConstraint("arrangement", "item_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    arrangement: Mapped[str] = mapped_column(ForeignKey("cost_arrangements.key"))
    item_id: Mapped[str] = mapped_column(SLUG)
    line: Mapped[str] = mapped_column(SLUG)
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str | None] = mapped_column(Text)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = mapped_column(BASIS)
    ordered_by: Mapped[list[str]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DriverReadingRow(Base):
    """How much a party has of a driver, once by its source's name; only added to."""

    __tablename__ = "driver_readings"
    __table_args__ = (UniqueConstraint("arrangement", "reading_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    arrangement: Mapped[str] = mapped_column(ForeignKey("cost_arrangements.key"))
    reading_id: Mapped[str] = mapped_column(SLUG)
    driver: Mapped[str] = mapped_column(SLUG)
    party: Mapped[str] = mapped_column(SLUG)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    # A decimal as text: SQLite would keep it as a float.
    quantity: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(BASIS)
    corrects: Mapped[str | None] = mapped_column(SLUG)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IndexValueRow(Base):
    """What an index was in a year, as it was registered; the last one registered counts."""

    __tablename__ = "index_values"
    __table_args__ = (Index(None, "index_key", "year"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    index_key: Mapped[str] = mapped_column(SLUG)
    year: Mapped[int] = mapped_column(Integer)
    value: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostSharingRow(Base):
    """A booked sharing with all that it was reckoned from; it never changes.

    ``corrects`` is the sharing of the same period that it stands beside.
    """

    __tablename__ = "cost_sharings"
    __table_args__ = (Index(None, "arrangement", "first_day"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    arrangement: Mapped[str] = mapped_column(ForeignKey("cost_arrangements.key"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    actual_through: Mapped[date | None] = mapped_column(Date)
    corrects: Mapped[str | None] = mapped_column(ForeignKey("cost_sharings.id"), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    given: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    results: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostShareRow(Base):
    """What a booked sharing says that a party owes of a line, and what it charges now.

    ``line`` is empty for what parties pay each other.
    """

    __tablename__ = "cost_shares"
    __table_args__ = (UniqueConstraint("sharing_id", "party", "line"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    sharing_id: Mapped[str] = mapped_column(ForeignKey("cost_sharings.id"))
    party: Mapped[str] = mapped_column(SLUG)
    org_number: Mapped[str | None] = mapped_column(ORG_NUMBER, index=True)
    line: Mapped[str] = mapped_column(SLUG)
    owed_ore: Mapped[int] = mapped_column(BigInteger)
    charged_before_ore: Mapped[int] = mapped_column(BigInteger)
    charged_now_ore: Mapped[int] = mapped_column(BigInteger)
    contact: Mapped[bool] = mapped_column(Boolean)
