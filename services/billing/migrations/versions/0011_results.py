"""Results: what areas brought in from before.

The database itself refuses to change or remove it, as it does with vouchers.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import UTCDateTime

revision = "billing_0011"
down_revision = "billing_0010"
branch_labels = None
depends_on = None

ID = sa.String(36)
SLUG = sa.String(80)

_TABLE = "result_openings"
_MESSAGE = f"{_TABLE} are append-only; correct one by registering it anew"


def upgrade() -> None:
    """Make the table, and keep its rows as they are."""
    op.create_table(
        _TABLE,
        sa.Column("id", ID, primary_key=True),
        sa.Column("service_area", SLUG, nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("corrects", ID, sa.ForeignKey(f"{_TABLE}.id"), unique=True),
        sa.Column("registered_by", sa.String(80), nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("service_area", "category", "as_of", "number"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {_TABLE}_no_{action.lower()} BEFORE {action} ON {_TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {_TABLE}_refuse_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$"
    )
    for when, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_no_{each.lower()}_change BEFORE {when} ON {_TABLE} "
            f"FOR EACH {each} EXECUTE FUNCTION {_TABLE}_refuse_changes()"
        )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
