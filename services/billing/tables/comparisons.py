"""Comparisons between customers, their figures, and what the owners said of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, SLUG, Base
from services.chassis.columns import JSONDocument, UTCDateTime

STATUS = String(12)


class ComparisonRow(Base):
    """A comparison of a key figure; ``revision`` rises with all that happens to it.

    ``definition`` is the key figure as it was at opening, ``groups`` the peer groups.
    ``result`` is what was published, and never changes after that.
    """

    __tablename__ = "comparisons"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    service: Mapped[str | None] = mapped_column(SLUG)
    unit: Mapped[str | None] = mapped_column(SLUG)
    year: Mapped[int] = mapped_column(Integer)
    groups: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    least_figures: Mapped[int] = mapped_column(Integer)
    review_until: Mapped[date] = mapped_column(Date)
    without_data: Mapped[list[str]] = mapped_column(JSONDocument)
    replaces: Mapped[str | None] = mapped_column(ForeignKey("comparisons.id"), index=True)
    status: Mapped[str] = mapped_column(STATUS)
    revision: Mapped[int] = mapped_column(Integer)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    opened_by: Mapped[str] = mapped_column(FOREIGN_ID)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_by: Mapped[str | None] = mapped_column(FOREIGN_ID)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)


class ComparisonFigureRow(Base):
    """An agency's figure as it stands: what it is the quotient of, and where its review is."""

    __tablename__ = "comparison_figures"
    __table_args__ = (UniqueConstraint("comparison_id", "org_number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.id"))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    name: Mapped[str] = mapped_column(Text)
    group: Mapped[str | None] = mapped_column("peer_group", SLUG)
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)
    review: Mapped[str] = mapped_column(STATUS)


class ComparisonRemarkRow(Base):
    """A step of the review of a figure, with the figure after it. Only added to."""

    __tablename__ = "comparison_remarks"

    figure_id: Mapped[str] = mapped_column(ForeignKey("comparison_figures.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    review: Mapped[str] = mapped_column(STATUS)
    comment: Mapped[str | None] = mapped_column(Text)
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)
    recorded_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
