"""Cost pools, costs and files of the accounts, overhead plans, and distributions.

Start-up costs that are there become costs of pools of that kind, one for each service.
"""

from __future__ import annotations

import hashlib
from datetime import date

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id

revision = "billing_0009"
down_revision = "billing_0008"
branch_labels = None
depends_on = None

ID = sa.String(36)
FOREIGN_ID = sa.String(80)
SLUG = sa.String(80)
PERIOD = sa.String(7)
BASIS = sa.String(10)
DIGEST = sa.String(64)
SOURCE = sa.String(90)

_LONGEST_KEY = 60
_AT_ONCE = 1000


def upgrade() -> None:
    pools = _create_pools()
    _create_imports()
    entries = _create_entries()
    _create_documents()
    _create_distributions()
    _take_start_up_costs(pools, entries)


def _create_pools() -> sa.Table:
    return op.create_table(
        "cost_pools",
        sa.Column("key", SLUG, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("service", SLUG),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("service", "kind"),
    )


def _create_imports() -> None:
    op.create_table(
        "cost_imports",
        sa.Column("id", ID, primary_key=True),
        sa.Column("source", SOURCE, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("sent_by", FOREIGN_ID, nullable=False),
        sa.Column("result", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("source", "digest"),
    )
    op.create_table(
        "cost_vouchers",
        sa.Column("source", SOURCE, primary_key=True),
        sa.Column("voucher", DIGEST, primary_key=True),
        sa.Column("content", DIGEST, nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("cost_imports.id"), nullable=False),
    )
    op.create_index(None, "cost_vouchers", ["import_id"])


def _create_entries() -> sa.Table:
    entries = op.create_table(
        "cost_entries",
        sa.Column("id", ID, primary_key=True),
        sa.Column("source", SOURCE, nullable=False),
        sa.Column("source_id", FOREIGN_ID, nullable=False),
        sa.Column("pool", SLUG, sa.ForeignKey("cost_pools.key"), nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("basis", BASIS, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("account", sa.String(10)),
        sa.Column("objects", JSONDocument, nullable=False),
        sa.Column("import_id", ID, sa.ForeignKey("cost_imports.id")),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("source", "source_id"),
    )
    op.create_index(None, "cost_entries", ["period", "basis", "pool"])
    op.create_index(None, "cost_entries", ["pool"])
    op.create_index(None, "cost_entries", ["import_id"])
    return entries


def _create_documents() -> None:
    for table, effective in (("cost_mappings", sa.Date), ("overhead_plans", PERIOD)):
        op.create_table(
            table,
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("effective_from", effective, nullable=False),
            sa.Column("document", JSONDocument, nullable=False),
            sa.Column("registered_by", FOREIGN_ID, nullable=False),
            sa.Column("recorded_at", UTCDateTime, nullable=False),
        )
    op.create_table(
        "pool_readings",
        sa.Column("reading_id", SLUG, primary_key=True),
        sa.Column("driver", SLUG, nullable=False),
        sa.Column("pool", SLUG, sa.ForeignKey("cost_pools.key"), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date),
        sa.Column("quantity", sa.String(40), nullable=False),
        sa.Column("basis", BASIS, nullable=False),
        sa.Column("corrects", SLUG),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_index(None, "pool_readings", ["pool"])


def _create_distributions() -> None:
    op.create_table(
        "cost_distributions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("basis", BASIS, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("corrects", ID, sa.ForeignKey("cost_distributions.id"), unique=True),
        sa.Column("fingerprint", DIGEST, nullable=False),
        sa.Column("given", JSONDocument, nullable=False),
        sa.Column("booked_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("period", "basis", "number"),
    )
    op.create_table(
        "cost_uses",
        sa.Column("distribution_id", ID, sa.ForeignKey("cost_distributions.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("pool", SLUG, sa.ForeignKey("cost_pools.key"), nullable=False),
        sa.Column("origin", SLUG, sa.ForeignKey("cost_pools.key"), nullable=False),
        sa.Column("use", sa.String(12), nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("arrangement", SLUG),
        sa.Column("line", SLUG),
        sa.Column("to_pool", SLUG),
        sa.Column("to_period", PERIOD),
    )
    op.create_index(None, "cost_uses", ["pool"])
    op.create_index(None, "cost_uses", ["origin"])
    op.create_index(None, "cost_uses", ["to_period", "use"])


def _take_start_up_costs(pools: sa.Table, entries: sa.Table) -> None:
    costs = sa.table(
        "start_up_costs",
        sa.column("id", FOREIGN_ID),
        sa.column("case_id", FOREIGN_ID),
        sa.column("org_number", sa.String(11)),
        sa.column("service", SLUG),
        sa.column("kind", sa.String(20)),
        sa.column("incurred_on", sa.Date),
        sa.column("amount_ore", sa.BigInteger),
        sa.column("recorded_at", UTCDateTime),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(costs).order_by(costs.c.id)).all()
    known: dict[str, str] = {}
    for row in rows:
        if row.service not in known:
            known[row.service] = _key_of(row.service)
            connection.execute(
                sa.insert(pools).values(
                    key=known[row.service],
                    name=f"{row.service}, start-up",
                    name_sv=f"{row.service}, uppstart",
                    kind="start_up",
                    service=row.service,
                    recorded_at=row.recorded_at,
                )
            )
    taken = [
        {
            "id": new_id(),
            "source": "event:start-up-costs",
            "source_id": row.id,
            "pool": known[row.service],
            "period": _month_of(row.incurred_on),
            "basis": "actual",
            "amount_ore": row.amount_ore,
            "text": f"{row.kind}, {row.case_id}, {row.org_number}",
            "account": None,
            "objects": [],
            "import_id": None,
            "recorded_at": row.recorded_at,
        }
        for row in rows
    ]
    for begin in range(0, len(taken), _AT_ONCE):
        connection.execute(sa.insert(entries), taken[begin : begin + _AT_ONCE])


def _key_of(service: str) -> str:
    key = f"{service}-start-up"
    if len(key) <= _LONGEST_KEY:
        return key
    return f"start-up-{hashlib.sha256(service.encode()).hexdigest()[:16]}"


def _month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
