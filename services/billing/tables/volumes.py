"""Reported volumes, and the files of them that are being taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, PERIOD, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime

_CORRECTS = text("status = 'accepted' AND corrects IS NOT NULL")
_SET_ASIDE = text("status = 'set_aside'")


class VolumeRow(Base):
    """A reported volume, as reported; ``reason`` says why one was set aside.

    ``corrects`` is the source's identity of another report that this one takes the place of.
    Of what is accepted, that without ``superseded_by`` counts.
    """

    __tablename__ = "volumes"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "revision"),
        # Months come one after the other, so that a summary of each stretch of pages is enough.
        Index(None, "period", postgresql_using="brin"),
        # No report is corrected by two others, however they come.
        Index(
            "ix_volumes_correcting",
            "source",
            "corrects",
            unique=True,
            postgresql_where=_CORRECTS,
            sqlite_where=_CORRECTS,
        ),
        Index(
            "ix_volumes_aside",
            "org_number",
            "reason",
            postgresql_where=_SET_ASIDE,
            sqlite_where=_SET_ASIDE,
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    source_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(Integer)
    corrects: Mapped[str | None] = mapped_column(String(200))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    service: Mapped[str] = mapped_column(SLUG)
    unit: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    quantity: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(Boolean)
    # No foreign key: it would be checked for each of millions of rows. Whoever writes one holds
    # the subscription, and none is ever deleted.
    subscription_id: Mapped[str | None] = mapped_column(ID, index=True)
    superseded_by: Mapped[str | None] = mapped_column(ID)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class VolumeFileRow(Base):
    """A file of volumes: being received, or taken in with its ``result``.

    ``digest`` is that of its first piece, by which the same file is known when it comes again.
    """

    __tablename__ = "volume_files"
    __table_args__ = (Index(None, "source", "digest"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    rows: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    sent_by: Mapped[str] = mapped_column(FOREIGN_ID)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class VolumeFilePieceRow(Base):
    """A piece of a file that is kept, by its digest; its rows are staged beside it."""

    __tablename__ = "volume_file_pieces"

    file_id: Mapped[str] = mapped_column(ForeignKey("volume_files.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(Integer)
    lines: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    refusals: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)


class StagedPlaceRow(Base):
    """A customer, service, unit and month that rows of a file are about."""

    __tablename__ = "staged_places"

    file_id: Mapped[str] = mapped_column(ForeignKey("volume_files.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    service: Mapped[str] = mapped_column(SLUG)
    unit: Mapped[str] = mapped_column(SLUG)
    period: Mapped[str] = mapped_column(PERIOD)
    status: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    late: Mapped[bool | None] = mapped_column(Boolean)
    subscription_id: Mapped[str | None] = mapped_column(ID)


class StagedVolumeRow(Base):
    """A row of a file that is not through yet; it counts for nothing.

    ``line`` is its line in the file, ``place`` one of the file's places.
    """

    __tablename__ = "staged_volumes"

    # No foreign key: it would be checked for each of millions of rows.
    file_id: Mapped[str] = mapped_column(ID, primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source_id: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(Integer)
    corrects: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[int] = mapped_column(Integer)
    quantity: Mapped[int] = mapped_column(BigInteger)
