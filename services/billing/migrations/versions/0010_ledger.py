"""The ledger, and invoices that carry the shares of booked cost sharings.

The database itself refuses to change or remove vouchers and their entries. What billing made
before this release is posted by a timer, once, when the new release starts.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id

revision = "billing_0010"
down_revision = "billing_0009"
branch_labels = None
depends_on = None

ID = sa.String(36)
FOREIGN_ID = sa.String(80)
ORG_NUMBER = sa.String(11)
SLUG = sa.String(80)
PERIOD = sa.String(7)

_APPEND_ONLY = ("vouchers", "ledger_entries")
_FACTS = ("invoices", "true_ups", "credits", "cost_sharings", "start_up_costs")


def upgrade() -> None:
    _create_ledger()
    for table in _APPEND_ONLY:
        _refuse_changes(table)
    _create_share_instalments()
    _have_earlier_facts_posted()


def _create_ledger() -> None:
    op.create_table(
        "voucher_counters",
        sa.Column("series", sa.String(1), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "vouchers",
        sa.Column("id", ID, primary_key=True),
        sa.Column("series", sa.String(1), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("posted_on", sa.Date, nullable=False),
        sa.Column("occurred_on", sa.Date, nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("cause_id", FOREIGN_ID, nullable=False),
        sa.Column("event_id", FOREIGN_ID),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_sv", sa.Text, nullable=False),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id")),
        sa.Column("corrects", ID, sa.ForeignKey("vouchers.id")),
        sa.Column("recorded_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("series", "year", "number"),
        sa.UniqueConstraint("cause", "cause_id"),
    )
    for column in ("posted_on", "subscription_id", "corrects"):
        op.create_index(None, "vouchers", [column])
    op.create_table(
        "ledger_entries",
        sa.Column("id", ID, primary_key=True),
        sa.Column("voucher_id", ID, sa.ForeignKey("vouchers.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("account", sa.String(4), nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("org_number", ORG_NUMBER),
        sa.Column("service", SLUG),
        sa.Column("period", PERIOD),
        sa.UniqueConstraint("voucher_id", "position"),
    )
    op.create_index(None, "ledger_entries", ["account", "id"])


def _refuse_changes(table: str) -> None:
    """Have the database refuse UPDATE and DELETE of a table's rows, whoever asks.

    On SQLite a later migration that copies the table (``batch_alter_table``) drops its
    triggers and has to make them again.
    """
    message = f"{table} are append-only; correct them by a new voucher"
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    for when, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{each.lower()}_change BEFORE {when} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_refuse_changes()"
        )


def _create_share_instalments() -> None:
    op.create_table(
        "cost_share_instalments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("share_id", ID, sa.ForeignKey("cost_shares.id"), nullable=False),
        sa.Column("sharing_id", ID, sa.ForeignKey("cost_sharings.id"), nullable=False),
        sa.Column("arrangement", SLUG, nullable=False),
        sa.Column("party", SLUG, nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("line", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id")),
        sa.UniqueConstraint("share_id", "period"),
    )
    op.create_index(None, "cost_share_instalments", ["org_number", "period"])
    with op.batch_alter_table("invoice_lines") as batch:
        batch.add_column(sa.Column("cost_sharing_id", ID))
        batch.add_column(sa.Column("party", SLUG))
        batch.create_foreign_key(
            "fk_invoice_lines_cost_sharing_id", "cost_sharings", ["cost_sharing_id"], ["id"]
        )


def _have_earlier_facts_posted() -> None:
    bind = op.get_bind()
    facts = (sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1) for name in _FACTS)
    if not any(bind.scalar(query) for query in facts):
        return
    timers = sa.table(
        "timers",
        sa.column("id", ID),
        sa.column("name", sa.String),
        sa.column("key", sa.String),
        sa.column("due_at", UTCDateTime),
        sa.column("payload", JSONDocument),
        sa.column("status", sa.String),
        sa.column("attempts", sa.Integer),
    )
    bind.execute(
        timers.insert().values(
            id=new_id(),
            name="post-earlier-facts",
            key="ledger",
            # Long ago, so that it is due at once, in simulated time too.
            due_at=datetime(2000, 1, 1, tzinfo=UTC),
            payload={},
            status="set",
            attempts=0,
        )
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
