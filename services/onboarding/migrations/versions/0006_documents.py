"""Documents."""

revision = "onboarding_0006"
down_revision = "onboarding_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
