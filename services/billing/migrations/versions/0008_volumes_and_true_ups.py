"""Corrections of volumes, files of them, closed months; true-ups with causes and terms.

Reports that are there are first revisions. What true-ups have booked before is explained as
volume, which is what all of it was called.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "billing_0008"
down_revision = "billing_0007"
branch_labels = None
depends_on = None

ID = sa.String(36)
FOREIGN_ID = sa.String(80)
ORG_NUMBER = sa.String(11)
SLUG = sa.String(80)
PERIOD = sa.String(7)
SOURCE = sa.String(200)

_CAUSES = ("by_volume_ore", "by_cost_ore", "by_tariff_ore", "by_membership_ore")


def upgrade() -> None:
    _give_volumes_revisions()
    _create_files()
    _create_periods()
    _explain_true_ups()
    _create_terms()


def _give_volumes_revisions() -> None:
    op.drop_index("ix_volumes_org_number_service_period", "volumes")
    op.drop_index("ix_volumes_period", "volumes")
    with op.batch_alter_table("volumes") as batch:
        batch.drop_constraint("fk_volumes_subscription_id", type_="foreignkey")
        batch.add_column(sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
        batch.add_column(sa.Column("corrects", SOURCE))
        batch.add_column(sa.Column("superseded_by", ID))
        batch.drop_constraint("uq_volumes_source_source_id", type_="unique")
        batch.create_unique_constraint(
            "uq_volumes_source_source_id_revision", ["source", "source_id", "revision"]
        )
    with op.batch_alter_table("volumes") as batch:
        batch.alter_column("revision", existing_type=sa.Integer, server_default=None)
    op.create_index(None, "volumes", ["org_number"])
    op.create_index(None, "volumes", ["period"], postgresql_using="brin")
    for name, columns, unique, where in (
        (
            "ix_volumes_correcting",
            ["source", "corrects"],
            True,
            sa.text("status = 'accepted' AND corrects IS NOT NULL"),
        ),
        ("ix_volumes_aside", ["org_number", "reason"], False, sa.text("status = 'set_aside'")),
    ):
        op.create_index(
            name, "volumes", columns, unique=unique, postgresql_where=where, sqlite_where=where
        )


def _create_files() -> None:
    op.create_table(
        "volume_files",
        sa.Column("id", ID, primary_key=True),
        sa.Column("source", SOURCE, nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sent_by", FOREIGN_ID, nullable=False),
        sa.Column("result", JSONDocument),
        sa.Column("started_at", UTCDateTime, nullable=False),
        sa.Column("changed_at", UTCDateTime, nullable=False),
    )
    op.create_index(None, "volume_files", ["source", "digest"])
    op.create_table(
        "volume_file_pieces",
        sa.Column("file_id", ID, sa.ForeignKey("volume_files.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("refusals", JSONDocument, nullable=False),
    )
    op.create_table(
        "staged_places",
        sa.Column("file_id", ID, sa.ForeignKey("volume_files.id"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("unit", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("status", sa.String(10)),
        sa.Column("reason", sa.Text),
        sa.Column("late", sa.Boolean),
        sa.Column("subscription_id", ID),
    )
    op.create_table(
        "staged_volumes",
        sa.Column("file_id", ID, primary_key=True),
        sa.Column("line", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("source_id", SOURCE, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("corrects", SOURCE),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
    )


def _create_periods() -> None:
    op.create_table(
        "billing_periods",
        sa.Column("period", PERIOD, primary_key=True),
        sa.Column("closed_by", FOREIGN_ID, nullable=False),
        sa.Column("closed_at", UTCDateTime, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("set_aside", JSONDocument, nullable=False),
    )


def _explain_true_ups() -> None:
    with op.batch_alter_table("true_ups") as batch:
        batch.add_column(sa.Column("carried", JSONDocument, nullable=False, server_default="[]"))
    with op.batch_alter_table("true_ups") as batch:
        batch.alter_column("carried", server_default=None)
    with op.batch_alter_table("true_up_months") as batch:
        for cause in _CAUSES:
            batch.add_column(sa.Column(cause, sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE true_up_months SET by_volume_ore = actual_ore - charged_ore")
    with op.batch_alter_table("true_up_months") as batch:
        for cause in _CAUSES:
            batch.alter_column(cause, existing_type=sa.BigInteger, server_default=None)


def _create_terms() -> None:
    op.create_table(
        "true_up_terms",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("holds_from", sa.Date, nullable=False),
        sa.Column("days", JSONDocument, nullable=False),
        sa.Column("materiality_ore", sa.BigInteger, nullable=False),
        sa.Column("settles_at", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("registered_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("subscription_id", "number"),
    )
    op.create_table(
        "actual_prices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("unit", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("amount_ore", sa.String(40), nullable=False),
        sa.Column("cost_basis", sa.Text, nullable=False),
        sa.Column("registered_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("service", "unit", "period", "number"),
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
