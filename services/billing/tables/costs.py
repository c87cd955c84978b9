"""Cost pools, what falls on them, where it came from, and where it was distributed to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, PERIOD, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime

BASIS = String(10)
DIGEST = String(64)
SOURCE = String(90)
"""Who says it: a slug, with a prefix where it came by SIE or by event."""


class CostPoolRow(Base):
    """A pool of cost of one kind, of a service or (none) of overhead; it never changes."""

    __tablename__ = "cost_pools"
    __table_args__ = (UniqueConstraint("service", "kind"),)

    key: Mapped[str] = mapped_column(SLUG, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(SLUG)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostEntryRow(Base):
    """A cost of a pool in a month, once by its source's name; only added to."""

    __tablename__ = "cost_entries"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        Index(None, "period", "basis", "pool"),
        Index(None, "pool"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(SOURCE)
    source_id: Mapped[str] = mapped_column(FOREIGN_ID)
    pool: Mapped[str] = mapped_column(ForeignKey("cost_pools.key"))
    period: Mapped[str] = mapped_column(PERIOD)
    basis: Mapped[str] = mapped_column(BASIS)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(String(10))
    objects: Mapped[list[list[str]]] = mapped_column(JSONDocument)
    import_id: Mapped[str | None] = mapped_column(ForeignKey("cost_imports.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostImportRow(Base):
    """A file that was taken in, known by what it holds."""

    __tablename__ = "cost_imports"
    __table_args__ = (UniqueConstraint("source", "digest"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(SOURCE)
    digest: Mapped[str] = mapped_column(DIGEST)
    media_type: Mapped[str] = mapped_column(String(40))
    sent_by: Mapped[str] = mapped_column(FOREIGN_ID)
    result: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostVoucherRow(Base):
    """A voucher that was taken in: once by year, series and number."""

    __tablename__ = "cost_vouchers"

    source: Mapped[str] = mapped_column(SOURCE, primary_key=True)
    voucher: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    content: Mapped[str] = mapped_column(DIGEST)
    import_id: Mapped[str] = mapped_column(ForeignKey("cost_imports.id"), index=True)


class CostMappingRow(Base):
    """Which accounts belong to which pools from a day on; of one day the last one counts."""

    __tablename__ = "cost_mappings"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    effective_from: Mapped[date] = mapped_column(Date)
    document: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OverheadPlanRow(Base):
    """How costs are distributed from a month on; of one month the last one counts."""

    __tablename__ = "overhead_plans"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    effective_from: Mapped[str] = mapped_column(PERIOD)
    document: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    registered_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PoolReadingRow(Base):
    """How much a pool has of a driver, once by its name; only added to."""

    __tablename__ = "pool_readings"

    reading_id: Mapped[str] = mapped_column(SLUG, primary_key=True)
    driver: Mapped[str] = mapped_column(SLUG)
    pool: Mapped[str] = mapped_column(ForeignKey("cost_pools.key"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    # A decimal as text: SQLite would keep it as a float.
    quantity: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(BASIS)
    corrects: Mapped[str | None] = mapped_column(SLUG)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostDistributionRow(Base):
    """A month's cost distributed for good, with all it was reckoned from; it never changes.

    ``corrects`` is the distribution of the same month that it takes the place of.
    """

    __tablename__ = "cost_distributions"
    __table_args__ = (UniqueConstraint("period", "basis", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    period: Mapped[str] = mapped_column(PERIOD)
    basis: Mapped[str] = mapped_column(BASIS)
    number: Mapped[int] = mapped_column(Integer)
    corrects: Mapped[str | None] = mapped_column(ForeignKey("cost_distributions.id"), unique=True)
    fingerprint: Mapped[str] = mapped_column(DIGEST)
    given: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    booked_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CostUseRow(Base):
    """Where cost of an origin went in a distribution; a distribution's rows sum to its cost."""

    __tablename__ = "cost_uses"
    __table_args__ = (Index(None, "to_period", "use"),)

    distribution_id: Mapped[str] = mapped_column(
        ForeignKey("cost_distributions.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    pool: Mapped[str] = mapped_column(ForeignKey("cost_pools.key"), index=True)
    origin: Mapped[str] = mapped_column(ForeignKey("cost_pools.key"), index=True)
    use: Mapped[str] = mapped_column(String(12))
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    arrangement: Mapped[str | None] = mapped_column(SLUG)
    line: Mapped[str | None] = mapped_column(SLUG)
    to_pool: Mapped[str | None] = mapped_column(SLUG)
    to_period: Mapped[str | None] = mapped_column(PERIOD)
