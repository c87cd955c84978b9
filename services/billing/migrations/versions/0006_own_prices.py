"""The centre's own prices of services that no tariff prices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import UTCDateTime

revision = "billing_0006"
down_revision = "billing_0005"
branch_labels = None
depends_on = None

SLUG = sa.String(80)


def upgrade() -> None:
    op.create_table(
        "own_prices",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("series", sa.String(180), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("service", SLUG, nullable=False, index=True),
        sa.Column("service_area", SLUG, nullable=False),
        sa.Column("unit", SLUG, nullable=False),
        sa.Column("org_number", sa.String(11)),
        sa.Column("amount_ore", sa.BigInteger),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("cost_basis", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("replaces", sa.Integer),
        sa.Column("registered_by", sa.String(80), nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("series", "number"),
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
