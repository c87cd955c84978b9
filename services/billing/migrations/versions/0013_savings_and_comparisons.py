"""The savings register, and comparisons between customers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "billing_0013"
down_revision = "billing_0012"
branch_labels = None
depends_on = None

ID = sa.String(36)
FOREIGN_ID = sa.String(80)
ORG_NUMBER = sa.String(11)
SLUG = sa.String(80)
PERIOD = sa.String(7)
STATE = sa.String(12)
PARTY = sa.String(10)


def upgrade() -> None:
    """Make the tables."""
    _create_savings()
    _create_comparisons()


def _by_whom() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("party", PARTY, nullable=False),
        sa.Column("recorded_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )


def _of_saving() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("saving_id", ID, sa.ForeignKey("savings.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    )


def _create_savings() -> None:
    op.create_table(
        "savings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("arises_at", sa.String(10), nullable=False),
        sa.Column("org_number", ORG_NUMBER),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        *_by_whom(),
    )
    op.create_index(None, "savings", ["org_number"])
    op.create_table(
        "saving_specifications",
        *_of_saving(),
        sa.Column("baseline", sa.Text, nullable=False),
        sa.Column("baseline_ore", sa.BigInteger, nullable=False),
        sa.Column("baseline_fte", sa.Integer, nullable=False),
        sa.Column("baseline_source", sa.Text, nullable=False),
        sa.Column("expected_ore", sa.BigInteger, nullable=False),
        sa.Column("expected_fte", sa.Integer, nullable=False),
        sa.Column("saves_from", sa.Date, nullable=False),
        sa.Column("saves_until", sa.Date),
        sa.Column("reason", sa.Text),
        *_by_whom(),
    )
    op.create_table(
        "saving_owners",
        *_of_saving(),
        sa.Column("holds_from", sa.Date, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        *_by_whom(),
    )
    op.create_table(
        "saving_steps",
        *_of_saving(),
        sa.Column("before", STATE, nullable=False),
        sa.Column("after", STATE, nullable=False),
        sa.Column("taken_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text),
        *_by_whom(),
    )
    op.create_table(
        "saving_follow_ups",
        sa.Column("id", ID, primary_key=True),
        sa.Column("saving_id", ID, sa.ForeignKey("savings.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("first_period", PERIOD, nullable=False),
        sa.Column("last_period", PERIOD, nullable=False),
        sa.Column("realised_ore", sa.BigInteger, nullable=False),
        sa.Column("realised_fte", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("corrects", ID, sa.ForeignKey("saving_follow_ups.id")),
        sa.Column("reason", sa.Text),
        *_by_whom(),
        sa.UniqueConstraint("saving_id", "number"),
        sa.UniqueConstraint("corrects"),
    )


def _create_comparisons() -> None:
    op.create_table(
        "comparisons",
        sa.Column("id", ID, primary_key=True),
        sa.Column("definition", JSONDocument, nullable=False),
        sa.Column("service", SLUG),
        sa.Column("unit", SLUG),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("groups", JSONDocument, nullable=False),
        sa.Column("least_figures", sa.Integer, nullable=False),
        sa.Column("review_until", sa.Date, nullable=False),
        sa.Column("without_data", JSONDocument, nullable=False),
        sa.Column("replaces", ID, sa.ForeignKey("comparisons.id")),
        sa.Column("status", STATE, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("result", JSONDocument),
        sa.Column("opened_by", FOREIGN_ID, nullable=False),
        sa.Column("opened_at", UTCDateTime, nullable=False),
        sa.Column("closed_by", FOREIGN_ID),
        sa.Column("closed_at", UTCDateTime),
        sa.Column("withdrawal_reason", sa.Text),
    )
    op.create_index(None, "comparisons", ["replaces"])
    op.create_table(
        "comparison_figures",
        sa.Column("id", ID, primary_key=True),
        sa.Column("comparison_id", ID, sa.ForeignKey("comparisons.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("peer_group", SLUG),
        sa.Column("numerator", sa.BigInteger, nullable=False),
        sa.Column("denominator", sa.BigInteger, nullable=False),
        sa.Column("review", STATE, nullable=False),
        sa.UniqueConstraint("comparison_id", "org_number"),
    )
    op.create_index(None, "comparison_figures", ["org_number"])
    op.create_table(
        "comparison_remarks",
        sa.Column("figure_id", ID, sa.ForeignKey("comparison_figures.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("review", STATE, nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("numerator", sa.BigInteger, nullable=False),
        sa.Column("denominator", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
