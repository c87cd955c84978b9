"""The savings register: what is to be saved, who answers for it, and what came of it.

``number`` is the revision of the saving that a row of its history came with.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables.base import FOREIGN_ID, ID, ORG_NUMBER, PERIOD, SLUG, Base
from services.chassis.columns import UTCDateTime

STATE = String(12)
PARTY = String(10)


class SavingRow(Base):
    """A saving; ``revision`` rises with everything that is added to it."""

    __tablename__ = "savings"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    arises_at: Mapped[str] = mapped_column(String(10))
    org_number: Mapped[str | None] = mapped_column(ORG_NUMBER, index=True)
    service: Mapped[str] = mapped_column(SLUG)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(STATE)
    revision: Mapped[int] = mapped_column(Integer)
    party: Mapped[str] = mapped_column(PARTY)
    recorded_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SavingSpecificationRow(Base):
    """What was and what is expected of a saving; the newest counts. Only added to."""

    __tablename__ = "saving_specifications"

    saving_id: Mapped[str] = mapped_column(ForeignKey("savings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    baseline: Mapped[str] = mapped_column(Text)
    baseline_ore: Mapped[int] = mapped_column(BigInteger)
    baseline_fte: Mapped[int] = mapped_column(Integer)
    baseline_source: Mapped[str] = mapped_column(Text)
    expected_ore: Mapped[int] = mapped_column(BigInteger)
    expected_fte: Mapped[int] = mapped_column(Integer)
    saves_from: Mapped[date] = mapped_column(Date)
    saves_until: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    party: Mapped[str] = mapped_column(PARTY)
    recorded_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SavingOwnerRow(Base):
    """Who answers for a saving from a day on, until the next one does. Only added to."""

    __tablename__ = "saving_owners"

    saving_id: Mapped[str] = mapped_column(ForeignKey("savings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    holds_from: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    party: Mapped[str] = mapped_column(PARTY)
    recorded_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SavingStepRow(Base):
    """A step of a saving from one state to the next, or back. Only added to."""

    __tablename__ = "saving_steps"

    saving_id: Mapped[str] = mapped_column(ForeignKey("savings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    before: Mapped[str] = mapped_column(STATE)
    after: Mapped[str] = mapped_column(STATE)
    taken_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    party: Mapped[str] = mapped_column(PARTY)
    recorded_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SavingFollowUpRow(Base):
    """What a saving brought in some months of a year; one that names another corrects it."""

    __tablename__ = "saving_follow_ups"
    __table_args__ = (UniqueConstraint("saving_id", "number"), UniqueConstraint("corrects"))

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    saving_id: Mapped[str] = mapped_column(ForeignKey("savings.id"))
    number: Mapped[int] = mapped_column(Integer)
    first_period: Mapped[str] = mapped_column(PERIOD)
    last_period: Mapped[str] = mapped_column(PERIOD)
    realised_ore: Mapped[int] = mapped_column(BigInteger)
    realised_fte: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    corrects: Mapped[str | None] = mapped_column(ForeignKey("saving_follow_ups.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    party: Mapped[str] = mapped_column(PARTY)
    recorded_by: Mapped[str] = mapped_column(FOREIGN_ID)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
