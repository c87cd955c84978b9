"""Schema migrations: a tree per service, run before the service and checked by it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, make_url

from services.chassis.columns import JSONDocument, UTCDateTime

MIGRATION_LOCK = 0x55C_316


class SchemaMismatch(RuntimeError):
    """The database's schema is not the one this release works with."""


class SchemaTooOld(SchemaMismatch):
    """Migrations are waiting to be run."""


class SchemaTooNew(SchemaMismatch):
    """A later release has already migrated this database."""


def _sync_engine(url: str) -> sa.Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite")
    return sa.create_engine(parsed, poolclass=sa.NullPool)


def _config(script_location: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(url: str, script_location: Path) -> None:
    """Bring a database to the newest schema; a second process meanwhile waits.

    Raises:
        SchemaTooNew: the database was migrated by a later release.
    """
    engine = _sync_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_lock(:k)"), {"k": MIGRATION_LOCK})
                connection.commit()
            _refuse_newer(connection, script_location)
            config = _config(script_location)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engine.dispose()


def check(url: str, script_location: Path) -> None:
    """Make sure a database has exactly this release's schema.

    Raises:
        SchemaTooOld: migrations are waiting.
        SchemaTooNew: a later release has migrated it.
    """
    engine = _sync_engine(url)
    try:
        with engine.connect() as connection:
            check_connected(connection, script_location)
    finally:
        engine.dispose()


def check_connected(connection: Connection, script_location: Path) -> None:
    """As ``check``, over a connection that is there already."""
    current = _refuse_newer(connection, script_location)
    newest = _revisions(script_location)[0]
    if current != newest:
        raise SchemaTooOld(f"the schema is at {current or 'nothing'}, not {newest}")


def _refuse_newer(connection: Connection, script_location: Path) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in _revisions(script_location):
        raise SchemaTooNew(f"the schema is at {current}, which this release does not know")
    return current


@cache
def _revisions(script_location: Path) -> tuple[str, ...]:
    """This release's revisions, newest first; Alembic reads every script to know them."""
    scripts = ScriptDirectory.from_config(_config(script_location))
    return tuple(script.revision for script in scripts.walk_revisions())


def differences(url: str, metadata: sa.MetaData) -> list[Any]:
    """Where a migrated database and the models disagree; empty when they agree."""
    engine = _sync_engine(url)
    try:
        with engine.connect() as connection:
            migration = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(migration, metadata))
    finally:
        engine.dispose()


def run_environment(metadata: sa.MetaData) -> None:
    """What each service's ``env.py`` does: migrate over the connection handed in, or,
    under Alembic's own command line, over ``SSC_DATABASE_URL``.
    """
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is not None:
        _run(connection, metadata)
        return
    engine = _sync_engine(os.environ["SSC_DATABASE_URL"])
    with engine.connect() as own:
        _run(own, metadata)
        own.commit()


def _run(connection: Connection, metadata: sa.MetaData) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def create_chassis_tables(op: Any) -> None:
    """The chassis' tables as of its first release, for a service's first migration.

    Frozen: a later change to the chassis' tables is a new function beside this one,
    called from a new migration of each service.
    """
    sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    pending = {"postgresql_where": sa.text("status = 'pending'")}
    pending["sqlite_where"] = pending["postgresql_where"]
    waiting = {"postgresql_where": sa.text("status = 'set'")}
    waiting["sqlite_where"] = waiting["postgresql_where"]
    op.create_table(
        "outbox",
        sa.Column("seq", sequence, primary_key=True),
        sa.Column("event_id", sa.String(36), nullable=False, unique=True),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("aggregate_id", sa.String(80), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("recorded_at", UTCDateTime, nullable=False),
        sa.Column("published_at", UTCDateTime),
    )
    op.create_index("ix_outbox_pending", "outbox", ["seq"], **pending)
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("handled_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "timers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("due_at", UTCDateTime, nullable=False),
        sa.Column("payload", JSONDocument, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_at", UTCDateTime),
        sa.Column("fired_at", UTCDateTime),
        sa.UniqueConstraint("name", "key"),
    )
    op.create_index("ix_timers_set", "timers", ["due_at"], **waiting)
    op.create_table(
        "audit",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", UTCDateTime, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("org_number", sa.String(11)),
        sa.Column("action", sa.String(120), nullable=False),
        sa.Column("subject", sa.String(400), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("client_id", sa.String(80), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("media_type", sa.String(80)),
        sa.Column("body", sa.LargeBinary),
        sa.Column("created_at", UTCDateTime, nullable=False),
    )
    op.create_table(
        "service_clock",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("simulated_now", UTCDateTime, nullable=False),
    )
