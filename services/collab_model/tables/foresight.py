"""Trainings of foresight, and their curves as plain numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.collab_model.tables.base import Base


class ForesightModelRow(Base):
    """A training: asked for at ``known_at``, whose knowledge it uses, and what came of it.

    ``card`` says what it was trained on and how well it did on held-out matters; absent until
    it is done. ``claimed_until`` is machine time.
    """

    __tablename__ = "foresight_models"
    __table_args__ = (UniqueConstraint("known_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    known_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[str] = mapped_column(String(20), index=True)
    attempts: Mapped[int] = mapped_column(Integer)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    card: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    failure: Mapped[str] = mapped_column(Text)


class SurvivalCurveRow(Base):
    """How long clocks of a group stay open; empty where the group is not limited by a trait.

    ``steps`` has three columns: the minutes of service time at which the curve falls, the share
    still open after each in millionths, and how many were open until it.
    """

    __tablename__ = "survival_curves"
    __table_args__ = (
        UniqueConstraint("model_id", "beneath", "measure", "service", "priority", "kind"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    model_id: Mapped[str] = mapped_column(ForeignKey("foresight_models.id"))
    beneath: Mapped[str] = mapped_column(String(10))
    measure: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(80))
    priority: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    total: Mapped[int] = mapped_column(Integer)
    ended: Mapped[int] = mapped_column(Integer)
    steps: Mapped[list[list[int]]] = mapped_column(JSONDocument)
