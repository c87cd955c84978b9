"""Agreements of their own, their parties, deviations, delegations, reminders and notices.

Agreements that exist keep their documents and hashes as they are; what is new beside them
is filled in from those documents.
"""

import json
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id

revision = "onboarding_0005"
down_revision = "onboarding_0004"
branch_labels = None
depends_on = None

ID = sa.String(36)
SLUG = sa.String(80)
PARTY = sa.String(11)
NAME = sa.String(200)


def upgrade() -> None:
    _create_agreements()
    _widen_versions()
    _create_delegations()
    _widen_signatures()
    _create_what_belongs_to_versions()
    _create_what_belongs_to_agreements()
    _carry_over()


def _create_agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("org_number", PARTY, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("end_reason", sa.String(20)),
    )
    op.create_index("ix_agreements_org_number", "agreements", ["org_number"])
    op.create_index("ix_agreements_case_id", "agreements", ["case_id"])
    op.get_bind().execute(
        sa.text(
            "INSERT INTO agreements (id, case_id, org_number, revision)"
            " SELECT v.agreement_id, v.case_id, c.org_number, max(v.version)"
            " FROM agreement_versions v JOIN cases c ON c.id = v.case_id"
            " GROUP BY v.agreement_id, v.case_id, c.org_number"
        )
    )


def _widen_versions() -> None:
    with op.batch_alter_table("agreement_versions") as table:
        table.add_column(sa.Column("origin", sa.String(20)))
        table.add_column(sa.Column("outside_window", sa.Boolean))
        table.add_column(sa.Column("holds_from", sa.Date))
        table.add_column(sa.Column("valid_until", sa.Date))
    connection = op.get_bind()
    for identifier, content in _versions():
        connection.execute(
            _VERSIONS.update()
            .where(_VERSIONS.c.id == identifier)
            .values(
                origin="case",
                outside_window=False,
                holds_from=date.fromisoformat(content["valid_from"]),
                valid_until=date.fromisoformat(content["valid_until"]),
            )
        )
    op.drop_index("ix_agreement_versions_agreement_id", "agreement_versions")
    with op.batch_alter_table("agreement_versions") as table:
        table.alter_column("origin", existing_type=sa.String(20), nullable=False)
        table.alter_column("outside_window", existing_type=sa.Boolean, nullable=False)
        table.alter_column("holds_from", existing_type=sa.Date, nullable=False)
        table.alter_column("valid_until", existing_type=sa.Date, nullable=False)
        table.create_unique_constraint(
            "uq_agreement_versions_agreement_id_version", ["agreement_id", "version"]
        )
        table.create_foreign_key(
            "fk_agreement_versions_agreement_id",
            "agreements",
            ["agreement_id"],
            ["id"],
        )


