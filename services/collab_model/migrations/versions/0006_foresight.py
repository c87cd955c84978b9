"""Foresight: trainings and their curves; where agreements run already, the first is timed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id
from services.chassis.tables import timers

revision = "collab_model_0006"
down_revision = "collab_model_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "foresight_models",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("known_at", UTCDateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_until", UTCDateTime),
        sa.Column("card", JSONDocument),
        sa.Column("failure", sa.Text, nullable=False),
        sa.UniqueConstraint("known_at"),
    )
    op.create_index("ix_foresight_models_status", "foresight_models", ["status"])
    op.create_table(
        "survival_curves",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("model_id", sa.String(36), sa.ForeignKey("foresight_models.id"), nullable=False),
        sa.Column("beneath", sa.String(10), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("ended", sa.Integer, nullable=False),
        sa.Column("steps", JSONDocument, nullable=False),
        sa.UniqueConstraint("model_id", "beneath", "measure", "service", "priority", "kind"),
    )
    _time_the_first()


def _time_the_first() -> None:
    """Have a centre that is in operation train once; each training times the next.

    By when it last raised a matter, since its clock may be a simulated one.
    """
    matters = sa.table("matters", sa.column("raised_at", UTCDateTime))
    connection = op.get_bind()
    latest = connection.execute(sa.select(sa.func.max(matters.c.raised_at))).scalar()
    if latest is None:
        return
    connection.execute(
        sa.insert(timers),
        [
            {
                "id": new_id(),
                "name": "train_foresight",
                "key": "first",
                "due_at": latest,
                "payload": {},
                "status": "set",
                "attempts": 0,
            }
        ],
    )


def downgrade() -> None:
    """Not offered: the way back is the backup taken before the upgrade."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
