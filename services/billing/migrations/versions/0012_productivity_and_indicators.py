"""Full-time equivalents, and what indicators need that nothing else tells."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "billing_0012"
down_revision = "billing_0011"
branch_labels = None
depends_on = None

ID = sa.String(36)
FOREIGN_ID = sa.String(80)
SLUG = sa.String(80)
PERIOD = sa.String(7)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "full_time_equivalents",
        sa.Column("id", ID, primary_key=True),
        sa.Column("source", SLUG, nullable=False),
        sa.Column("source_id", SLUG, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("hundredths", sa.Integer, nullable=False),
        sa.Column("corrects", SLUG),
        sa.Column("registered_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("source", "source_id"),
        sa.UniqueConstraint("source", "corrects"),
    )
    op.create_index(None, "full_time_equivalents", ["period", "service"])
    op.create_table(
        "preparedness_lists",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holds_from", sa.Date, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("org_numbers", JSONDocument, nullable=False),
        sa.Column("registered_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
