"""Cost sharing as data: arrangements, what they are fed with, and booked sharings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "billing_0005"
down_revision = "billing_0004"
branch_labels = None
depends_on = None

ID = sa.String(36)
ORG_NUMBER = sa.String(11)
SLUG = sa.String(80)
BASIS = sa.String(10)
DECIMAL = sa.String(40)


def upgrade() -> None:
    _create_arrangements()
    _create_facts()
    _create_sharings()


def _arrangement() -> sa.Column[str]:
    return sa.Column("arrangement", SLUG, sa.ForeignKey("cost_arrangements.key"), nullable=False)


def _create_arrangements() -> None:
    op.create_table(
        "cost_arrangements",
        sa.Column("key", SLUG, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "cost_arrangement_versions",
        sa.Column("id", ID, primary_key=True),
        _arrangement(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("document", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("arrangement", "number"),
        sa.UniqueConstraint("arrangement", "effective_from"),
    )
    op.create_table(
        "cost_parties",
        sa.Column("id", ID, primary_key=True),
        _arrangement(),
        sa.Column("key", SLUG, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("org_number", ORG_NUMBER, index=True),
        sa.Column("groups", JSONDocument, nullable=False),
        sa.Column("joins_on", sa.Date, nullable=False),
        sa.Column("leaves_on", sa.Date),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("arrangement", "key"),
    )


def _create_facts() -> None:
    op.create_table(
        "cost_items",
        sa.Column("id", ID, primary_key=True),
        _arrangement(),
        sa.Column("item_id", SLUG, nullable=False),
        sa.Column("line", SLUG, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("basis", BASIS, nullable=False),
        sa.Column("ordered_by", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("arrangement", "item_id"),
    )
    op.create_table(
        "driver_readings",
        sa.Column("id", ID, primary_key=True),
        _arrangement(),
        sa.Column("reading_id", SLUG, nullable=False),
        sa.Column("driver", SLUG, nullable=False),
        sa.Column("party", SLUG, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date),
        sa.Column("quantity", DECIMAL, nullable=False),
        sa.Column("basis", BASIS, nullable=False),
        sa.Column("corrects", SLUG),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("arrangement", "reading_id"),
    )
    op.create_table(
        "index_values",
        sa.Column("id", ID, primary_key=True),
        sa.Column("index_key", SLUG, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("value", DECIMAL, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_index(None, "index_values", ["index_key", "year"])


def _create_sharings() -> None:
    op.create_table(
        "cost_sharings",
        sa.Column("id", ID, primary_key=True),
        _arrangement(),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("actual_through", sa.Date),
        sa.Column("corrects", ID, sa.ForeignKey("cost_sharings.id"), unique=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("given", JSONDocument, nullable=False),
        sa.Column("results", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_index(None, "cost_sharings", ["arrangement", "first_day"])
    op.create_table(
        "cost_shares",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sharing_id", ID, sa.ForeignKey("cost_sharings.id"), nullable=False),
        sa.Column("party", SLUG, nullable=False),
        sa.Column("org_number", ORG_NUMBER, index=True),
        sa.Column("line", SLUG, nullable=False),
        sa.Column("owed_ore", sa.BigInteger, nullable=False),
        sa.Column("charged_before_ore", sa.BigInteger, nullable=False),
        sa.Column("charged_now_ore", sa.BigInteger, nullable=False),
        sa.Column("contact", sa.Boolean, nullable=False),
        sa.UniqueConstraint("sharing_id", "party", "line"),
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
