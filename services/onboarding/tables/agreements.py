"""Agreement versions and signatures in tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class AgreementVersionRow(Base):
    """One version of an agreement's text and data; never edited once drafted."""

    __tablename__ = "agreement_versions"
    __table_args__ = (UniqueConstraint("case_id", "version"), Index(None, "agreement_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(36))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    content_hash: Mapped[str] = mapped_column(String(64))
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_on: Mapped[date | None] = mapped_column(Date)


class AgreementSignatureRow(Base):
    """A party's signature under one version of an agreement."""

    __tablename__ = "agreement_signatures"

    agreement_version_id: Mapped[str] = mapped_column(
        ForeignKey("agreement_versions.id"), primary_key=True
    )
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
