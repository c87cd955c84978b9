"""Agreements."""

revision = "onboarding_0005"
down_revision = "onboarding_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
