"""Causes, statements, credit terms, risks and tertial reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import Base


class CauseRow(Base):
    """Why a promise was not kept, and which team it was with; only added to, the latest counts.

    ``subject`` names what it is about: ``matter:<id>``, ``stop:<reading>``,
    ``delivery:<key>``, or ``level`` for all that is left of a level.
    """

    __tablename__ = "level_causes"
    __table_args__ = (
        Index("ix_level_causes_agreement_id_service", "agreement_id", "service", "subject"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    period: Mapped[str | None] = mapped_column(String(7))
    level: Mapped[str | None] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(300))
    cause: Mapped[str] = mapped_column(String(80))
    team: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CreditTermsRow(Base):
    """What a version of an agreement says about credits, as it was signed."""

    __tablename__ = "credit_terms"
    __table_args__ = (UniqueConstraint("agreement_id", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    version: Mapped[int] = mapped_column(Integer)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONDocument)


class StatementRow(Base):
    """What was reported of a closed month, or of its correction; it never changes.

    ``content`` is canonical JSON, ``sha256`` that of its UTF-8 bytes.
    """

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("period_id"),
        Index("ix_statements_org_number_id", "org_number", "id"),
        Index("ix_statements_agreement_id_service_period", "agreement_id", "service", "period"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("periods.id"))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(7))
    revision: Mapped[int] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RiskRow(Base):
    """A risk to the delivery to one customer, as it is judged now.

    ``revision`` rises with every change; ``closed_on`` is absent while it stands.
    """

    __tablename__ = "risks"
    __table_args__ = (Index("ix_risks_org_number_id", "org_number", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    probability: Mapped[int] = mapped_column(Integer)
    consequence: Mapped[int] = mapped_column(Integer)
    handling: Mapped[str] = mapped_column(Text)
    owner_role: Mapped[str] = mapped_column(String(200))
    review_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TertialReportRow(Base):
    """What was reported of an agreement's tertial, or of its revision; it never changes."""

    __tablename__ = "tertial_reports"
    __table_args__ = (
        UniqueConstraint("agreement_id", "tertial", "revision"),
        Index("ix_tertial_reports_org_number_id", "org_number", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    tertial: Mapped[str] = mapped_column(String(7))
    revision: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
