"""Cases are bound to a version of the catalogue; decisions on gaps keep their history.

Every case so far was worked on with what is now the first version. A decision stood beside its
comparison and a new one wiped it out; now each is a row of its own, and the present ones
are carried over. Who recorded those is not known.
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import UTCDateTime
from services.chassis.ids import new_id

revision = "onboarding_0003"
down_revision = "onboarding_0002"
branch_labels = None
depends_on = None

ID = sa.String(36)
SLUG = sa.String(80)
PARTY = sa.String(10)
NAME = sa.String(200)
VERSION = sa.String(10)
FIRST_VERSION = "2026-1"


def upgrade() -> None:
    _bind_to_catalogue("cases")
    _bind_to_catalogue("comparisons")
    _create_decisions()
    _carry_decisions_over()
    _drop_decision_columns()
    _create_negotiation()


def downgrade() -> None:
    raise NotImplementedError("superseded decisions and negotiations would be lost")


def _bind_to_catalogue(table: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column("catalogue_version", VERSION))
    op.execute(
        sa.table(table, sa.column("catalogue_version"))
        .update()
        .values(catalogue_version=FIRST_VERSION)
    )
    with op.batch_alter_table(table) as batch:
        batch.alter_column("catalogue_version", existing_type=VERSION, nullable=False)


def _create_decisions() -> None:
    op.create_table(
        "gap_decisions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("activity", SLUG, nullable=False),
        sa.Column("comparison_version", sa.Integer, nullable=False),
        sa.Column("resolution", sa.String(30), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("effort_hours", sa.Integer),
        sa.Column("price_ore", sa.BigInteger),
        sa.Column("until", sa.Date),
        sa.Column("decided_by", NAME, nullable=False),
        sa.Column("mandate", NAME, nullable=False),
        sa.Column("decided_at", UTCDateTime, nullable=False),
        sa.Column("recorded_by", PARTY),
        sa.Column("superseded_at", UTCDateTime),
        sa.Column("superseded_because", sa.String(20)),
    )
    op.create_index(
        "ix_gap_decisions_case_id_service_activity",
        "gap_decisions",
        ["case_id", "service", "activity"],
    )
    op.create_index("ix_gap_decisions_service_activity", "gap_decisions", ["service", "activity"])


_CARRIED = (
    "case_id",
    "service",
    "activity",
    "reason",
    "effort_hours",
    "price_ore",
    "until",
    "decided_by",
    "mandate",
    "decided_at",
)
_DECISION = ("decision", *_CARRIED[3:])


def _carry_decisions_over() -> None:
    comparisons = sa.table("comparisons", *map(sa.column, ("version", "decision", *_CARRIED)))
    decisions = sa.table(
        "gap_decisions", *map(sa.column, ("id", "comparison_version", "resolution", *_CARRIED))
    )
    connection = op.get_bind()
    decided = connection.execute(sa.select(comparisons).where(comparisons.c.decision.is_not(None)))
    rows = [
        {
            "id": new_id(),
            "comparison_version": row.version,
            "resolution": row.decision,
            **{name: getattr(row, name) for name in _CARRIED},
        }
        for row in decided
    ]
    if rows:
        connection.execute(sa.insert(decisions), rows)


def _drop_decision_columns() -> None:
    with op.batch_alter_table("comparisons") as batch:
        for name in _DECISION:
            batch.drop_column(name)
        batch.add_column(sa.Column("fell_away_at", UTCDateTime))
        batch.add_column(sa.Column("fell_away_with", VERSION))


def _create_negotiation() -> None:
    op.create_table(
        "negotiation_entries",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("activity", SLUG, nullable=False),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.Column("side", PARTY, nullable=False),
        sa.Column("who", NAME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("proposes", sa.String(30)),
        sa.Column("effort_hours", sa.Integer),
        sa.Column("price_ore", sa.BigInteger),
        sa.Column("until", sa.Date),
        sa.Column("answers", ID, sa.ForeignKey("negotiation_entries.id")),
        sa.Column("accepts", sa.Boolean),
    )
    op.create_index(
        "ix_negotiation_entries_case_id_service_activity",
        "negotiation_entries",
        ["case_id", "service", "activity"],
    )
