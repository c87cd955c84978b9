"""Agencies."""

revision = "onboarding_0002"
down_revision = "onboarding_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
