"""The headcounts that agencies were registered with, so that an earlier year keeps its own.

Of what is there only the newest headcount is known; earlier registrations stay without one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import UTCDateTime

revision = "billing_0014"
down_revision = "billing_0013"
branch_labels = None
depends_on = None

_NAMES = sa.table(
    "registered_names",
    sa.column("org_number", sa.String),
    sa.column("known_at", UTCDateTime),
    sa.column("headcount", sa.Integer),
)
_CUSTOMERS = sa.table(
    "customers",
    sa.column("org_number", sa.String),
    sa.column("updated_at", UTCDateTime),
    sa.column("headcount", sa.Integer),
)


def upgrade() -> None:
    """Add the column, and fill it where the headcount is known."""
    with op.batch_alter_table("registered_names") as batch:
        batch.add_column(sa.Column("headcount", sa.Integer))
    newest = (
        sa.select(_CUSTOMERS.c.headcount)
        .where(
            _CUSTOMERS.c.org_number == _NAMES.c.org_number,
            _CUSTOMERS.c.updated_at == _NAMES.c.known_at,
        )
        .scalar_subquery()
    )
    op.execute(_NAMES.update().values(headcount=newest))


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
