"""Documents of a case; the baseline in its parts; what a letter's signature is bound to."""

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime

revision = "onboarding_0006"
down_revision = "onboarding_0005"
branch_labels = None
depends_on = None

ID = sa.String(36)
HASH = sa.String(64)


def upgrade() -> None:
    """Make room for documents, and for what the letter of intent says more than before.

    Systems and agreements of a baseline were names; they become entries with a name. A
    signature under a letter stays without a hash: what was signed was not kept.
    """
    _create_documents()
    _extend_letter_signatures()
    _extend_baselines()


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("party", sa.String(10)),
        sa.Column("added_at", UTCDateTime, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("case_id", "kind", "subject", name="uq_documents_case_id_kind_subject"),
    )


def _extend_letter_signatures() -> None:
    with op.batch_alter_table("letter_signatures") as table:
        table.add_column(sa.Column("mandate", sa.String(200)))
        table.add_column(sa.Column("content_hash", HASH))
        table.add_column(sa.Column("fell_at", UTCDateTime))


def _extend_baselines() -> None:
    with op.batch_alter_table("baselines") as table:
        table.add_column(sa.Column("costs", JSONDocument))
        table.add_column(sa.Column("routines", JSONDocument))
    baselines = sa.table(
        "baselines",
        sa.column("case_id", ID),
        sa.column("systems", JSONDocument),
        sa.column("agreements", JSONDocument),
        sa.column("routines", JSONDocument),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(baselines)).all():
        connection.execute(
            baselines.update()
            .where(baselines.c.case_id == row.case_id)
            .values(
                systems=[_named(name) for name in row.systems],
                agreements=[_named(name) for name in row.agreements],
                routines=[],
            )
        )
    with op.batch_alter_table("baselines") as table:
        table.alter_column("routines", existing_type=JSONDocument, nullable=False)


def _named(name: str) -> dict[str, str]:
    return {"name": name}


def downgrade() -> None:
    """Refused: documents would be lost."""
    raise NotImplementedError("Documents are kept; restore a backup to go back.")
