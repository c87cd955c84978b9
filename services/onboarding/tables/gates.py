"""The standing of gate items in tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class GateItemRow(Base):
    """A gate's item in a case as it stood when the case last changed.

    ``phase`` is the one the gate leaves. ``since`` is the instant from which the item holds
    or is missing; null while its phase is still ahead. ``due_by_hand`` and
    ``evidence_by_hand`` keep what an account manager set from being reckoned anew.
    """

    __tablename__ = "gate_items"
    __table_args__ = (Index(None, "holds", "due_on"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(30), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(String(10))
    holds: Mapped[bool] = mapped_column(Boolean)
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_on: Mapped[date | None] = mapped_column(Date)
    due_by_hand: Mapped[bool] = mapped_column(Boolean)
    missing: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    evidence: Mapped[str | None] = mapped_column(Text)
    evidence_by_hand: Mapped[bool] = mapped_column(Boolean)
    document_id: Mapped[str | None] = mapped_column(String(36))
    set_by: Mapped[str | None] = mapped_column(String(200))
    set_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
