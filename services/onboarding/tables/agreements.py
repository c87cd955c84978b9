"""Agreements, their versions, decisions, deviations and endings in tables."""

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
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.columns import JSONDocument, UTCDateTime
from services.onboarding.tables.base import Base


class AgreementRow(Base):
    """An agreement apart from its versions.

    ``revision`` counts its changes; two at once cannot both win. ``ends_on`` is settled by
    notice, expiry or what becomes of the agency.
    """

    __tablename__ = "agreements"
    __table_args__ = (Index(None, "org_number"), Index(None, "case_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    org_number: Mapped[str] = mapped_column(String(11))
    revision: Mapped[int] = mapped_column(Integer)
    ends_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(String(20))


class AgreementVersionRow(Base):
    """One version of an agreement's text and data; never edited once drafted.

    ``holds_from`` and ``valid_until`` repeat the content's days, to find what is in force.
    """

    __tablename__ = "agreement_versions"
    __table_args__ = (
        UniqueConstraint("case_id", "version"),
        UniqueConstraint("agreement_id", "version"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(JSONDocument)
    content_hash: Mapped[str] = mapped_column(String(64))
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_on: Mapped[date | None] = mapped_column(Date)
    origin: Mapped[str] = mapped_column(String(20))
    outside_window: Mapped[bool] = mapped_column(Boolean)
    holds_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)


class AgreementPartyRow(Base):
    """An agency that takes part in a version, and so may read and sign it."""

    __tablename__ = "agreement_parties"
    __table_args__ = (Index(None, "org_number", "agreement_id"),)

    agreement_version_id: Mapped[str] = mapped_column(
        ForeignKey("agreement_versions.id"), primary_key=True
    )
    org_number: Mapped[str] = mapped_column(String(11), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    role: Mapped[str] = mapped_column(String(10))


class AgreementSignatureRow(Base):
    """A party's decision on one version of an agreement.

    ``party`` is customer, centre or a further party's organisation number.
    """

    __tablename__ = "agreement_signatures"

    agreement_version_id: Mapped[str] = mapped_column(
        ForeignKey("agreement_versions.id"), primary_key=True
    )
    party: Mapped[str] = mapped_column(String(11), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    delegation_id: Mapped[str | None] = mapped_column(ForeignKey("signing_delegations.id"))


class AgreementUrgencyRow(Base):
    """Why a party wants a version to take effect outside the agreed windows."""

    __tablename__ = "agreement_urgencies"

    agreement_version_id: Mapped[str] = mapped_column(
        ForeignKey("agreement_versions.id"), primary_key=True
    )
    party: Mapped[str] = mapped_column(String(11), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgreementDeviationRow(Base):
    """A deviation of a version, as an object of its own, to be found and counted."""

    __tablename__ = "agreement_deviations"
    __table_args__ = (Index(None, "kind", "subject"),)

    agreement_version_id: Mapped[str] = mapped_column(
        ForeignKey("agreement_versions.id"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(170), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    part: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(10))
    ends_on: Mapped[date] = mapped_column(Date)


class ClauseWordingRow(Base):
    """A party's own wording of a clause, for the drafts of a case."""

    __tablename__ = "clause_wordings"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    clause: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(10))
    ends_on: Mapped[date] = mapped_column(Date)
    decided_by: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))


class SigningDelegationRow(Base):
    """A right to sign agreements that a head of agency has given."""

    __tablename__ = "signing_delegations"
    __table_args__ = (Index(None, "party"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    party: Mapped[str] = mapped_column(String(11))
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    delegated_by: Mapped[str] = mapped_column(String(200))
    delegated_by_title: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(200))
    max_yearly_fee_ore: Mapped[int | None] = mapped_column(BigInteger)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_on: Mapped[date | None] = mapped_column(Date)


class AgreementReminderRow(Base):
    """A reminder that fell due, once for each kind and day."""

    __tablename__ = "agreement_reminders"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_on: Mapped[date] = mapped_column(Date, primary_key=True)
    about: Mapped[str] = mapped_column(Text)
    fell_due_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgreementServiceEndRow(Base):
    """The settled last day of a service under an agreement, whoever settled it."""

    __tablename__ = "agreement_service_ends"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(20))


class AgreementNoticeRow(Base):
    """Notice that a party has given of services, and what became of it."""

    __tablename__ = "agreement_notices"
    __table_args__ = (Index(None, "agreement_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    party: Mapped[str] = mapped_column(String(11))
    services: Mapped[list[str]] = mapped_column(JSONDocument)
    reason: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    mandate: Mapped[str] = mapped_column(String(200))
    given_on: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(10))
    settled_on: Mapped[date | None] = mapped_column(Date)
    settled_by: Mapped[str | None] = mapped_column(String(11))
    exit_id: Mapped[str | None] = mapped_column(String(36))
