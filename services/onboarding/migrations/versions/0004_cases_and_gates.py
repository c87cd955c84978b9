"""Cases and gates."""

revision = "onboarding_0004"
down_revision = "onboarding_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
