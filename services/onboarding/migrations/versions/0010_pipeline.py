"""The pipeline: the centre's capacity by role and week, and the plans computed from it."""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "onboarding_0010"
down_revision = "onboarding_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pipeline_capacity",
        sa.Column("role", sa.String(80), primary_key=True),
        sa.Column("monday", sa.Date, primary_key=True),
        sa.Column("hours", sa.Integer, nullable=False),
    )
    op.create_table(
        "pipeline_plans",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("requested_at", UTCDateTime, nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_until", UTCDateTime),
        sa.Column("computed_at", UTCDateTime),
        sa.Column("failure", sa.Text),
        sa.Column("inputs", JSONDocument, nullable=False),
        sa.Column("answer", JSONDocument),
    )
    op.create_index("ix_pipeline_plans_status", "pipeline_plans", ["status"])


def downgrade() -> None:
    raise NotImplementedError("plans and capacity are never taken back; restore a backup instead")
