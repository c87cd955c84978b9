"""Agreements version by version, what came of them, and what became of customers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import RANK, Base


class AgreementRow(Base):
    """A signed agreement in operation.

    ``org_number`` is the agency that signed first; who holds the agreement on a day follows
    from the life events of agencies.
    """

    __tablename__ = "agreements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(36))
    org_number: Mapped[str] = mapped_column(String(11))
    stabilised_on: Mapped[date | None] = mapped_column(Date)
    set_up_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgreementVersionRow(Base):
    """A version of an agreement as it was signed; it never changes.

    ``holds_from`` is absent for a version that amends none: it holds from the beginning.
    ``services`` are the keys of those it is about.
    """

    __tablename__ = "agreement_versions"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    customer_name: Mapped[str] = mapped_column(Text)
    holds_from: Mapped[date | None] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    service_hours: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    services: Mapped[list[str]] = mapped_column(JSONDocument)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgreementServiceRow(Base):
    """A service of any version of an agreement, named as it was signed last."""

    __tablename__ = "agreement_services"
    __table_args__ = (
        UniqueConstraint("agreement_id", "service"),
        Index("ix_agreement_services_org_number_service", "org_number", "service"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    service: Mapped[str] = mapped_column(String(80))
    service_area: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)


class GoLiveRow(Base):
    """A day on which a service went live, or is known to have been taken back to before.

    Either half may come first. The later of the two by rank holds.
    """

    __tablename__ = "go_lives"
    __table_args__ = (UniqueConstraint("agreement_id", "service", "live_on"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    service: Mapped[str] = mapped_column(String(80))
    live_on: Mapped[date] = mapped_column(Date)
    live_rank: Mapped[str | None] = mapped_column(RANK)
    rolled_back_on: Mapped[date | None] = mapped_column(Date)
    rolled_back_rank: Mapped[str | None] = mapped_column(RANK)


class EndingRow(Base):
    """A last day that was told, of a service or of the agreement (``service`` is empty).

    A later event replaces the day; ``rank`` tells which one is later.
    """

    __tablename__ = "endings"
    __table_args__ = (UniqueConstraint("agreement_id", "service", "rank"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    service: Mapped[str] = mapped_column(String(80))
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(20))
    rank: Mapped[str] = mapped_column(RANK)


class LifeEventRow(Base):
    """A record of what happened to an agency, and since when it is known; only added to."""

    __tablename__ = "life_events"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    org_number: Mapped[str] = mapped_column(String(11))
    effective_on: Mapped[date] = mapped_column(Date)
    name: Mapped[str | None] = mapped_column(Text)
    successors: Mapped[list[str]] = mapped_column(JSONDocument)
    corrects: Mapped[str | None] = mapped_column(String(80))
    withdrawn: Mapped[bool] = mapped_column(Boolean)
    agreement_id: Mapped[str | None] = mapped_column(String(80))
    known_at: Mapped[datetime] = mapped_column(UTCDateTime)
