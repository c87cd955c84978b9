"""Why billing could not indicate a fee, in Swedish too; earlier refusals have English alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "onboarding_0012"
down_revision = "onboarding_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("fee_indications") as batch:
        batch.add_column(sa.Column("refusal_reason_sv", sa.Text))


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
