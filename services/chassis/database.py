"""A service's database: engine, declarative base, and transactions.

Two backends, one way to use them. SQLite files serve the embedded centre: one writer
at a time, kept in line by a lock in the process so that nobody busy-waits. PostgreSQL
serves the distributed one.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy import event, exc, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from services.chassis import sqlite_connection
from services.chassis.columns import JSONDocument, UTCDateTime
from services.chassis.tables import metadata_with_chassis_tables

__all__ = [
    "Database",
    "JSONDocument",
    "UTCDateTime",
    "declarative_base_for",
    "is_conflict",
    "is_connection_failure",
    "make_engine",
    "no_answer",
]

WRITE_INTENT = "ssc_write"

OUT_OF_REACH = ("08", "53", "57")
"""PostgreSQL's error classes: connection exception, no resources, operator intervened."""

QUERY_CANCELLED = "57014"
"""A statement ran too long: the statement's fault, and trying again would not help."""

CONFLICTS = ("23503", "23505", "23P01", "40001", "40P01")
"""PostgreSQL's codes for losing a race: a foreign key, a unique or exclusion constraint, a
transaction that cannot be put in order with another, a deadlock.
"""

CONFLICTS_SQLITE = (
    "SQLITE_CONSTRAINT_FOREIGNKEY",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
)

OUT_OF_REACH_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR")


def declarative_base_for(service: str) -> type[DeclarativeBase]:
    """A declarative base whose metadata already holds the chassis tables."""
    return type(
        f"{service.title().replace('_', '')}Base",
        (DeclarativeBase,),
        {"metadata": metadata_with_chassis_tables(), "__doc__": f"Tables of {service}."},
    )


def is_connection_failure(error: BaseException) -> bool:
    """Whether storage was out of reach, as against a statement it refused."""
    if isinstance(error, exc.TimeoutError | ConnectionError):
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, psycopg.OperationalError):
        state = error.orig.sqlstate
        return state is None or (state[:2] in OUT_OF_REACH and state != QUERY_CANCELLED)
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorname.startswith(OUT_OF_REACH_SQLITE)
    return False


def is_conflict(error: BaseException) -> bool:
    """Whether a statement was refused for what somebody else has committed, as against one
    that nobody's doing made wrong, such as a missing value.
    """
    if not isinstance(error, exc.DBAPIError):
        return False
    if isinstance(error.orig, psycopg.Error):
        return error.orig.sqlstate in CONFLICTS
    if isinstance(error.orig, sqlite3.IntegrityError):
        return error.orig.sqlite_errorname in CONFLICTS_SQLITE
    return False


def no_answer(service: str, error: exc.OperationalError) -> str:
    """The sentence a service leaves with when its database does not let it in."""
    why = str(error.orig).strip().partition("\n")[0]
    return (
        f"{service} cannot start: its database does not answer ({why}). Look at SSC_DATABASE_URL"
        " and the database."
    )


def make_engine(url: URL, *, durable: bool = True, pool_size: int = 5) -> AsyncEngine:
    """An engine as ``Database`` needs it; arguments as there."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            connect_args={"timeout": 30, "async_creator_fn": sqlite_connection.connect},
            pool_size=pool_size,
            hide_parameters=True,
        )
        _serialise_writers(engine, durable=durable)
        return engine
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        # The values of a refused statement stay out of its error's text.
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c statement_timeout=30000",
        },
    )


class Database:
    """The engine of one service and the transactions on it.

    Args:
        url: ``sqlite+aiosqlite:///file`` or ``postgresql+psycopg://...``.
        durable: False lets SQLite skip waiting for the disk; only for data that is
            thrown away when the process dies (a centre being filled).
        pool_size: connections kept open to PostgreSQL.
        engine: one made by ``make_engine`` that leads to this database already.
    """

    def __init__(
        self,
        url: str,
        *,
        durable: bool = True,
        pool_size: int = 5,
        engine: AsyncEngine | None = None,
    ) -> None:
        self.url = make_url(url)
        self.embedded = self.url.get_backend_name() == "sqlite"
        self.engine = engine or make_engine(self.url, durable=durable, pool_size=pool_size)
        self._writer = asyncio.Lock()
        self.writes = 0
        """How many transactions that may have written have ended in this process."""

    @asynccontextmanager
    async def transaction(self, *, write: bool) -> AsyncIterator[AsyncSession]:
        """A session in a transaction that the caller commits; left uncommitted, it is
        rolled back.

        Args:
            write: False for reading only; then SQLite's writers are not held up.
        """
        if write and self.embedded:
            try:
                async with self._writer, self._session(write=True) as session:
                    yield session
            finally:
                self.writes += 1
        else:
            async with self._session(write=write) as session:
                yield session

    @asynccontextmanager
    async def _session(self, *, write: bool) -> AsyncIterator[AsyncSession]:
        async with self.engine.connect() as connection:
            if self.embedded:
                await connection.execution_options(**{WRITE_INTENT: write})
            session = AsyncSession(bind=connection, expire_on_commit=False, autoflush=True)
            async with session:
                yield session

    async def ping(self) -> None:
        """Ask the database for a sign of life; raises what the driver raises."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _serialise_writers(engine: AsyncEngine, *, durable: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(dbapi_connection: Any, _: Any) -> None:
        # The driver's own implicit BEGIN would start read transactions that later fail
        # to become write transactions; we say BEGIN ourselves below.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        write = connection.get_execution_options().get(WRITE_INTENT, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
