"""Agreements in operation: versions, roll-backs, ends, life events, corrected months.

What was one agreement becomes its only version, which holds from the beginning; levels,
forums and matters belong to it. Go-lives become facts of their own with their days, and
closed months are each their first closing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "collab_model_0002"
down_revision = "collab_model_0001"
branch_labels = None
depends_on = None

RANK = sa.String(120)

_SIGNED = ("customer_name", "version", "content_hash", "valid_from", "valid_until", "service_hours")
"""What moves from agreements to their versions."""

_FORUM_TERMS = (
    "name",
    "name_sv",
    "level",
    "meetings_per_year",
    "meetings_per_year_in_stabilisation",
)
"""What moves from forums to their terms in a version."""


def upgrade() -> None:
    _create_versions()
    _create_facts()
    _create_forum_terms()
    _bind_to_versions()
    _carry_over()
    _drop_what_moved()
    _let_months_be_corrected()


def _create_versions() -> None:
    op.create_table(
        "agreement_versions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("holds_from", sa.Date),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("service_hours", JSONDocument, nullable=False),
        sa.Column("services", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("agreement_id", "number"),
    )


def _create_facts() -> None:
    op.create_table(
        "go_lives",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("live_on", sa.Date, nullable=False),
        sa.Column("live_rank", RANK),
        sa.Column("rolled_back_on", sa.Date),
        sa.Column("rolled_back_rank", RANK),
        sa.UniqueConstraint("agreement_id", "service", "live_on"),
    )
    op.create_table(
        "endings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("agreement_id", sa.String(36), sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("rank", RANK, nullable=False),
        sa.UniqueConstraint("agreement_id", "service", "rank"),
    )
    op.create_table(
        "life_events",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("org_number", sa.String(11), nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("successors", JSONDocument, nullable=False),
        sa.Column("corrects", sa.String(80)),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("agreement_id", sa.String(80)),
        sa.Column("known_at", UTCDateTime, nullable=False),
    )


def _create_forum_terms() -> None:
    op.create_table(
        "forum_terms",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("forum_id", sa.String(36), sa.ForeignKey("forums.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("meetings_per_year", sa.Integer, nullable=False),
        sa.Column("meetings_per_year_in_stabilisation", sa.Integer, nullable=False),
        sa.UniqueConstraint("forum_id", "version"),
    )


def _bind_to_versions() -> None:
    """Levels and matters belong to the version that their agreement has."""
    for table in ("levels", "matters"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("version", sa.Integer))
        op.execute(
            f"UPDATE {table} SET version = "  # noqa: S608  # one of the two names above
            f"(SELECT version FROM agreements WHERE agreements.id = {table}.agreement_id)"
        )
        with op.batch_alter_table(table) as batch:
            batch.alter_column("version", existing_type=sa.Integer, nullable=False)
    with op.batch_alter_table("levels") as batch:
        batch.drop_constraint("uq_levels_agreement_id_service_key", type_="unique")
        batch.create_unique_constraint(
            "uq_levels_agreement_id_version_service_key",
            ["agreement_id", "version", "service", "key"],
        )


def _carry_over() -> None:
    """Existing rows as facts of the new form; they lend their identifiers to them."""
    connection = op.get_bind()
    op.execute(
        "INSERT INTO go_lives (id, agreement_id, service, live_on, live_rank) "
        "SELECT id, agreement_id, service, live_on, '' FROM agreement_services "
        "WHERE live_on IS NOT NULL"
    )
    op.execute(
        "INSERT INTO forum_terms (id, forum_id, version, name, name_sv, level, "
        "meetings_per_year, meetings_per_year_in_stabilisation) "
        "SELECT forums.id, forums.id, agreements.version, forums.name, forums.name_sv, "
        "forums.level, forums.meetings_per_year, forums.meetings_per_year_in_stabilisation "
        "FROM forums JOIN agreements ON agreements.id = forums.agreement_id"
    )
    services = sa.table(
        "agreement_services", sa.column("id"), sa.column("agreement_id"), sa.column("service")
    )
    signed: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(services).order_by(services.c.id)):
        signed.setdefault(row.agreement_id, []).append(row.service)
    agreements = sa.table(
        "agreements",
        sa.column("id"),
        *(sa.column(name) for name in _SIGNED if name != "service_hours"),
        sa.column("service_hours", JSONDocument),
        sa.column("set_up_at"),
    )
    versions = sa.table(
        "agreement_versions",
        *(sa.column(name) for name in ("id", "agreement_id", "number", "content_hash")),
        *(sa.column(name) for name in ("customer_name", "valid_from", "valid_until")),
        sa.column("service_hours", JSONDocument),
        sa.column("services", JSONDocument),
        sa.column("recorded_at"),
    )
    for row in connection.execute(sa.select(agreements)).all():
        connection.execute(
            versions.insert().values(
                id=row.id,
                agreement_id=row.id,
                number=row.version,
                content_hash=row.content_hash,
                customer_name=row.customer_name,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                service_hours=row.service_hours,
                services=signed.get(row.id, []),
                recorded_at=row.set_up_at,
            )
        )


def _drop_what_moved() -> None:
    with op.batch_alter_table("agreement_services") as batch:
        batch.drop_column("live_on")
    with op.batch_alter_table("agreements") as batch:
        for name in (*_SIGNED, "first_live_on"):
            batch.drop_column(name)
    with op.batch_alter_table("forums") as batch:
        for name in _FORUM_TERMS:
            batch.drop_column(name)


def _let_months_be_corrected() -> None:
    with op.batch_alter_table("periods") as batch:
        batch.add_column(sa.Column("revision", sa.Integer))
        batch.add_column(sa.Column("reason", sa.Text))
    op.execute("UPDATE periods SET revision = 1, reason = ''")
    with op.batch_alter_table("periods") as batch:
        batch.alter_column("revision", existing_type=sa.Integer, nullable=False)
        batch.alter_column("reason", existing_type=sa.Text, nullable=False)
        batch.drop_constraint("uq_periods_agreement_id_service_period", type_="unique")
        batch.create_unique_constraint(
            "uq_periods_agreement_id_service_period_revision",
            ["agreement_id", "service", "period", "revision"],
        )


def downgrade() -> None:
    raise NotImplementedError(
        "versions and corrections have no place in the first schema; restore a backup"
    )
