"""Implementation."""

revision = "onboarding_0007"
down_revision = "onboarding_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