def _create_delegations() -> None:
    op.create_table(
        "signing_delegations",
        sa.Column("id", ID, primary_key=True),
        sa.Column("party", PARTY, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("delegated_by", NAME, nullable=False),
        sa.Column("delegated_by_title", NAME, nullable=False),
        sa.Column("document", NAME, nullable=False),
        sa.Column("max_yearly_fee_ore", sa.BigInteger),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("registered_at", UTCDateTime, nullable=False),
        sa.Column("revoked_on", sa.Date),
    )
    op.create_index("ix_signing_delegations_party", "signing_delegations", ["party"])


def _widen_signatures() -> None:
    with op.batch_alter_table("agreement_signatures") as table:
        table.alter_column(
            "party", existing_type=sa.String(10), type_=PARTY, existing_nullable=False
        )
        table.add_column(sa.Column("delegation_id", ID))
        table.create_foreign_key(
            "fk_agreement_signatures_delegation_id",
            "signing_delegations",
            ["delegation_id"],
            ["id"],
        )


def _version_id() -> sa.Column[str]:
    return sa.Column(
        "agreement_version_id", ID, sa.ForeignKey("agreement_versions.id"), primary_key=True
    )


def _create_what_belongs_to_versions() -> None:
    op.create_table(
        "agreement_parties",
        _version_id(),
        sa.Column("org_number", PARTY, primary_key=True),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
    )
    op.create_index(
        "ix_agreement_parties_org_number_agreement_id",
        "agreement_parties",
        ["org_number", "agreement_id"],
    )
    op.create_table(
        "agreement_urgencies",
        _version_id(),
        sa.Column("party", PARTY, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("stated_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "agreement_deviations",
        _version_id(),
        sa.Column("subject", sa.String(170), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("part", SLUG, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("owner", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
    )
    op.create_index(
        "ix_agreement_deviations_kind_subject", "agreement_deviations", ["kind", "subject"]
    )


def _create_what_belongs_to_agreements() -> None:
    op.create_table(
        "clause_wordings",
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("clause", SLUG, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("owner", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("decided_by", NAME, nullable=False),
        sa.Column("mandate", NAME, nullable=False),
    )
    op.create_table(
        "agreement_reminders",
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("subject_on", sa.Date, primary_key=True),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("fell_due_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "agreement_service_ends",
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), primary_key=True),
        sa.Column("service", SLUG, primary_key=True),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
    )
    op.create_table(
        "agreement_notices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreements.id"), nullable=False),
        sa.Column("party", PARTY, nullable=False),
        sa.Column("services", JSONDocument, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("title", NAME, nullable=False),
        sa.Column("mandate", NAME, nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("settled_on", sa.Date),
        sa.Column("settled_by", PARTY),
    )
    op.create_index("ix_agreement_notices_agreement_id", "agreement_notices", ["agreement_id"])


_VERSIONS = sa.table(
    "agreement_versions",
    sa.column("id", ID),
    sa.column("agreement_id", ID),
    sa.column("content", JSONDocument),
    sa.column("drafted_at", UTCDateTime),
    sa.column("signed_on", sa.Date),
    sa.column("origin", sa.String),
    sa.column("outside_window", sa.Boolean),
    sa.column("holds_from", sa.Date),
    sa.column("valid_until", sa.Date),
)


def _versions() -> list[tuple[str, dict[str, Any]]]:
    found = op.get_bind().execute(sa.select(_VERSIONS.c.id, _VERSIONS.c.content))
    return [
        (row.id, row.content if isinstance(row.content, dict) else json.loads(row.content))
        for row in found
    ]


def _carry_over() -> None:
    """Parties and deviations of the versions there are; a timer for each signed agreement."""
    connection = op.get_bind()
    parties = sa.table(
        "agreement_parties",
        *(sa.column(n) for n in ("agreement_version_id", "org_number", "agreement_id", "role")),
    )
    deviations = sa.table(
        "agreement_deviations",
        *(
            sa.column(n)
            for n in ("agreement_version_id", "subject", "kind", "part", "reason", "owner")
        ),
        sa.column("ends_on", sa.Date),
    )
    for identifier, content in _versions():
        connection.execute(
            parties.insert().values(
                agreement_version_id=identifier,
                org_number=content["customer"]["org_number"],
                agreement_id=content["agreement_id"],
                role="customer",
            )
        )
        for entry in content["deviations"]:
            connection.execute(
                deviations.insert().values(
                    agreement_version_id=identifier,
                    subject=f"{entry['service']}/{entry['activity']}",
                    kind="gap",
                    part=entry["service"],
                    reason=entry["reason"],
                    owner=entry["owner"],
                    ends_on=date.fromisoformat(entry["ends_on"]),
                )
            )
    _set_timers()


def _set_timers() -> None:
    """From its signing on, each agreement is reminded of, renewed and brought to its end."""
    connection = op.get_bind()
    timers = sa.table(
        "timers",
        *(sa.column(n) for n in ("id", "name", "key", "status", "attempts")),
        sa.column("due_at", UTCDateTime),
        sa.column("payload", JSONDocument),
    )
    signed = connection.execute(
        sa.select(_VERSIONS.c.agreement_id, sa.func.max(_VERSIONS.c.drafted_at).label("at"))
        .where(_VERSIONS.c.signed_on.is_not(None))
        .group_by(_VERSIONS.c.agreement_id)
    )
    for row in signed.all():
        connection.execute(
            timers.insert().values(
                id=new_id(),
                name="agreement-calendar",
                key=row.agreement_id,
                due_at=row.at,
                payload={},
                status="set",
                attempts=0,
            )
        )


def downgrade() -> None:
    raise NotImplementedError(
        "Signed agreements are not taken apart again; restore the database from its backup."
    )
