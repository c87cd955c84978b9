"""Readings of every measure, statements, causes, risks, tertial reports and credit terms.

What was closed before keeps its outcome; the counts behind it are not known and stay empty.
Months that were closed before this step have no statement. Readings so far are shares.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "collab_model_0005"
down_revision = "collab_model_0004"
branch_labels = None
depends_on = None

ID = sa.String(36)
ORG_NUMBER = sa.String(11)
SLUG = sa.String(80)


def upgrade() -> None:
    _grow_what_is_there()
    _create_parts_and_causes()
    _create_reports()


def _grow_what_is_there() -> None:
    with op.batch_alter_table("levels") as batch:
        batch.add_column(sa.Column("measure", JSONDocument, nullable=False, server_default="{}"))
    with op.batch_alter_table("levels") as batch:
        batch.alter_column("measure", server_default=None)
    with op.batch_alter_table("readings") as batch:
        batch.add_column(sa.Column("content", JSONDocument, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("replaces", sa.String(200)))
        batch.alter_column("good", existing_type=sa.Integer, type_=sa.BigInteger)
        batch.alter_column("total", existing_type=sa.Integer, type_=sa.BigInteger)
    with op.batch_alter_table("readings") as batch:
        batch.alter_column("content", server_default=None)
    with op.batch_alter_table("periods") as batch:
        batch.add_column(sa.Column("version", sa.Integer))
    op.create_index("ix_periods_period", "periods", ["period"])
    with op.batch_alter_table("period_results") as batch:
        for name in ("good", "total", "excluded"):
            batch.add_column(sa.Column(name, sa.BigInteger))


def _create_parts_and_causes() -> None:
    op.create_table(
        "result_parts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("result_id", ID, sa.ForeignKey("period_results.id"), nullable=False),
        sa.Column("period_id", ID, sa.ForeignKey("periods.id"), nullable=False, index=True),
        sa.Column("team", SLUG, nullable=False),
        sa.Column("cause", SLUG, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("result_id", "team", "cause"),
    )
    op.create_table(
        "level_causes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("period", sa.String(7)),
        sa.Column("level", SLUG),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("cause", SLUG, nullable=False),
        sa.Column("team", SLUG),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_index(
        "ix_level_causes_agreement_id_service",
        "level_causes",
        ["agreement_id", "service", "subject"],
    )
    op.create_table(
        "credit_terms",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("terms", JSONDocument, nullable=False),
        sa.UniqueConstraint("agreement_id", "version"),
    )


def _create_reports() -> None:
    op.create_table(
        "statements",
        sa.Column("id", ID, primary_key=True),
        sa.Column("period_id", ID, sa.ForeignKey("periods.id"), nullable=False),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("period_id"),
    )
    op.create_index("ix_statements_org_number_id", "statements", ["org_number", "id"])
    op.create_index(
        "ix_statements_agreement_id_service_period",
        "statements",
        ["agreement_id", "service", "period"],
    )
    op.create_table(
        "risks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("service", SLUG),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("probability", sa.Integer, nullable=False),
        sa.Column("consequence", sa.Integer, nullable=False),
        sa.Column("handling", sa.Text, nullable=False),
        sa.Column("owner_role", sa.String(200), nullable=False),
        sa.Column("review_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_risks_org_number_id", "risks", ["org_number", "id"])
    op.create_table(
        "tertial_reports",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("tertial", sa.String(7), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("agreement_id", "tertial", "revision"),
    )
    op.create_index("ix_tertial_reports_org_number_id", "tertial_reports", ["org_number", "id"])


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
