"""Time plans get tasks; forecasts are kept, and how long each phase took.

Open cases that have a plan already get their tasks laid out as soon as the service runs: a
timer, due at once, does what setting the plan would have done.
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id
from services.chassis.tables import timers

revision = "onboarding_0009"
down_revision = "onboarding_0008"
branch_labels = None
depends_on = None

ID = sa.String(36)
PHASE = sa.String(30)
CLASS = sa.String(20)


def upgrade() -> None:
    with op.batch_alter_table("time_plans") as batch:
        batch.add_column(sa.Column("complexity", CLASS))
        batch.add_column(sa.Column("template_version", sa.String(20)))
    _create_tasks()
    op.create_table(
        "phases_taken",
        _case_id(primary_key=True),
        sa.Column("phase", PHASE, primary_key=True),
        sa.Column("planned_days", sa.Integer, nullable=False),
        sa.Column("actual_days", sa.Integer, nullable=False),
        sa.Column("left_at", UTCDateTime, nullable=False),
    )
    _create_forecasts()
    _forecast_open_cases()


def downgrade() -> None:
    raise NotImplementedError("progress is never taken back; restore a backup instead")


def _case_id(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "case_id", ID, sa.ForeignKey("cases.id"), primary_key=primary_key, nullable=False
    )


def _create_tasks() -> None:
    op.create_table(
        "time_plan_tasks",
        _case_id(primary_key=True),
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("phase", PHASE, nullable=False),
        sa.Column("workstream", sa.String(20)),
        sa.Column("owner", sa.String(10), nullable=False),
        sa.Column("service", sa.String(80)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_sv", sa.String(200), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("hours", JSONDocument, nullable=False),
        sa.Column("after", JSONDocument, nullable=False),
        sa.Column("planned_start", sa.Date, nullable=False),
        sa.Column("planned_finish", sa.Date, nullable=False),
        sa.Column("latest_finish", sa.Date, nullable=False),
        sa.Column("float_days", sa.Integer, nullable=False),
        sa.Column("critical", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("started_on", sa.Date),
        sa.Column("finished_on", sa.Date),
        sa.Column("evidence", sa.Text),
        sa.Column("document_id", ID),
        sa.Column("reason", sa.Text),
        sa.Column("reported_by", sa.String(10)),
        sa.Column("reported_at", UTCDateTime),
    )


def _create_forecasts() -> None:
    op.create_table(
        "forecasts",
        sa.Column("id", ID, primary_key=True),
        _case_id(),
        sa.Column("latest", sa.Boolean, nullable=False),
        sa.Column("made_at", UTCDateTime, nullable=False),
        sa.Column("live_p10", sa.Date, nullable=False),
        sa.Column("live_p50", sa.Date, nullable=False),
        sa.Column("live_p90", sa.Date, nullable=False),
        sa.Column("stable_p10", sa.Date, nullable=False),
        sa.Column("stable_p50", sa.Date, nullable=False),
        sa.Column("stable_p90", sa.Date, nullable=False),
        sa.Column("points", sa.Numeric(20, 6), nullable=False),
        sa.Column("complexity", CLASS, nullable=False),
        sa.Column("moved_working_days", sa.Integer, nullable=False),
        sa.Column("causes", JSONDocument, nullable=False),
        sa.Column("inputs", JSONDocument, nullable=False),
    )
    op.create_index("ix_forecasts_case_id_id", "forecasts", ["case_id", "id"])
    op.create_index("ix_forecasts_latest", "forecasts", ["latest"])


def _forecast_open_cases() -> None:
    cases = sa.table(
        "cases", sa.column("id", ID), sa.column("phase", PHASE), sa.column("opened_at", UTCDateTime)
    )
    connection = op.get_bind()
    open_cases = connection.execute(
        sa.select(cases.c.id, cases.c.opened_at).where(cases.c.phase != "stable")
    ).all()
    if not open_cases:
        return
    connection.execute(
        sa.insert(timers),
        [
            {
                "id": new_id(),
                "name": "forecast",
                "key": case_id,
                "due_at": opened_at,
                "payload": {},
                "status": "set",
                "attempts": 0,
            }
            for case_id, opened_at in open_cases
        ],
    )
