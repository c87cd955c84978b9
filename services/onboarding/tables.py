"""Onboarding's tables. Rows are read and written by the repositories only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.tables import metadata_with_chassis_tables


class Base(DeclarativeBase):
    """Base of onboarding's tables; its metadata holds the chassis tables too."""

    metadata = metadata_with_chassis_tables()


class AgencyRow(Base):
    """An agency, under the organisation number that outlives its name."""

    __tablename__ = "agencies"

    org_number: Mapped[str] = mapped_column(String(11), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    headcount: Mapped[int] = mapped_column(Integer)
    part_of_state: Mapped[bool] = mapped_column(Boolean)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CaseRow(Base):
    """An onboarding case. ``version`` counts its changes; two at once cannot both win."""

    __tablename__ = "cases"
    __table_args__ = (Index(None, "org_number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    org_number: Mapped[str] = mapped_column(ForeignKey("agencies.org_number"))
    phase: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    phase_entered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CaseServiceRow(Base):
    """A service within a case. ``open_key`` is unique while the case is open, then null."""

    __tablename__ = "case_services"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    open_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    live_on: Mapped[date | None] = mapped_column(Date)


class TimelineRow(Base):
    """One thing that happened in a case, as a sentence."""

    __tablename__ = "timeline"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    who: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))
    sentence: Mapped[str] = mapped_column(Text)


class StaffingRow(Base):
    """Who works on a case on one side."""

    __tablename__ = "staffing"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSONDocument)


class TimePlanRow(Base):
    """The preliminary time plan of a case."""

    __tablename__ = "time_plans"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date)
    go_live_on: Mapped[date] = mapped_column(Date)
    reason_if_short: Mapped[str | None] = mapped_column(Text)


class BaselineRow(Base):
    """What the customer's own way costs and holds before joining."""

    __tablename__ = "baselines"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    yearly_cost_sek: Mapped[int] = mapped_column(BigInteger)
    fte_hundredths: Mapped[int] = mapped_column(Integer)
    volumes: Mapped[dict[str, dict[str, int]]] = mapped_column(JSONDocument)
    systems: Mapped[list[str]] = mapped_column(JSONDocument)
    agreements: Mapped[list[str]] = mapped_column(JSONDocument)


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
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LetterSignatureRow(Base):
    """A party's signature under the letter of intent."""

    __tablename__ = "letter_signatures"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ComparisonRow(Base):
    """An activity held against the customer's way, with the decision on its gap."""

    __tablename__ = "comparisons"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    activity: Mapped[str] = mapped_column(String(80), primary_key=True)
    customer_way: Mapped[str] = mapped_column(Text)
    gap: Mapped[bool] = mapped_column(Boolean)
    kind: Mapped[str | None] = mapped_column(String(30))
    size: Mapped[str | None] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str | None] = mapped_column(String(30))
    reason: Mapped[str | None] = mapped_column(Text)
    effort_hours: Mapped[int | None] = mapped_column(Integer)
    price_ore: Mapped[int | None] = mapped_column(BigInteger)
    until: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    mandate: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


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


class ReadinessRow(Base):
    """What a party says of one readiness item."""

    __tablename__ = "readiness"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    party: Mapped[str] = mapped_column(String(10), primary_key=True)
    ready: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReconciliationRow(Base):
    """A migrated batch counted and summed at its source and at its target."""

    __tablename__ = "reconciliations"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    batch: Mapped[str] = mapped_column(String(80), primary_key=True)
    source_count: Mapped[int] = mapped_column(BigInteger)
    target_count: Mapped[int] = mapped_column(BigInteger)
    source_sum_ore: Mapped[int] = mapped_column(BigInteger)
    target_sum_ore: Mapped[int] = mapped_column(BigInteger)
    explanation: Mapped[str | None] = mapped_column(Text)
    reconciled_at: Mapped[datetime] = mapped_column(UTCDateTime)


class GoDecisionRow(Base):
    """A party's go or no-go; the latest of each party counts."""

    __tablename__ = "go_decisions"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    party: Mapped[str] = mapped_column(String(10))
    decision: Mapped[str] = mapped_column(String(10))
    go_live_on: Mapped[date] = mapped_column(Date)
    mandate: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ClosedPeriodRow(Base):
    """A month of a service as collab_model closed it."""

    __tablename__ = "closed_periods"

    agreement_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    whole_month: Mapped[bool] = mapped_column(Boolean)
    met: Mapped[bool] = mapped_column(Boolean)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MatterRow(Base):
    """A matter as far as a case needs to know; either end may arrive first."""

    __tablename__ = "matters"
    __table_args__ = (Index(None, "agreement_id"),)

    matter_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(36))
    service: Mapped[str] = mapped_column(String(80))
    priority: Mapped[str] = mapped_column(String(10))
    raised_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
