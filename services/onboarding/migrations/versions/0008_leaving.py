"""Leaving: exit cases with notice, tasks, deliveries, comments, costs and their own timeline."""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "onboarding_0008"
down_revision = "onboarding_0007"
branch_labels = None
depends_on = None

ID = sa.String(36)
SLUG = sa.String(80)
PARTY = sa.String(10)
NAME = sa.String(200)
HASH = sa.String(64)
ORG = sa.String(11)


def upgrade() -> None:
    _exits()
    _tasks()
    _deliveries()
    _told()


def downgrade() -> None:
    raise NotImplementedError("an exit that has begun cannot be undone by a release")


def _exit_id(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "exit_id", ID, sa.ForeignKey("exits.id"), primary_key=primary_key, nullable=False
    )


def _exits() -> None:
    op.create_table(
        "exits",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("agreement_id", ID, nullable=False),
        sa.Column("org_number", ORG, sa.ForeignKey("agencies.org_number"), nullable=False),
        sa.Column("customer_name", NAME, nullable=False),
        sa.Column("notice_by", PARTY, nullable=False),
        sa.Column("notice_given_on", sa.Date, nullable=False),
        sa.Column("signed_by", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("mandate", NAME, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("ends_agreement", sa.Boolean, nullable=False),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("opened_at", UTCDateTime, nullable=False),
        sa.Column("phase_entered_at", UTCDateTime, nullable=False),
        sa.Column("comment_until", sa.Date, nullable=False),
        sa.Column("effects", JSONDocument, nullable=False),
        sa.Column("settlement_requested_on", sa.Date),
        sa.Column("settlement", JSONDocument),
        sa.Column("withdrawn_because", sa.Text),
        sa.Column("archive", JSONDocument),
        sa.Column("archive_hash", HASH),
    )
    op.create_index("ix_exits_org_number", "exits", ["org_number"])
    op.create_index("ix_exits_phase", "exits", ["phase"])
    op.create_table(
        "exit_services",
        _exit_id(primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("open_key", sa.String(120), unique=True),
    )


def _tasks() -> None:
    op.create_table(
        "exit_tasks",
        _exit_id(primary_key=True),
        sa.Column("key", SLUG, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("owner", PARTY, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("name_sv", NAME, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
    )
    op.create_table(
        "exit_task_statements",
        _exit_id(primary_key=True),
        sa.Column("key", SLUG, primary_key=True),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("document_id", ID),
        sa.Column("stated_by", NAME, nullable=False),
        sa.Column("stated_at", UTCDateTime, nullable=False),
    )


def _deliveries() -> None:
    op.create_table(
        "exit_deliveries",
        sa.Column("id", ID, primary_key=True),
        _exit_id(),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("dataset", SLUG, nullable=False),
        sa.Column("record_count", sa.BigInteger, nullable=False),
        sa.Column("sum_ore", sa.BigInteger, nullable=False),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("delivered_on", sa.Date, nullable=False),
        sa.Column("received_count", sa.BigInteger),
        sa.Column("received_sum_ore", sa.BigInteger),
        sa.Column("received_sha256", HASH),
        sa.Column("received_by", NAME),
        sa.Column("received_at", UTCDateTime),
    )
    op.create_index("ix_exit_deliveries_exit_id", "exit_deliveries", ["exit_id"])


def _told() -> None:
    op.create_table(
        "exit_comments",
        sa.Column("id", ID, primary_key=True),
        _exit_id(),
        sa.Column("org_number", ORG, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("commented_at", UTCDateTime, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", UTCDateTime),
    )
    op.create_index("ix_exit_comments_exit_id", "exit_comments", ["exit_id"])
    op.create_table(
        "exit_costs",
        sa.Column("id", ID, primary_key=True),
        _exit_id(),
        sa.Column("incurred_on", sa.Date, nullable=False),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("registered_by", NAME, nullable=False),
        sa.Column("registered_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_exit_costs_exit_id", "exit_costs", ["exit_id"])
    op.create_table(
        "exit_timeline",
        sa.Column("id", ID, primary_key=True),
        _exit_id(),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.Column("who", NAME, nullable=False),
        sa.Column("action", SLUG, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
    )
    op.create_index("ix_exit_timeline_exit_id_id", "exit_timeline", ["exit_id", "id"])
