"""Credits by the agreement's table: its bands and exclusions, and months as they closed.

What was signed before has no bands and excludes nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "billing_0004"
down_revision = "billing_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("signed_versions") as batch:
        for name in ("credit_bands", "credit_exclusions"):
            batch.add_column(sa.Column(name, JSONDocument, nullable=False, server_default="[]"))
    with op.batch_alter_table("signed_versions") as batch:
        for name in ("credit_bands", "credit_exclusions"):
            batch.alter_column(name, server_default=None)
    op.create_table(
        "closed_months",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "subscription_id", sa.String(36), sa.ForeignKey("subscriptions.id"), nullable=False
        ),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("results", JSONDocument, nullable=False),
        sa.Column("excluded_breaches", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("subscription_id", "service", "period"),
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
