"""Agreements in operation."""

revision = "collab_model_0002"
down_revision = "collab_model_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
