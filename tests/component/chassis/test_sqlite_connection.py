"""SQLite connections: what waits leaves the event loop free, what was given up does no harm."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from services.chassis.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "test.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE things (label TEXT)")
    return path


def labels(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [label for (label,) in connection.execute("SELECT label FROM things")]


async def test_waiting_for_another_process_to_write_holds_nothing_else_up(file: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")
    written = asyncio.Event()

    async def write() -> None:
        async with database.transaction(write=True) as session:
            await session.execute(text("INSERT INTO things VALUES ('ours')"))
            await session.commit()
        written.set()

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO things VALUES ('theirs')")
        writing = asyncio.create_task(write())
        async with database.transaction(write=False) as session:
            found = await session.scalars(text("SELECT label FROM things"))
        assert list(found) == []
        assert not written.is_set()
        other.execute("COMMIT")
    await writing
    await database.close()
    assert labels(file) == ["theirs", "ours"]


@pytest.mark.parametrize("turns", range(12))
async def test_a_transaction_given_up_at_any_point_is_whole_or_nothing(
    file: Path, turns: int
) -> None:
    database = Database(f"sqlite+aiosqlite:///{file}")

    async def write() -> None:
        async with database.transaction(write=True) as session:
            await session.execute(text("INSERT INTO things VALUES ('one')"))
            await asyncio.sleep(0)
            await session.execute(text("INSERT INTO things VALUES ('two')"))
            await session.commit()

    writing = asyncio.create_task(write())
    for _ in range(turns):
        await asyncio.sleep(0)
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    async with database.transaction(write=True) as session:
        await session.execute(text("INSERT INTO things VALUES ('three')"))
        await session.commit()
    await database.close()
    assert labels(file) in (["three"], ["one", "two", "three"])
