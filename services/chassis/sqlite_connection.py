"""SQLite connections whose statements take one hop to the connection's thread each.

The driver hops for making a cursor, executing, fetching and closing: four times for what
SQLite does in microseconds. Here the thread does all of it at once, and hands back the rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite


class _WholeCursor:
    """Executes a statement and fetches all its rows in one go; the driver's interface."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> _WholeCursor:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> _WholeCursor:
        await self._connection.hop(self._run, statement, parameters, False)
        return self

    async def executemany(
        self, statement: str, parameters: Iterable[Sequence[Any]]
    ) -> _WholeCursor:
        await self._connection.hop(self._run, statement, parameters, True)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, statement: str, parameters: Any, many: bool) -> None:
        cursor = self._connection.driver.cursor()
        try:
            if many:
                cursor.executemany(statement, parameters)
            else:
                cursor.execute(statement, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """A connection that makes such cursors."""

    @property
    def driver(self) -> sqlite3.Connection:
        """The standard library's connection; only its own thread may use it."""
        return self._conn

    async def hop(self, function: Any, *arguments: Any) -> Any:
        """Run a function in the connection's thread."""
        return await self._execute(function, *arguments)  # type: ignore[no-untyped-call]  # the driver has no types

    def cursor(self) -> Any:
        """A cursor that does all of a statement in one hop."""
        return _WholeCursor(self)


def connect(database: str, **options: Any) -> Connection:
    """A connection for SQLAlchemy's ``async_creator_fn``; it opens when it is awaited."""
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    # As SQLAlchemy does with its own: an open connection does not keep a process alive.
    connection._thread.daemon = True
    return connection
