"""The rate of VAT of own prices; those from before state none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "billing_0015"
down_revision = "billing_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("own_prices", sa.Column("vat_percent", sa.String(6)))


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
