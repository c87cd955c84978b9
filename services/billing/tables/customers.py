"""Customers, what happened to them, and fee indications."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, Base
from services.chassis.columns import JSONDocument, UTCDateTime


class CustomerRow(Base):
    """A customer agency as onboarding last registered it."""

    __tablename__ = "customers"

    org_number: Mapped[str] = mapped_column(ORG_NUMBER, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    headcount: Mapped[int] = mapped_column(Integer)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RegisteredNameRow(Base):
    """A name that an agency was registered under, and since when that is known; only added to.

    ``headcount`` is what it was registered with; None where that was not kept then.
    """

    __tablename__ = "registered_names"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER, index=True)
    name: Mapped[str] = mapped_column(Text)
    headcount: Mapped[int | None] = mapped_column(Integer)
    known_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LifeEventRow(Base):
    """A record of what happened to an agency, and since when it is known; only added to.

    A correction is a record of its own that names the one it takes the place of.
    """

    __tablename__ = "life_events"

    id: Mapped[str] = mapped_column(FOREIGN_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    effective_on: Mapped[date] = mapped_column(Date)
    name: Mapped[str | None] = mapped_column(Text)
    successors: Mapped[list[str]] = mapped_column(JSONDocument)
    city: Mapped[str | None] = mapped_column(Text)
    corrects: Mapped[str | None] = mapped_column(FOREIGN_ID)
    withdrawn: Mapped[bool] = mapped_column(Boolean)
    agreement_id: Mapped[str | None] = mapped_column(FOREIGN_ID)
    known_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FeeIndicationRow(Base):
    """The answer given to a fee indication request; one per request, for good."""

    __tablename__ = "fee_indications"

    request_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    org_number: Mapped[str] = mapped_column(ORG_NUMBER)
    event_type: Mapped[str] = mapped_column(String(120))
    answer: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)
