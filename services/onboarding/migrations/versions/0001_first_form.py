"""Agencies, cases and what each of the five phases gathers."""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.migrations import create_chassis_tables

revision = "onboarding_0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36)
SLUG = sa.String(80)
PARTY = sa.String(10)
NAME = sa.String(200)
HASH = sa.String(64)


def upgrade() -> None:
    create_chassis_tables(op)
    _create_agencies_and_cases()
    _create_letter_of_intent()
    _create_gap_analysis()
    _create_agreements()
    _create_implementation()
    _create_stabilisation()


def _case_id(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "case_id", ID, sa.ForeignKey("cases.id"), primary_key=primary_key, nullable=False
    )


def _create_agencies_and_cases() -> None:
    op.create_table(
        "agencies",
        sa.Column("org_number", sa.String(11), primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("headcount", sa.Integer, nullable=False),
        sa.Column("part_of_state", sa.Boolean, nullable=False),
        sa.Column("registered_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "org_number", sa.String(11), sa.ForeignKey("agencies.org_number"), nullable=False
        ),
        sa.Column("phase", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("opened_at", UTCDateTime, nullable=False),
        sa.Column("phase_entered_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_cases_org_number", "cases", ["org_number"])
    op.create_table(
        "case_services",
        _case_id(primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("open_key", sa.String(100), unique=True),
        sa.Column("live_on", sa.Date),
    )
    op.create_table(
        "timeline",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.Column("who", NAME, nullable=False),
        sa.Column("action", SLUG, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
    )
    op.create_index("ix_timeline_case_id_id", "timeline", ["case_id", "id"])


def _create_letter_of_intent() -> None:
    op.create_table(
        "staffing",
        _case_id(primary_key=True),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("members", JSONDocument, nullable=False),
    )
    op.create_table(
        "time_plans",
        _case_id(primary_key=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("go_live_on", sa.Date, nullable=False),
        sa.Column("reason_if_short", sa.Text),
    )
    op.create_table(
        "baselines",
        _case_id(primary_key=True),
        sa.Column("yearly_cost_sek", sa.BigInteger, nullable=False),
        sa.Column("fte_hundredths", sa.Integer, nullable=False),
        sa.Column("volumes", JSONDocument, nullable=False),
        sa.Column("systems", JSONDocument, nullable=False),
        sa.Column("agreements", JSONDocument, nullable=False),
    )
    op.create_table(
        "fee_indications",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("headcount", sa.Integer, nullable=False),
        sa.Column("volumes", JSONDocument, nullable=False),
        sa.Column("tariff", SLUG),
        sa.Column("yearly_total_ore", sa.BigInteger),
        sa.Column("lines", JSONDocument, nullable=False),
        sa.Column("refusal_code", SLUG),
        sa.Column("refusal_reason", sa.Text),
        sa.Column("requested_at", UTCDateTime, nullable=False),
        sa.Column("answered_at", UTCDateTime),
    )
    op.create_index("ix_fee_indications_case_id", "fee_indications", ["case_id"])
    op.create_table(
        "letter_signatures",
        _case_id(primary_key=True),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("signed_at", UTCDateTime, nullable=False),
    )


def _create_gap_analysis() -> None:
    op.create_table(
        "comparisons",
        _case_id(primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("activity", SLUG, primary_key=True),
        sa.Column("customer_way", sa.Text, nullable=False),
        sa.Column("gap", sa.Boolean, nullable=False),
        sa.Column("kind", sa.String(30)),
        sa.Column("size", sa.String(10)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("decision", sa.String(30)),
        sa.Column("reason", sa.Text),
        sa.Column("effort_hours", sa.Integer),
        sa.Column("price_ore", sa.BigInteger),
        sa.Column("until", sa.Date),
        sa.Column("decided_by", NAME),
        sa.Column("mandate", NAME),
        sa.Column("decided_at", UTCDateTime),
    )


def _create_agreements() -> None:
    op.create_table(
        "agreement_versions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agreement_id", ID, nullable=False),
        _case_id(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content", JSONDocument, nullable=False),
        sa.Column("content_hash", HASH, nullable=False),
        sa.Column("drafted_at", UTCDateTime, nullable=False),
        sa.Column("signed_on", sa.Date),
        sa.UniqueConstraint("case_id", "version"),
    )
    op.create_index("ix_agreement_versions_agreement_id", "agreement_versions", ["agreement_id"])
    op.create_table(
        "agreement_signatures",
        sa.Column(
            "agreement_version_id", ID, sa.ForeignKey("agreement_versions.id"), primary_key=True
        ),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("mandate", NAME, nullable=False),
        sa.Column("content_hash", HASH, nullable=False),
        sa.Column("signed_at", UTCDateTime, nullable=False),
    )


def _create_implementation() -> None:
    op.create_table(
        "readiness",
        _case_id(primary_key=True),
        sa.Column("item", SLUG, primary_key=True),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("stated_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "reconciliations",
        _case_id(primary_key=True),
        sa.Column("batch", SLUG, primary_key=True),
        sa.Column("source_count", sa.BigInteger, nullable=False),
        sa.Column("target_count", sa.BigInteger, nullable=False),
        sa.Column("source_sum_ore", sa.BigInteger, nullable=False),
        sa.Column("target_sum_ore", sa.BigInteger, nullable=False),
        sa.Column("explanation", sa.Text),
        sa.Column("reconciled_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "go_decisions",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("party", PARTY, nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("go_live_on", sa.Date, nullable=False),
        sa.Column("mandate", NAME, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("decided_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_go_decisions_case_id", "go_decisions", ["case_id"])


def _create_stabilisation() -> None:
    op.create_table(
        "closed_periods",
        sa.Column("agreement_id", ID, primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("whole_month", sa.Boolean, nullable=False),
        sa.Column("met", sa.Boolean, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "matters",
        sa.Column("matter_id", ID, primary_key=True),
        sa.Column("agreement_id", ID, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("priority", sa.String(10), nullable=False),
        sa.Column("raised_at", UTCDateTime),
        sa.Column("resolved_at", UTCDateTime),
    )
    op.create_index("ix_matters_agreement_id", "matters", ["agreement_id"])
