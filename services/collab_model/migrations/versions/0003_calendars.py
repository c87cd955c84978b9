"""Calendars in versions, what agreements are bound to, and days set by themselves.

Agreements that were signed before go on by their signed service hours: nothing is bound.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "collab_model_0003"
down_revision = "collab_model_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "calendar_versions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("calendar_id", sa.String(36), sa.ForeignKey("calendars.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("holds_from", sa.Date, nullable=False),
        sa.Column("holds_until", sa.Date),
        sa.Column("content", JSONDocument, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("calendar_id", "number"),
    )
    op.create_table(
        "calendar_bindings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("calendar_id", sa.String(36), sa.ForeignKey("calendars.id")),
        sa.Column("holds_from", sa.Date, nullable=False),
        sa.Column("holds_until", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("agreement_id", "number"),
    )
    op.create_index("ix_calendar_bindings_calendar_id", "calendar_bindings", ["calendar_id"])
    op.create_table(
        "calendar_overrides",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("hours", JSONDocument, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("agreement_id", "number"),
    )


def downgrade() -> None:
    raise NotImplementedError("calendars have no place in the schema before; restore a backup")
