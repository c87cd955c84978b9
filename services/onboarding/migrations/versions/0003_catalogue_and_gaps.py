"""Catalogue and gaps."""

revision = "onboarding_0003"
down_revision = "onboarding_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
