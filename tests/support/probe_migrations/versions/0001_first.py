"""The probe's table and the chassis'."""

import sqlalchemy as sa
from alembic import op

from services.chassis.migrations import create_chassis_tables

revision = "probe_0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "effects",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
    )
