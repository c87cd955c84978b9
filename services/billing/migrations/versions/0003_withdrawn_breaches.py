"""Breaches that turned out not to be: their credits are withdrawn, not removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import UTCDateTime

revision = "billing_0003"
down_revision = "billing_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("credits") as batch:
        batch.add_column(sa.Column("withdrawn_at", UTCDateTime))


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
