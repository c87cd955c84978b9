"""Clocks: logs in both times, breaches by round, rules and levels set by staff, warnings.

What stands in a log became known when it happened. Each breach is the first of its clock, which
bears the name of the level.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "collab_model_0004"
down_revision = "collab_model_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _log_in_both_times()
    _matters_that_end()
    _breaches_by_round()
    _terms_and_warnings()


def _log_in_both_times() -> None:
    with op.batch_alter_table("matter_log") as batch:
        batch.add_column(sa.Column("recorded_at", UTCDateTime))
        batch.add_column(sa.Column("service", sa.String(80)))
        batch.add_column(sa.Column("version", sa.Integer))
        batch.add_column(sa.Column("priority", sa.String(20)))
        batch.add_column(sa.Column("counterpart", sa.String(80)))
        batch.add_column(sa.Column("corrects", sa.Integer))
        batch.add_column(sa.Column("withdrawn", sa.Boolean))
    log = sa.table("matter_log", *map(sa.column, ("at", "recorded_at", "withdrawn")))
    op.execute(log.update().values(recorded_at=log.c.at, withdrawn=sa.false()))
    for column in ("service", "version", "priority"):
        op.execute(
            f"UPDATE matter_log SET {column} = "  # noqa: S608  # one of the three names above
            f"(SELECT {column} FROM matters WHERE matters.id = matter_log.matter_id) "
            "WHERE event = 'raised'"
        )
    with op.batch_alter_table("matter_log") as batch:
        batch.alter_column("recorded_at", existing_type=UTCDateTime, nullable=False)
        batch.alter_column("withdrawn", existing_type=sa.Boolean, nullable=False)
        batch.create_index("ix_matter_log_service_matter_id", ["service", "matter_id"])


def _matters_that_end() -> None:
    with op.batch_alter_table("matters") as batch:
        batch.add_column(sa.Column("ended_at", UTCDateTime))
    op.execute("UPDATE matters SET ended_at = resolved_at")


def _breaches_by_round() -> None:
    with op.batch_alter_table("breaches") as batch:
        batch.add_column(sa.Column("service", sa.String(80)))
        batch.add_column(sa.Column("level", sa.String(80)))
        batch.add_column(sa.Column("clock", sa.String(120)))
        batch.add_column(sa.Column("round", sa.Integer))
        batch.add_column(sa.Column("number", sa.Integer))
        batch.add_column(sa.Column("withdrawn_at", UTCDateTime))
    op.execute(
        "UPDATE breaches SET round = 1, number = 1, "
        "service = (SELECT levels.service FROM levels WHERE levels.id = breaches.level_id), "
        "level = (SELECT levels.key FROM levels WHERE levels.id = breaches.level_id)"
    )
    op.execute("UPDATE breaches SET clock = level")
    with op.batch_alter_table("breaches") as batch:
        for name, length in (("service", 80), ("level", 80), ("clock", 120)):
            batch.alter_column(name, existing_type=sa.String(length), nullable=False)
        for name in ("round", "number"):
            batch.alter_column(name, existing_type=sa.Integer, nullable=False)
        batch.drop_constraint("uq_breaches_matter_id_level_id", type_="unique")
        batch.create_unique_constraint(
            "uq_breaches_matter_id_clock_round_number", ["matter_id", "clock", "round", "number"]
        )


def _terms_and_warnings() -> None:
    op.create_table(
        "clock_terms",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("holds_from", sa.Date, nullable=False),
        sa.Column("document", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.Column("recorded_by", sa.String(80), nullable=False),
    )
    op.create_index("ix_clock_terms_kind_scope", "clock_terms", ["kind", "scope"])
    op.create_table(
        "clock_warnings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("matter_id", sa.String(36), sa.ForeignKey("matters.id"), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("clock", sa.String(120), nullable=False),
        sa.Column("beneath", sa.String(10), nullable=False),
        sa.Column("level", sa.String(80), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("reached_at", UTCDateTime, nullable=False),
        sa.Column("given_at", UTCDateTime, nullable=False),
        sa.Column("is_withdrawn", sa.Boolean, nullable=False),
        sa.Column("withdrawn_at", UTCDateTime),
        sa.Column("withdrawn_because", sa.Text, nullable=False),
        sa.UniqueConstraint("matter_id", "clock", "round", "percent", "number"),
    )
    op.create_index("ix_clock_warnings_org_number_id", "clock_warnings", ["org_number", "id"])


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
