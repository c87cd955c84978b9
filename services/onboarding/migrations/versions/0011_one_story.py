"""A notice knows its exit, a decision after a split what was told of it; documents withdrawn."""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import UTCDateTime

revision = "onboarding_0011"
down_revision = "onboarding_0010"
branch_labels = None
depends_on = None

WITHDRAWN = "withdrawn"


def upgrade() -> None:
    with op.batch_alter_table("agreement_notices") as batch:
        batch.add_column(sa.Column("exit_id", sa.String(36)))
    with op.batch_alter_table("case_passings") as batch:
        batch.add_column(sa.Column("agreement_id", sa.String(36)))
    with op.batch_alter_table("documents") as batch:
        batch.add_column(sa.Column("withdrawn_at", UTCDateTime))
        batch.add_column(sa.Column("withdrawal_reason", sa.Text))
    with op.batch_alter_table("matters") as batch:
        batch.add_column(sa.Column("status", sa.String(30), nullable=False, server_default="open"))
        batch.add_column(sa.Column("status_rank", sa.String(120)))
    op.execute("UPDATE matters SET status = 'resolved' WHERE resolved_at IS NOT NULL")
    with op.batch_alter_table("matters") as batch:
        batch.alter_column("status", server_default=None)
    _join_notices_and_exits()
    _note_what_was_told()


def _join_notices_and_exits() -> None:
    """What was given in an exit is of the exit: the same agreement, services and fate."""
    connection = op.get_bind()
    exits, ending = (
        sa.table("exits", *map(sa.column, ("id", "agreement_id", "phase"))),
        sa.table("exit_services", *map(sa.column, ("exit_id", "service"))),
    )
    notices = sa.table(
        "agreement_notices",
        *map(sa.column, ("id", "agreement_id", "status", "exit_id")),
        sa.column("services", sa.JSON),
    )
    services: dict[str, set[str]] = {}
    for row in connection.execute(sa.select(ending)):
        services.setdefault(row.exit_id, set()).add(row.service)
    known = connection.execute(sa.select(notices)).all()
    for row in connection.execute(sa.select(exits).order_by(exits.c.id)):
        for notice in known:
            same_fate = (notice.status == WITHDRAWN) == (row.phase == WITHDRAWN)
            of_it = not services.get(row.id, set()).isdisjoint(notice.services)
            if notice.agreement_id == row.agreement_id and same_fate and of_it:
                connection.execute(
                    sa.update(notices).where(notices.c.id == notice.id).values(exit_id=row.id)
                )


def _note_what_was_told() -> None:
    """A decision was told of with the agreement of its case, when one was signed by then."""
    connection = op.get_bind()
    passings = sa.table(
        "case_passings",
        *map(sa.column, ("id", "case_id", "from_org", "to_org", "agreement_id")),
        sa.column("decided", sa.Boolean),
        sa.column("recorded_at", UTCDateTime),
    )
    versions = sa.table(
        "agreement_versions",
        *map(sa.column, ("agreement_id", "case_id")),
        sa.column("signed_on", sa.Date),
    )
    decided = sa.select(passings).where(
        passings.c.decided.is_(sa.true()), passings.c.from_org != passings.c.to_org
    )
    for row in connection.execute(decided).all():
        told = connection.scalar(
            sa.select(versions.c.agreement_id).where(
                versions.c.case_id == row.case_id, versions.c.signed_on <= row.recorded_at.date()
            )
        )
        if told is not None:
            connection.execute(
                sa.update(passings).where(passings.c.id == row.id).values(agreement_id=told)
            )


def downgrade() -> None:
    raise NotImplementedError("what is told of notices and evidence is kept; restore a backup")
