"""What phase 1 gathers, in tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class BaselineRow(Base):
    """What the customer's own way costs and holds before joining.

    ``costs`` are the yearly cost in its parts, where they are known.
    """

    __tablename__ = "baselines"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    yearly_cost_sek: Mapped[int] = mapped_column(BigInteger)
    fte_hundredths: Mapped[int] = mapped_column(Integer)
    volumes: Mapped[dict[str, dict[str, int]]] = mapped_column(JSONDocument)
    systems: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    agreements: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    costs: Mapped[dict[str, Any] | None] = mapped_column(JSONDocument)
    routines: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)


class FeeIndicationRow(Base):
    """A question to billing and, when it has come, the answer."""

    __tablename__ = "fee_indications"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    status: Mapped[str] = mapped_column(String(10))
    headcount: Mapped[int] = mapped_column(Integer)
    volumes: Mapped[dict[str, dict[str, int]]] = mapped_column(JSONDocument)
    tariff: Mapped[str | None] = mapped_column(String(80))
    yearly_total_ore: Mapped[int | None] = mapped_column(BigInteger)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    refusal_code: Mapped[str | None] = mapped_column(String(80))
    refusal_reason: Mapped[str | None] = mapped_column(Text)
    refusal_reason_sv: Mapped[str | None] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LetterSignatureRow(Base):
    """A party's signature under the letter of intent with the given hash.

    The hash is null for a signature from before hashes were kept; ``fell_at`` is set when
    the letter changed under it.
    """

    __tablename__ = "letter_signatures"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str | None] = mapped_column(String(200))
    content_hash: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    fell_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
