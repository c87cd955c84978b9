"""The tables every service carries for its chassis: messages, timers, audit, repeats.

They are described once here and copied into each service's metadata, so that a query
of the chassis fits any service's database.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.chassis.columns import JSONDocument, UTCDateTime

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_metadata = MetaData(naming_convention=NAMING_CONVENTION)

outbox = Table(
    "outbox",
    _metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("type", String(120), nullable=False),
    Column("aggregate_id", String(80), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("status", String(10), nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    Column("published_at", UTCDateTime),
    Index(
        "ix_outbox_pending",
        "seq",
        postgresql_where=text("status = 'pending'"),
        sqlite_where=text("status = 'pending'"),
    ),
)

inbox = Table(
    "inbox",
    _metadata,
    Column("event_id", String(64), primary_key=True),
    Column("type", String(120), nullable=False),
    Column("handled_at", UTCDateTime, nullable=False),
)

timers = Table(
    "timers",
    _metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("key", String(200), nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("payload", JSONDocument, nullable=False),
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", UTCDateTime),
    Column("fired_at", UTCDateTime),
    UniqueConstraint("name", "key"),
    Index(
        "ix_timers_set",
        "due_at",
        postgresql_where=text("status = 'set'"),
        sqlite_where=text("status = 'set'"),
    ),
)

audit = Table(
    "audit",
    _metadata,
    Column("id", String(36), primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("org_number", String(11)),
    Column("action", String(120), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("detail", Text, nullable=False),
    Column("correlation_id", String(64), nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    _metadata,
    Column("client_id", String(80), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer),
    Column("media_type", String(80)),
    Column("body", LargeBinary),
    Column("created_at", UTCDateTime, nullable=False),
)

service_clock = Table(
    "service_clock",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("simulated_now", UTCDateTime, nullable=False),
)

CHASSIS_TABLES = (outbox, inbox, timers, audit, idempotency_keys, service_clock)


def metadata_with_chassis_tables() -> MetaData:
    """A service's metadata: naming convention, and the chassis tables already in it."""
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    for table in CHASSIS_TABLES:
        table.to_metadata(metadata)
    return metadata
