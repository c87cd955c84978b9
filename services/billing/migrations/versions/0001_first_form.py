"""Customers, fee indications, subscriptions, volumes, true-ups, invoices and credits."""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.migrations import create_chassis_tables

revision = "billing_0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(36)
ORG_NUMBER = sa.String(11)
SLUG = sa.String(80)
PERIOD = sa.String(7)


def upgrade() -> None:
    create_chassis_tables(op)
    _create_customers_and_indications()
    _create_subscriptions()
    _create_volumes()
    _create_invoices()
    _create_true_ups()


def _create_customers_and_indications() -> None:
    op.create_table(
        "customers",
        sa.Column("org_number", ORG_NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("headcount", sa.Integer, nullable=False),
        sa.Column("updated_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "fee_indications",
        sa.Column("request_id", sa.String(80), primary_key=True),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("event_type", sa.String(120), nullable=False),
        sa.Column("answer", JSONDocument, nullable=False),
        sa.Column("answered_at", UTCDateTime, nullable=False),
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", sa.String(80), nullable=False, unique=True),
        sa.Column("agreement_id", sa.String(80), nullable=False, unique=True),
        sa.Column("agreement_version", sa.Integer, nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False, index=True),
        sa.Column("signed_name", sa.Text, nullable=False),
        sa.Column("tariff", SLUG, nullable=False),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("percent_per_breach", sa.String(40), nullable=False),
        sa.Column("monthly_cap_percent", sa.String(40), nullable=False),
        sa.Column("true_up_days", JSONDocument, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("opened_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "subscribed_services",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("service_area", SLUG, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_sv", sa.Text, nullable=False),
        sa.Column("fee_items", JSONDocument, nullable=False),
        sa.Column("live_on", sa.Date),
        sa.UniqueConstraint("subscription_id", "service"),
    )


def _create_volumes() -> None:
    op.create_table(
        "volumes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("source_id", sa.String(200), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("unit", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False, index=True),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), index=True),
        sa.Column("received_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("source", "source_id"),
        sa.Index(None, "org_number", "service", "period"),
    )


def _create_invoices() -> None:
    op.create_table(
        "invoice_counters",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "invoices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False, index=True),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("total_ore", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("subscription_id", "period"),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("id", ID, primary_key=True),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("invoice_id", "position"),
    )
    op.create_table(
        "instalments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id"), nullable=False),
        sa.UniqueConstraint("subscription_id", "service", "period"),
    )
    op.create_table(
        "credits",
        sa.Column("breach_id", sa.String(80), primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False, index=True),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("level", SLUG, nullable=False),
        sa.Column("matter_id", sa.String(80), nullable=False),
        sa.Column("breached_at", UTCDateTime, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id")),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.Index(None, "subscription_id", "service", "period"),
    )


def _create_true_ups() -> None:
    op.create_table(
        "true_ups",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("org_number", ORG_NUMBER, nullable=False, index=True),
        sa.Column("settled_on", sa.Date, nullable=False),
        sa.Column("first_period", PERIOD, nullable=False),
        sa.Column("through", PERIOD, nullable=False),
        sa.Column("difference_ore", sa.BigInteger, nullable=False),
        sa.Column("contact_areas", JSONDocument, nullable=False),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id")),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("subscription_id", "settled_on"),
    )
    op.create_table(
        "true_up_months",
        sa.Column("id", ID, primary_key=True),
        sa.Column("true_up_id", ID, sa.ForeignKey("true_ups.id"), nullable=False),
        sa.Column(
            "subscription_id", ID, sa.ForeignKey("subscriptions.id"), nullable=False, index=True
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("service_area", SLUG, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("charged_ore", sa.BigInteger, nullable=False),
        sa.Column("actual_ore", sa.BigInteger, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("steps", JSONDocument, nullable=False),
        sa.UniqueConstraint("true_up_id", "service", "period"),
    )


def downgrade() -> None:
    raise NotImplementedError("the first schema has nothing before it; remove the database")
