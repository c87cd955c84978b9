"""SQLite connections that go to their thread only for what may wait.

The driver sends every step of every statement to a thread, which costs more than what SQLite
does in microseconds: an eighth of a replay's processor time. Here statements run where they
are; beginning to write may wait for another process, committing waits for the disk, and both
happen in the thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import aiosqlite

_MAY_WAIT = "BEGIN IMMEDIATE"


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
        await self._connection.do(statement == _MAY_WAIT, self._run, statement, parameters, False)
        return self

    async def executemany(
        self, statement: str, parameters: Iterable[Sequence[Any]]
    ) -> _WholeCursor:
        await self._connection.do(False, self._run, statement, parameters, True)
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

    _in_thread = 0

    @property
    def driver(self) -> sqlite3.Connection:
        """The standard library's connection."""
        return self._conn

    async def do(self, may_wait: bool, function: Callable[..., None], *arguments: Any) -> None:
        """Run a function; in the connection's thread if it may wait, or if the thread is still
        busy with something whose caller has given up.
        """
        if not may_wait and not self._in_thread:
            function(*arguments)
            return
        self._in_thread += 1
        doing = asyncio.ensure_future(self._execute(function, *arguments))  # type: ignore[no-untyped-call]  # the driver has no types
        doing.add_done_callback(self._left_thread)
        await asyncio.shield(doing)

    def _left_thread(self, _: object) -> None:
        self._in_thread -= 1

    async def commit(self) -> None:
        """Commit the transaction, if there is one."""
        if self.driver.in_transaction:
            await self.do(True, self.driver.commit)

    async def rollback(self) -> None:
        """Roll back the transaction, if there is one."""
        await self.do(False, self.driver.rollback)

    def cursor(self) -> Any:
        """A cursor that does all of a statement at once."""
        return _WholeCursor(self)


def connect(database: str, **options: Any) -> Connection:
    """A connection for SQLAlchemy's ``async_creator_fn``; it opens when it is awaited."""
    options["check_same_thread"] = False
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    # As SQLAlchemy does with its own: an open connection does not keep a process alive.
    connection._thread.daemon = True
    return connection
