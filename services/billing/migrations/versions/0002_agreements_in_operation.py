"""Agreements in operation: versions, roll-backs, ends, life events, final settlements.

What was one row per subscription becomes a row per signed version, and what came of a
version (go-live, roll-back, end) becomes facts of their own. Existing subscriptions are
carried over as their only version, which holds from the beginning; their go-lives keep
their days. Registered names begin with the name that is known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "billing_0002"
down_revision = "billing_0001"
branch_labels = None
depends_on = None

ID = sa.String(36)
FOREIGN_ID = sa.String(80)
ORG_NUMBER = sa.String(11)
SLUG = sa.String(80)
RANK = sa.String(120)

_SIGNED_ONCE = (
    "agreement_id",
    "agreement_version",
    "signed_name",
    "tariff",
    "signed_on",
    "valid_from",
    "valid_until",
    "percent_per_breach",
    "monthly_cap_percent",
    "true_up_days",
)
"""What moves from subscriptions to their versions."""


def upgrade() -> None:
    _create_customers()
    _create_versions()
    _create_facts()
    _carry_over()
    _drop_what_moved()
    _tell_occasions_apart()
    _create_settlements()
    _create_start_up_costs()


def _create_customers() -> None:
    op.create_table(
        "registered_names",
        sa.Column("id", ID, primary_key=True),
        sa.Column("org_number", ORG_NUMBER, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("known_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "life_events",
        sa.Column("id", FOREIGN_ID, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("successors", JSONDocument, nullable=False),
        sa.Column("city", sa.Text),
        sa.Column("corrects", FOREIGN_ID),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("agreement_id", FOREIGN_ID),
        sa.Column("known_at", UTCDateTime, nullable=False),
    )


def _create_versions() -> None:
    op.create_table(
        "signed_versions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("agreement_id", FOREIGN_ID, nullable=False, index=True),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("tariff", SLUG, nullable=False),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("holds_from", sa.Date),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("percent_per_breach", sa.String(40), nullable=False),
        sa.Column("monthly_cap_percent", sa.String(40), nullable=False),
        sa.Column("true_up_days", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("subscription_id", "number"),
    )
    op.create_table(
        "signed_services",
        sa.Column("id", ID, primary_key=True),
        sa.Column("version_id", ID, sa.ForeignKey("signed_versions.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("service_area", SLUG, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("fee_items", JSONDocument, nullable=False),
        sa.UniqueConstraint("version_id", "service"),
    )


def _create_facts() -> None:
    op.create_table(
        "go_lives",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("live_on", sa.Date, nullable=False),
        sa.Column("live_rank", RANK),
        sa.Column("rolled_back_on", sa.Date),
        sa.Column("rolled_back_rank", RANK),
        sa.UniqueConstraint("subscription_id", "service", "live_on"),
    )
    op.create_table(
        "endings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("rank", RANK, nullable=False),
        sa.UniqueConstraint("subscription_id", "service", "rank"),
    )


def _carry_over() -> None:
    """Existing rows as facts of the new form; they lend their identifiers to them."""
    op.execute(
        "INSERT INTO registered_names (id, org_number, name, known_at) "
        "SELECT org_number, org_number, name, updated_at FROM customers"
    )
    op.execute(
        "INSERT INTO signed_versions (id, subscription_id, number, agreement_id, org_number, "
        "customer_name, tariff, signed_on, valid_from, valid_until, percent_per_breach, "
        "monthly_cap_percent, true_up_days, recorded_at) "
        "SELECT id, id, agreement_version, agreement_id, org_number, signed_name, tariff, "
        "signed_on, valid_from, valid_until, percent_per_breach, monthly_cap_percent, "
        "true_up_days, opened_at FROM subscriptions"
    )
    op.execute(
        "INSERT INTO signed_services (id, version_id, position, service, service_area, name, "
        "name_sv, fee_items) SELECT id, subscription_id, position, service, service_area, name, "
        "name_sv, fee_items FROM subscribed_services"
    )
    op.execute(
        "INSERT INTO go_lives (id, subscription_id, service, live_on, live_rank) "
        "SELECT id, subscription_id, service, live_on, '' FROM subscribed_services "
        "WHERE live_on IS NOT NULL"
    )


def _drop_what_moved() -> None:
    op.drop_table("subscribed_services")
    with op.batch_alter_table("subscriptions") as batch:
        batch.drop_constraint("uq_subscriptions_agreement_id", type_="unique")
        for name in _SIGNED_ONCE:
            batch.drop_column(name)


def _tell_occasions_apart() -> None:
    """A final settlement has an invoice and a true-up beside the ordinary ones."""
    for table, ordinary, key in (
        ("invoices", "month", "period"),
        ("true_ups", "agreed-day", "settled_on"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("occasion", ID))
        changed = sa.table(table, sa.column("occasion"))
        op.execute(changed.update().values(occasion=ordinary))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("occasion", existing_type=ID, nullable=False)
            batch.drop_constraint(f"uq_{table}_subscription_id_{key}", type_="unique")
            batch.create_unique_constraint(
                f"uq_{table}_subscription_id_{key}_occasion",
                ["subscription_id", key, "occasion"],
            )
    with op.batch_alter_table("instalments") as batch:
        batch.drop_constraint("uq_instalments_subscription_id_service_period", type_="unique")
        batch.create_unique_constraint(
            "uq_instalments_subscription_id_service_period_invoice_id",
            ["subscription_id", "service", "period", "invoice_id"],
        )


def _create_settlements() -> None:
    op.create_table(
        "final_settlements",
        sa.Column("exit_id", FOREIGN_ID, primary_key=True),
        sa.Column(
            "subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False, index=True
        ),
        sa.Column("org_number", ORG_NUMBER, nullable=False, index=True),
        sa.Column("services", JSONDocument, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("exit_costs_ore", sa.BigInteger, nullable=False),
        sa.Column("rank", RANK, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("settlement_id", ID),
        sa.Column("settled_on", sa.Date),
        sa.Column("charged_ore", sa.BigInteger),
        sa.Column("actual_ore", sa.BigInteger),
        sa.Column("credits_ore", sa.BigInteger),
        sa.Column("difference_ore", sa.BigInteger),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id")),
        sa.Column("requested_at", UTCDateTime, nullable=False),
    )


def _create_start_up_costs() -> None:
    op.create_table(
        "start_up_costs",
        sa.Column("id", FOREIGN_ID, primary_key=True),
        sa.Column("case_id", FOREIGN_ID, nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("service_area", SLUG, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("incurred_on", sa.Date, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("corrects", FOREIGN_ID),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.Index(None, "case_id"),
        sa.Index(None, "org_number"),
        sa.Index(None, "incurred_on"),
    )


def downgrade() -> None:
    raise NotImplementedError(
        "versions, ends and settlements have no place in the first schema; restore a backup"
    )
