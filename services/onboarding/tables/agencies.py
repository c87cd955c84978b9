"""Agencies, their life events and both histories in tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class AgencyRow(Base):
    """An agency, under the organisation number that outlives its name.

    It holds what is true today; ``agency_periods`` holds what was true when. ``people`` is
    personal data and has no history. ``version`` counts the changes of the entry.
    """

    __tablename__ = "agencies"
    __table_args__ = (Index(None, "status"),)

    org_number: Mapped[str] = mapped_column(String(11), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    headcount: Mapped[int] = mapped_column(Integer)
    part_of_state: Mapped[bool] = mapped_column(Boolean)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_from: Mapped[date] = mapped_column(Date)
    registered_name: Mapped[str] = mapped_column(String(200))
    registered_city: Mapped[str | None] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(30))
    city: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    successors: Mapped[list[str]] = mapped_column(JSONDocument)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    people: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    version: Mapped[int] = mapped_column(Integer)


class ObligationRow(Base):
    """That an agency has to join for a service area by a day; without one it may."""

    __tablename__ = "agency_obligations"
    __table_args__ = (Index(None, "service_area", "deadline"),)

    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"), primary_key=True)
    service_area: Mapped[str] = mapped_column(String(80), primary_key=True)
    deadline: Mapped[date] = mapped_column(Date)
    legal_source: Mapped[str] = mapped_column(String(200))


class AgencyFactsRow(Base):
    """What was known of an agency from a version on: its facts and obligations, no persons."""

    __tablename__ = "agency_facts"

    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONDocument)


class AgencyPeriodRow(Base):
    """What was true from a day until another, as held between two instants.

    Only ``known_until`` is ever set afterwards.
    """

    __tablename__ = "agency_periods"
    __table_args__ = (Index(None, "org_number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    known_from: Mapped[datetime] = mapped_column(UTCDateTime)
    known_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    name: Mapped[str] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    successors: Mapped[list[str]] = mapped_column(JSONDocument)
    life_event_ids: Mapped[list[str]] = mapped_column(JSONDocument)


class LifeEventRow(Base):
    """A record of what happened to an agency; ``applied_at`` when its day took effect."""

    __tablename__ = "agency_life_events"
    __table_args__ = (Index(None, "org_number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))
    kind: Mapped[str] = mapped_column(String(10))
    effective_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[str] = mapped_column(String(200))
    name: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    corrects: Mapped[str | None] = mapped_column(ForeignKey("agency_life_events.id"), unique=True)
    withdrawn: Mapped[bool] = mapped_column(Boolean)
    consequences: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)
    applied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SuccessorRow(Base):
    """An agency that a merger or a split names as successor."""

    __tablename__ = "agency_successors"
    __table_args__ = (Index(None, "org_number"),)

    life_event_id: Mapped[str] = mapped_column(
        ForeignKey("agency_life_events.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))


class CasePassingRow(Base):
    """That a case goes from one agency to another because of a life event."""

    __tablename__ = "case_passings"
    __table_args__ = (Index(None, "case_id"), Index(None, "life_event_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    life_event_id: Mapped[str] = mapped_column(ForeignKey("agency_life_events.id"))
    from_org: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))
    to_org: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))
    effective_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided: Mapped[bool] = mapped_column(Boolean)
    applied: Mapped[bool] = mapped_column(Boolean)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agreement_id: Mapped[str | None] = mapped_column(String(36))
