"""Time plan."""

revision = "onboarding_0009"
down_revision = "onboarding_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
