"""Pipeline."""

revision = "onboarding_0010"
down_revision = "onboarding_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
