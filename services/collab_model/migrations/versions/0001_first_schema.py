"""The first schema: agreements, levels, periods, matters, forums, meetings, minutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.migrations import create_chassis_tables

revision = "collab_model_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "outbox",
    "inbox",
    "timers",
    "audit",
    "idempotency_keys",
    "service_clock",
    "agreements",
    "agreement_services",
    "levels",
    "readings",
    "periods",
    "period_results",
    "matters",
    "matter_log",
    "breaches",
    "forums",
    "meetings",
    "agenda_items",
    "minutes",
    "decisions",
    "actions",
)
"""In the order they are created, so that each refers to earlier ones only."""


def upgrade() -> None:
    create_chassis_tables(op)
    _create_agreements()
    _create_levels()
    _create_matters()
    _create_forums()
    _create_minutes()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_agreements() -> None:
    """Agreements in operation and their services."""
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("service_hours", JSONDocument, nullable=False),
        sa.Column("first_live_on", sa.Date),
        sa.Column("stabilised_on", sa.Date),
        sa.Column("set_up_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "agreement_services",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("service_area", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("live_on", sa.Date),
        sa.UniqueConstraint("agreement_id", "service"),
    )
    op.create_index(
        "ix_agreement_services_org_number_service", "agreement_services", ["org_number", "service"]
    )


def _create_levels() -> None:
    """Levels, readings and closed periods."""
    op.create_table(
        "levels",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target_minutes", JSONDocument, nullable=False),
        sa.Column("required_share_percent", sa.Numeric(20, 6), nullable=False),
        sa.UniqueConstraint("agreement_id", "service", "key"),
    )
    op.create_index("ix_levels_org_number", "levels", ["org_number"])
    op.create_table(
        "readings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("source_id", sa.String(200), nullable=False),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("level", sa.String(80), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("good", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("source", "source_id"),
    )
    op.create_index(
        "ix_readings_agreement_id_service_period", "readings", ["agreement_id", "service", "period"]
    )
    op.create_table(
        "periods",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("whole_month", sa.Boolean, nullable=False),
        sa.Column("met", sa.Boolean, nullable=False),
        sa.Column("closed_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("agreement_id", "service", "period"),
    )
    op.create_index("ix_periods_org_number", "periods", ["org_number"])
    op.create_table(
        "period_results",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("period_id", sa.String(36), sa.ForeignKey("periods.id"), nullable=False),
        sa.Column("level_id", sa.String(36), sa.ForeignKey("levels.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("level", sa.String(80), nullable=False),
        sa.Column("required_share_percent", sa.Numeric(20, 6), nullable=False),
        sa.Column("outcome_percent", sa.Numeric(20, 6)),
        sa.Column("measured", sa.Integer, nullable=False),
        sa.Column("met", sa.Boolean, nullable=False),
        sa.UniqueConstraint("period_id", "level_id"),
    )


def _create_matters() -> None:
    """Matters, their logs and breaches."""
    op.create_table(
        "matters",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("raised_at", UTCDateTime, nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("resolved_at", UTCDateTime),
    )
    op.create_index(
        "ix_matters_agreement_id_service_raised_at",
        "matters",
        ["agreement_id", "service", "raised_at"],
    )
    op.create_index("ix_matters_org_number_id", "matters", ["org_number", "id"])
    op.create_table(
        "matter_log",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("matter_id", sa.String(36), sa.ForeignKey("matters.id"), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.Column("party", sa.String(10), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.UniqueConstraint("matter_id", "sequence"),
    )
    op.create_table(
        "breaches",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("matter_id", sa.String(36), sa.ForeignKey("matters.id"), nullable=False),
        sa.Column("level_id", sa.String(36), sa.ForeignKey("levels.id"), nullable=False),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("target_minutes", sa.Integer, nullable=False),
        sa.Column("breached_at", UTCDateTime, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("matter_id", "level_id"),
    )
    op.create_index("ix_breaches_agreement_id", "breaches", ["agreement_id"])


def _create_forums() -> None:
    """Forums, meetings and agendas."""
    op.create_table(
        "forums",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("meetings_per_year", sa.Integer, nullable=False),
        sa.Column("meetings_per_year_in_stabilisation", sa.Integer, nullable=False),
        sa.UniqueConstraint("agreement_id", "key"),
    )
    op.create_index("ix_forums_org_number", "forums", ["org_number"])
    op.create_table(
        "meetings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("forum_id", sa.String(36), sa.ForeignKey("forums.id"), nullable=False),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("nominal_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("fell_due_at", UTCDateTime),
        sa.UniqueConstraint("forum_id", "number"),
    )
    op.create_index("ix_meetings_org_number_id", "meetings", ["org_number", "id"])
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("meeting_id", sa.String(36), sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("forum_id", sa.String(36), sa.ForeignKey("forums.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("matter_id", sa.String(36), sa.ForeignKey("matters.id"), nullable=False),
        sa.Column("breach_id", sa.String(36), sa.ForeignKey("breaches.id")),
        sa.UniqueConstraint("meeting_id", "position"),
    )
    op.create_index("ix_agenda_items_forum_id_breach_id", "agenda_items", ["forum_id", "breach_id"])


def _create_minutes() -> None:
    """Minutes with their decisions and actions."""
    op.create_table(
        "minutes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("meeting_id", sa.String(36), sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("attendees", JSONDocument, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("kept_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("meeting_id"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("minutes_id", sa.String(36), sa.ForeignKey("minutes.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("mandate", sa.String(200), nullable=False),
        sa.UniqueConstraint("minutes_id", "position"),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("minutes_id", sa.String(36), sa.ForeignKey("minutes.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("owner_role", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.UniqueConstraint("minutes_id", "position"),
    )
