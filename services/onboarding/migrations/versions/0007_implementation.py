"""Implementation and stabilisation: evidence, runs with history, training, roll-backs, start-up.

What was stated, reconciled, decided and closed before is carried over: a statement was about
the whole case, a reconciled batch becomes its first run, a closed month its first revision.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id

revision = "onboarding_0007"
down_revision = "onboarding_0006"
branch_labels = None
depends_on = None

ID = sa.String(36)
SLUG = sa.String(80)
PARTY = sa.String(10)
NAME = sa.String(200)

# Items that were confirmed once for the case and are confirmed for each service now.
_PER_SERVICE = ("interfaces-tested", "access-granted", "data-delivered", "parallel-run-approved")
# The tolerance that every reconciliation before this step was judged by.
_COUNT_TOLERANCE, _SUM_TOLERANCE_PER_MILLION = 0, 100


def upgrade() -> None:
    _readiness()
    _reconciliations()
    _parallel_runs()
    _training()
    _go_decisions()
    _closed_periods()
    _start_up_costs()


def downgrade() -> None:
    raise NotImplementedError("runs and roll-backs have no place in the form before")


def _case_id(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "case_id", ID, sa.ForeignKey("cases.id"), primary_key=primary_key, nullable=False
    )


def _readiness() -> None:
    table = op.create_table(
        "readiness_statements",
        _case_id(primary_key=True),
        sa.Column("item", SLUG, primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("document_id", ID),
        sa.Column("stated_by", NAME, nullable=False),
        sa.Column("stated_at", UTCDateTime, nullable=False),
    )
    services: dict[str, list[str]] = {}
    bind = op.get_bind()
    named = sa.text("SELECT case_id, service FROM case_services ORDER BY case_id, service")
    for case_id, service in bind.execute(named):
        services.setdefault(case_id, []).append(service)
    old = sa.table(
        "readiness",
        sa.column("case_id", ID),
        sa.column("item", SLUG),
        sa.column("party", PARTY),
        sa.column("ready", sa.Boolean),
        sa.column("evidence", sa.Text),
        sa.column("stated_at", UTCDateTime),
    )
    for row in bind.execute(sa.select(old)).mappings().all():
        subjects = services.get(row["case_id"], []) if row["item"] in _PER_SERVICE else [""]
        for service in subjects:
            bind.execute(table.insert().values(**row, service=service, stated_by=row["party"]))
    op.drop_table("readiness")


def _reconciliations() -> None:
    table = op.create_table(
        "reconciliation_runs",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("batch", SLUG, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("source_count", sa.BigInteger, nullable=False),
        sa.Column("target_count", sa.BigInteger, nullable=False),
        sa.Column("source_sum_ore", sa.BigInteger, nullable=False),
        sa.Column("target_sum_ore", sa.BigInteger, nullable=False),
        sa.Column("count_tolerance", sa.BigInteger, nullable=False),
        sa.Column("sum_tolerance_per_million", sa.Integer, nullable=False),
        sa.Column("explanation", sa.Text),
        sa.Column("reconciled_at", UTCDateTime, nullable=False),
        sa.Column("approved", sa.Boolean),
        sa.Column("approval_note", sa.Text),
        sa.Column("approval_by", NAME),
        sa.Column("approval_at", UTCDateTime),
        sa.UniqueConstraint("case_id", "service", "batch", "run"),
    )
    bind = op.get_bind()
    old = sa.table(
        "reconciliations",
        sa.column("case_id", ID),
        sa.column("batch", SLUG),
        sa.column("source_count", sa.BigInteger),
        sa.column("target_count", sa.BigInteger),
        sa.column("source_sum_ore", sa.BigInteger),
        sa.column("target_sum_ore", sa.BigInteger),
        sa.column("explanation", sa.Text),
        sa.column("reconciled_at", UTCDateTime),
    )
    for row in bind.execute(sa.select(old)).mappings().all():
        # An explanation was enough until now; what was accepted then stays accepted.
        explained = row["explanation"] is not None
        bind.execute(
            table.insert().values(
                **row,
                id=new_id(),
                service="",
                run=1,
                count_tolerance=_COUNT_TOLERANCE,
                sum_tolerance_per_million=_SUM_TOLERANCE_PER_MILLION,
                approved=True if explained else None,
                approval_by="migration" if explained else None,
                approval_at=row["reconciled_at"] if explained else None,
            )
        )
    op.drop_table("reconciliations")


def _parallel_runs() -> None:
    op.create_table(
        "parallel_runs",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("reported_at", UTCDateTime, nullable=False),
        sa.Column("approved", sa.Boolean),
        sa.Column("approval_note", sa.Text),
        sa.Column("approval_by", NAME),
        sa.Column("approval_at", UTCDateTime),
        sa.UniqueConstraint("case_id", "service", "period", "attempt"),
    )
    op.create_table(
        "parallel_run_lines",
        sa.Column("run_id", ID, sa.ForeignKey("parallel_runs.id"), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("old_count", sa.BigInteger, nullable=False),
        sa.Column("new_count", sa.BigInteger, nullable=False),
        sa.Column("old_sum_ore", sa.BigInteger, nullable=False),
        sa.Column("new_sum_ore", sa.BigInteger, nullable=False),
        sa.Column("count_tolerance", sa.BigInteger, nullable=False),
        sa.Column("sum_tolerance_ore", sa.BigInteger, nullable=False),
        sa.Column("sum_tolerance_per_million", sa.Integer, nullable=False),
        sa.Column("cause", sa.String(20)),
        sa.Column("explanation", sa.Text),
        sa.Column("explained_by", PARTY),
        sa.Column("explained_at", UTCDateTime),
    )


def _training() -> None:
    op.create_table(
        "training_needs",
        _case_id(primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("role", SLUG, primary_key=True),
        sa.Column("to_be_trained", sa.Integer, nullable=False),
        sa.Column("stated_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "courses",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("role", SLUG, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("planned_on", sa.Date, nullable=False),
        sa.Column("held_on", sa.Date),
        sa.Column("trained", sa.Integer),
        sa.Column("cancelled_because", sa.Text),
    )
    op.create_index("ix_courses_case_id", "courses", ["case_id"])


def _go_decisions() -> None:
    with op.batch_alter_table("go_decisions") as table:
        table.add_column(sa.Column("service", SLUG))
        table.add_column(sa.Column("new_earliest_on", sa.Date))
        table.add_column(sa.Column("consequences", JSONDocument))
    decisions = sa.table("go_decisions", sa.column("consequences", JSONDocument))
    op.execute(decisions.update().values(consequences=[]))
    with op.batch_alter_table("go_decisions") as table:
        table.alter_column("consequences", existing_type=JSONDocument, nullable=False)
    op.create_table(
        "roll_backs",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("live_on", sa.Date, nullable=False),
        sa.Column("rolled_back_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", NAME, nullable=False),
        sa.Column("mandate", NAME, nullable=False),
        sa.Column("consequences", JSONDocument, nullable=False),
        sa.Column("rolled_back_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_roll_backs_case_id", "roll_backs", ["case_id"])


def _closed_periods() -> None:
    bind = op.get_bind()
    old = sa.table(
        "closed_periods",
        sa.column("agreement_id", ID),
        sa.column("service", SLUG),
        sa.column("period", sa.String(7)),
        sa.column("whole_month", sa.Boolean),
        sa.column("met", sa.Boolean),
        sa.column("recorded_at", UTCDateTime),
    )
    kept = bind.execute(sa.select(old)).mappings().all()
    # The revision becomes part of the key, so the table is made anew.
    op.drop_table("closed_periods")
    table = op.create_table(
        "closed_periods",
        sa.Column("agreement_id", ID, primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("period", sa.String(7), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("whole_month", sa.Boolean, nullable=False),
        sa.Column("met", sa.Boolean, nullable=False),
        sa.Column("results", JSONDocument, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
    )
    for row in kept:
        bind.execute(table.insert().values(**row, revision=1, results=[]))
    with op.batch_alter_table("matters") as matters:
        matters.add_column(sa.Column("kind", sa.String(20)))


def _start_up_costs() -> None:
    op.create_table(
        "start_up_costs",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("service", SLUG, nullable=False),
        sa.Column("service_area", SLUG, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("incurred_on", sa.Date, nullable=False),
        sa.Column("role", SLUG),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("hourly_rate_ore", sa.BigInteger),
        sa.Column("amount_ore", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("corrects", ID, unique=True),
        sa.Column("registered_by", NAME, nullable=False),
        sa.Column("registered_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_start_up_costs_case_id_id", "start_up_costs", ["case_id", "id"])
