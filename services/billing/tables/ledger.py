"""The ledger: vouchers and their entries, which the database lets nobody change or remove."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, PERIOD, SLUG, Base
from services.chassis.columns import UTCDateTime

SERIES = String(1)
ACCOUNT = String(4)


class VoucherCounterRow(Base):
    """The last number given out in a series and year; locked while one is taken."""

    __tablename__ = "voucher_counters"

    series: Mapped[str] = mapped_column(SERIES, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


class VoucherRow(Base):
    """A voucher; it never changes. A cause has one.

    ``posted_on`` is the day it counts on, ``occurred_on`` that of what it is about, which lies
    before it where that day's month was closed. ``event_id`` is the event that told of it.
    """

    __tablename__ = "vouchers"
    __table_args__ = (
        UniqueConstraint("series", "year", "number"),
        UniqueConstraint("cause", "cause_id"),
        Index(None, "posted_on"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    series: Mapped[str] = mapped_column(SERIES)
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    posted_on: Mapped[date] = mapped_column(Date)
    occurred_on: Mapped[date] = mapped_column(Date)
    cause: Mapped[str] = mapped_column(String(20))
    cause_id: Mapped[str] = mapped_column(FOREIGN_ID)
    event_id: Mapped[str | None] = mapped_column(FOREIGN_ID)
    text: Mapped[str] = mapped_column(Text)
    text_sv: Mapped[str] = mapped_column(Text)
    subscription_id: Mapped[str | None] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    corrects: Mapped[str | None] = mapped_column(ForeignKey("vouchers.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LedgerEntryRow(Base):
    """A row of a voucher, debit above nought; it never changes."""

    __tablename__ = "ledger_entries"
    __table_args__ = (UniqueConstraint("voucher_id", "position"), Index(None, "account", "id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("vouchers.id"))
    position: Mapped[int] = mapped_column(Integer)
    account: Mapped[str] = mapped_column(ACCOUNT)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    org_number: Mapped[str | None] = mapped_column(ORG_NUMBER)
    service: Mapped[str | None] = mapped_column(SLUG)
    period: Mapped[str | None] = mapped_column(PERIOD)
