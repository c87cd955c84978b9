"""Tariffs version by version, quotes, and own prices of an agreement beside the tariff's.

The published tariffs that were read from files until now become first versions, known from the
first day that they are for.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

from services.billing.tariffs.catalogue import documents
from services.chassis.columns import JSONDocument, UTCDateTime

revision = "billing_0007"
down_revision = "billing_0006"
branch_labels = None
depends_on = None

ID = sa.String(36)
FOREIGN_ID = sa.String(80)
SLUG = sa.String(80)

_PUBLISHED = {
    "ssc-2013": "01890000-0000-7000-8000-000000002013",
    "ssc-2020": "01890000-0000-7000-8000-000000002020",
}
"""The tariffs that are entered, each with the identifier of its first version."""


def upgrade() -> None:
    versions = _create_tables()
    op.bulk_insert(versions, _published())
    with op.batch_alter_table("own_prices") as batch:
        batch.add_column(sa.Column("case_id", FOREIGN_ID))
        batch.add_column(
            sa.Column("beside_tariff", sa.Boolean, nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("instead_of", SLUG))
        batch.alter_column(
            "series",
            existing_type=sa.String(180),
            type_=sa.String(350),
            existing_nullable=False,
        )
    with op.batch_alter_table("own_prices") as batch:
        batch.alter_column("beside_tariff", server_default=None)


def _create_tables() -> sa.Table:
    versions = op.create_table(
        "tariff_versions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", SLUG, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("items", JSONDocument, nullable=False),
        sa.Column("registered_by", FOREIGN_ID, nullable=False),
        sa.Column("registered_at", UTCDateTime, nullable=False),
        sa.Column("consulted", sa.Text),
        sa.Column("consulted_on", sa.Date),
        sa.Column("consultation_answer", sa.Text),
        sa.Column("consultation_reference", sa.Text),
        sa.Column("consultation_noted_by", FOREIGN_ID),
        sa.Column("consultation_noted_at", UTCDateTime),
        sa.Column("published_by", FOREIGN_ID),
        sa.Column("published_at", UTCDateTime),
        sa.Column("withdrawn_by", FOREIGN_ID),
        sa.Column("withdrawn_at", UTCDateTime),
        sa.Column("withdrawal_reason", sa.Text),
        sa.UniqueConstraint("key", "number"),
    )
    op.create_table(
        "quotes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("org_number", sa.String(11), index=True),
        sa.Column("tariff_version_id", ID, sa.ForeignKey("tariff_versions.id"), nullable=False),
        sa.Column("quoted_on", sa.Date, nullable=False),
        sa.Column("inputs", JSONDocument, nullable=False),
        sa.Column("result", JSONDocument, nullable=False),
        sa.Column("yearly_total_ore", sa.BigInteger, nullable=False),
        sa.Column("quoted_by", FOREIGN_ID, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    return versions


def _published() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for document in documents():
        known_at = datetime.combine(document.valid_from, time(), UTC)
        rows.append(
            {
                "id": _PUBLISHED[document.key],
                "key": document.key,
                "number": 1,
                "name": document.name,
                "name_sv": document.name_sv,
                "valid_from": document.valid_from,
                "valid_until": document.valid_until,
                "items": [item.stored() for item in document.items],
                "registered_by": "system",
                "registered_at": known_at,
                "published_by": "system",
                "published_at": known_at,
            }
        )
    return rows


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
