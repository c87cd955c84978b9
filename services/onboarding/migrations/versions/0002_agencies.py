"""Agencies whole: facts, obligations, life events, and their history in both times.

Agencies there are already are known from the day of their registration on, under the name
they have; a body that is not part of the state becomes one of an unnamed type.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from services.chassis.clock import STOCKHOLM
from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.ids import new_id

revision = "onboarding_0002"
down_revision = "onboarding_0001"
branch_labels = None
depends_on = None

ID = sa.String(36)
ORG = sa.String(11)
NAME = sa.String(200)
SLUG = sa.String(80)
STATUS = sa.String(10)


def upgrade() -> None:
    _create_obligations_and_facts()
    _create_history()
    with op.batch_alter_table("agencies") as batch:
        batch.add_column(sa.Column("valid_from", sa.Date))
        batch.add_column(sa.Column("registered_name", NAME))
        batch.add_column(sa.Column("registered_city", NAME))
        batch.add_column(sa.Column("type", sa.String(30)))
        batch.add_column(sa.Column("city", NAME))
        batch.add_column(sa.Column("status", STATUS))
        batch.add_column(sa.Column("successors", JSONDocument))
        batch.add_column(sa.Column("facts", JSONDocument))
        batch.add_column(sa.Column("people", JSONDocument))
        batch.add_column(sa.Column("version", sa.Integer))
    _carry_over()
    with op.batch_alter_table("agencies") as batch:
        for column, type_ in (
            ("valid_from", sa.Date()),
            ("registered_name", NAME),
            ("type", sa.String(30)),
            ("status", STATUS),
            ("successors", JSONDocument),
            ("facts", JSONDocument),
            ("people", JSONDocument),
            ("version", sa.Integer()),
        ):
            batch.alter_column(column, existing_type=type_, nullable=False)
        batch.create_index("ix_agencies_status", ["status"])


def downgrade() -> None:
    raise NotImplementedError("histories are never taken back; restore a backup instead")


def _org(name: str = "org_number", *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        name, ORG, sa.ForeignKey("agencies.org_number"), primary_key=primary_key, nullable=False
    )


def _create_obligations_and_facts() -> None:
    op.create_table(
        "agency_obligations",
        _org(primary_key=True),
        sa.Column("service_area", SLUG, primary_key=True),
        sa.Column("deadline", sa.Date, nullable=False),
        sa.Column("legal_source", NAME, nullable=False),
    )
    op.create_index(
        "ix_agency_obligations_service_area_deadline",
        "agency_obligations",
        ["service_area", "deadline"],
    )
    op.create_table(
        "agency_facts",
        _org(primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.Column("recorded_by", NAME, nullable=False),
        sa.Column("facts", JSONDocument, nullable=False),
    )


def _create_history() -> None:
    op.create_table(
        "agency_periods",
        sa.Column("id", ID, primary_key=True),
        _org(),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("known_from", UTCDateTime, nullable=False),
        sa.Column("known_until", UTCDateTime),
        sa.Column("name", NAME, nullable=False),
        sa.Column("city", NAME),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("successors", JSONDocument, nullable=False),
        sa.Column("life_event_ids", JSONDocument, nullable=False),
    )
    op.create_index("ix_agency_periods_org_number", "agency_periods", ["org_number"])
    op.create_table(
        "agency_life_events",
        sa.Column("id", ID, primary_key=True),
        _org(),
        sa.Column("kind", STATUS, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.Column("recorded_by", NAME, nullable=False),
        sa.Column("name", NAME),
        sa.Column("city", NAME),
        sa.Column("reason", sa.Text),
        sa.Column("corrects", ID, sa.ForeignKey("agency_life_events.id"), unique=True),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("consequences", JSONDocument, nullable=False),
        sa.Column("applied_at", UTCDateTime),
    )
    op.create_index("ix_agency_life_events_org_number", "agency_life_events", ["org_number"])
    life_event_id = sa.ForeignKey("agency_life_events.id")
    op.create_table(
        "agency_successors",
        sa.Column("life_event_id", ID, life_event_id, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        _org(),
    )
    op.create_index("ix_agency_successors_org_number", "agency_successors", ["org_number"])
    op.create_table(
        "case_passings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("life_event_id", ID, sa.ForeignKey("agency_life_events.id"), nullable=False),
        _org("from_org"),
        _org("to_org"),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.Column("decided", sa.Boolean, nullable=False),
        sa.Column("applied", sa.Boolean, nullable=False),
        sa.Column("withdrawn_at", UTCDateTime),
    )
    op.create_index("ix_case_passings_case_id", "case_passings", ["case_id"])
    op.create_index("ix_case_passings_life_event_id", "case_passings", ["life_event_id"])


def _carry_over() -> None:
    agencies = sa.table(
        "agencies",
        sa.column("org_number", ORG),
        sa.column("name", NAME),
        sa.column("headcount", sa.Integer),
        sa.column("part_of_state", sa.Boolean),
        sa.column("registered_at", UTCDateTime),
        sa.column("valid_from", sa.Date),
        sa.column("registered_name", NAME),
        sa.column("type", sa.String(30)),
        sa.column("status", STATUS),
        sa.column("successors", JSONDocument),
        sa.column("facts", JSONDocument),
        sa.column("people", JSONDocument),
        sa.column("version", sa.Integer),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(agencies)).all():
        type_ = "state_agency" if row.part_of_state else "other"
        valid_from = row.registered_at.astimezone(STOCKHOLM).date()
        connection.execute(
            agencies.update()
            .where(agencies.c.org_number == row.org_number)
            .values(
                valid_from=valid_from,
                registered_name=row.name,
                type=type_,
                status="active",
                successors=[],
                facts={},
                people={},
                version=1,
            )
        )
        known = {
            "headcount": row.headcount,
            "part_of_state": row.part_of_state,
            "type": type_,
            "facts": {},
            "obligations": [],
        }
        _begin_history(connection, row, valid_from, known)


def _begin_history(
    connection: sa.Connection, row: Any, valid_from: Any, known: dict[str, Any]
) -> None:
    periods = sa.table(
        "agency_periods",
        sa.column("id", ID),
        sa.column("org_number", ORG),
        sa.column("valid_from", sa.Date),
        sa.column("known_from", UTCDateTime),
        sa.column("name", NAME),
        sa.column("status", STATUS),
        sa.column("successors", JSONDocument),
        sa.column("life_event_ids", JSONDocument),
    )
    facts = sa.table(
        "agency_facts",
        sa.column("org_number", ORG),
        sa.column("version", sa.Integer),
        sa.column("recorded_at", UTCDateTime),
        sa.column("recorded_by", NAME),
        sa.column("facts", JSONDocument),
    )
    connection.execute(
        periods.insert().values(
            id=new_id(),
            org_number=row.org_number,
            valid_from=valid_from,
            known_from=row.registered_at,
            name=row.name,
            status="active",
            successors=[],
            life_event_ids=[],
        )
    )
    connection.execute(
        facts.insert().values(
            org_number=row.org_number,
            version=1,
            recorded_at=row.registered_at,
            recorded_by="migration",
            facts=known,
        )
    )
