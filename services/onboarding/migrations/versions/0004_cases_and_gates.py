"""Cases that pause, end and go back; staff with deputies; the standing of gate items.

Existing cases are active, or completed where their last phase is reached. Staff move from
one document per side to a row per member. Every entry of a timeline gets the phase its case
was in. The gate items of each open case are judged by its timer once the service runs.
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id

revision = "onboarding_0004"
down_revision = "onboarding_0003"
branch_labels = None
depends_on = None

ID = sa.String(36)
SLUG = sa.String(80)
PARTY = sa.String(10)
PHASE = sa.String(30)
NAME = sa.String(200)

FIRST_PHASE = "letter_of_intent"
LAST_PHASE = "stable"
PHASES = (
    "letter_of_intent",
    "gap_analysis",
    "agreement",
    "implementation",
    "stabilisation",
    "stable",
)

ROLES = {
    ("centre", "account manager"): "account-manager",
    ("centre", "kundansvarig"): "account-manager",
    ("centre", "service owner"): "service-owner",
    ("centre", "tjänsteansvarig"): "service-owner",
    ("customer", "service owner"): "service-owner",
    ("customer", "tjänsteansvarig"): "service-owner",
    ("centre", "project manager"): "project-manager",
    ("centre", "projektledare"): "project-manager",
    ("customer", "project manager"): "project-manager",
    ("customer", "projektledare"): "project-manager",
}
"""Roles as they were written before they had keys."""


def upgrade() -> None:
    _add_status()
    _add_phase_to_timeline()
    _move_staff()
    _create_gate_items()
    _judge_open_cases_soon()


def downgrade() -> None:
    raise NotImplementedError("a release goes back by restoring the backup made before it")


def _add_status() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("status", sa.String(10)))
        cases.add_column(sa.Column("status_reason", sa.Text))
        cases.add_column(sa.Column("paused_on", sa.Date))
        cases.add_column(sa.Column("expected_resume_on", sa.Date))
        cases.add_column(sa.Column("ended_at", UTCDateTime))
        cases.add_column(sa.Column("days_paused", sa.Integer))
        cases.add_column(sa.Column("reopened", JSONDocument))
    table = sa.table(
        "cases",
        sa.column("phase", PHASE),
        sa.column("status", sa.String(10)),
        sa.column("ended_at", UTCDateTime),
        sa.column("phase_entered_at", UTCDateTime),
        sa.column("days_paused", sa.Integer),
        sa.column("reopened", JSONDocument),
    )
    op.execute(table.update().values(status="active", days_paused=0, reopened={}))
    op.execute(
        table.update()
        .where(table.c.phase == LAST_PHASE)
        .values(status="completed", ended_at=table.c.phase_entered_at)
    )
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("status", existing_type=sa.String(10), nullable=False)
        cases.alter_column("days_paused", existing_type=sa.Integer, nullable=False)
        cases.alter_column("reopened", existing_type=JSONDocument, nullable=False)


def _add_phase_to_timeline() -> None:
    with op.batch_alter_table("timeline") as timeline:
        timeline.add_column(sa.Column("phase", PHASE))
        timeline.add_column(sa.Column("refs", JSONDocument))
    table = sa.table(
        "timeline",
        sa.column("id", ID),
        sa.column("case_id", ID),
        sa.column("action", SLUG),
        sa.column("sentence", sa.Text),
        sa.column("phase", PHASE),
        sa.column("refs", JSONDocument),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(table.c.id, table.c.case_id, table.c.action, table.c.sentence).order_by(
            table.c.case_id, table.c.id
        )
    ).all()
    phases: dict[str, str] = {}
    told = []
    for entry_id, case_id, action, sentence in rows:
        phase = phases.setdefault(case_id, FIRST_PHASE)
        told.append({"entry": entry_id, "in_phase": phase})
        if action == "phase-entered":
            # The sentence ends with the phase that was entered: "... into gap analysis."
            ended = [key for key in PHASES if sentence.endswith(f" into {key.replace('_', ' ')}.")]
            phases[case_id] = ended[0] if ended else phase
    if told:
        connection.execute(
            table.update()
            .where(table.c.id == sa.bindparam("entry"))
            .values(phase=sa.bindparam("in_phase"), refs=[]),
            told,
        )
    with op.batch_alter_table("timeline") as timeline:
        timeline.alter_column("phase", existing_type=PHASE, nullable=False)
        timeline.alter_column("refs", existing_type=JSONDocument, nullable=False)


def _move_staff() -> None:
    members = op.create_table(
        "staff_members",
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("role", NAME, nullable=False),
        sa.Column("role_key", SLUG),
        sa.Column("service_area", SLUG),
        sa.Column("name", NAME, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.Column("deputy", NAME),
        sa.Column("deputy_from", sa.Date),
        sa.Column("deputy_until", sa.Date),
    )
    op.create_index("ix_staff_members_role_key_name", "staff_members", ["role_key", "name"])
    former = sa.table(
        "staffing",
        sa.column("case_id", ID),
        sa.column("party", PARTY),
        sa.column("members", JSONDocument),
    )
    rows = [
        {
            "case_id": case_id,
            "party": party,
            "position": position,
            "role": member["role"],
            "role_key": ROLES.get((party, member["role"].strip().casefold())),
            "name": member["name"],
            "deputy": member["deputy"],
        }
        for case_id, party, side in op.get_bind().execute(sa.select(former)).all()
        for position, member in enumerate(side)
    ]
    op.bulk_insert(members, rows)
    op.drop_table("staffing")


def _create_gate_items() -> None:
    op.create_table(
        "gate_items",
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("phase", PHASE, primary_key=True),
        sa.Column("item", SLUG, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("owner", PARTY, nullable=False),
        sa.Column("holds", sa.Boolean, nullable=False),
        sa.Column("since", UTCDateTime),
        sa.Column("due_on", sa.Date),
        sa.Column("due_by_hand", sa.Boolean, nullable=False),
        sa.Column("missing", JSONDocument, nullable=False),
        sa.Column("evidence", sa.Text),
        sa.Column("evidence_by_hand", sa.Boolean, nullable=False),
        sa.Column("document_id", ID),
        sa.Column("set_by", NAME),
        sa.Column("set_at", UTCDateTime),
    )
    op.create_index("ix_gate_items_holds_due_on", "gate_items", ["holds", "due_on"])


def _judge_open_cases_soon() -> None:
    """A timer each, due at once: what gates ask for is known to the service, not here."""
    cases = sa.table(
        "cases",
        sa.column("id", ID),
        sa.column("status", sa.String(10)),
        sa.column("phase_entered_at", UTCDateTime),
    )
    timers = sa.table(
        "timers",
        sa.column("id", ID),
        sa.column("name", SLUG),
        sa.column("key", NAME),
        sa.column("due_at", UTCDateTime),
        sa.column("payload", JSONDocument),
        sa.column("status", sa.String(10)),
        sa.column("attempts", sa.Integer),
    )
    open_cases = op.get_bind().execute(
        sa.select(cases.c.id, cases.c.phase_entered_at).where(cases.c.status == "active")
    )
    op.bulk_insert(
        timers,
        [
            {
                "id": new_id(),
                "name": "gate-items",
                "key": case_id,
                "due_at": entered_at,
                "payload": {},
                "status": "set",
                "attempts": 0,
            }
            for case_id, entered_at in open_cases.all()
        ],
    )
