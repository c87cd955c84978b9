"""Stations of a walk: what storage holds when a case has come that far, kept and put back.

The first test of a worker that wants a case in a phase walks it there; the others find the
rows that this left. Each kind of database has its own, so that each is walked on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.tables import audit, idempotency_keys, inbox
from services.chassis.testing import RunningService
from services.onboarding.tables import Base

TABLES = Base.metadata.sorted_tables
_NOTES = {audit.name, idempotency_keys.name, inbox.name}


class Walker(Protocol):
    """What a station needs of a walk."""

    service: RunningService
    services: tuple[str, ...]
    case_id: str


@dataclass(frozen=True)
class _Station:
    case_id: str
    now: datetime
    rows: dict[str, list[dict[str, Any]]]


WalkerT = TypeVar("WalkerT", bound=Walker)
_stations: dict[Hashable, _Station] = {}


def station(walk: Callable[[WalkerT], Awaitable[None]]) -> Callable[[WalkerT], Awaitable[None]]:
    """Walk a way from an empty register once, and afterwards begin where it ends."""

    @wraps(walk)
    async def arrive(walker: WalkerT) -> None:
        service = walker.service
        if not await _is_untouched(service):
            await walk(walker)
            return
        kind = service.runtime.database.engine.dialect.name
        key = (walk.__name__, walker.services, kind, service.clock.now())
        if key not in _stations:
            await walk(walker)
            _stations[key] = _Station(walker.case_id, service.clock.now(), await _rows(service))
            return
        found = _stations[key]
        await _put_back(service, found.rows)
        service.at(found.now)
        walker.case_id = found.case_id

    return arrive


async def _is_untouched(service: RunningService) -> bool:
    async with service.runtime.database.transaction(write=False) as session:
        agencies = Base.metadata.tables["agencies"]
        return not await session.scalar(sa.select(sa.func.count()).select_from(agencies))


async def _rows(service: RunningService) -> dict[str, list[dict[str, Any]]]:
    async with service.runtime.database.transaction(write=False) as session:
        return {
            table.name: [dict(row) for row in (await session.execute(sa.select(table))).mappings()]
            for table in TABLES
        }


async def _put_back(service: RunningService, rows: dict[str, list[dict[str, Any]]]) -> None:
    held = [table for table in TABLES if rows[table.name]]
    async with service.runtime.database.transaction(write=True) as session:
        for table in reversed(held):
            await session.execute(sa.delete(table))
        for table in held:
            await session.execute(sa.insert(table), rows[table.name])
        if not service.runtime.database.embedded:
            for table in held:
                await _count_on(session, table)
        await session.commit()


async def _count_on(session: AsyncSession, table: sa.Table) -> None:
    """Have PostgreSQL's counter of a table go on behind the rows that were put back."""
    column = table.autoincrement_column
    if column is not None:
        counter = sa.func.pg_get_serial_sequence(table.name, column.name)
        last = sa.select(sa.func.max(column)).scalar_subquery()
        await session.execute(sa.select(sa.func.setval(counter, last)))


async def everything_stored(service: RunningService) -> dict[str, list[str]]:
    """Every row of a service, but for what it notes of requests and events as such."""
    found: dict[str, list[str]] = {}
    async with service.runtime.database.transaction(write=False) as session:
        connection = await session.connection()
        for table in TABLES:
            if table.name not in _NOTES:
                # As the driver reads them: what the rows mean is of no matter here.
                everything = str(sa.select(sa.text("*")).select_from(table))
                rows = await connection.exec_driver_sql(everything)
                found[table.name] = sorted(repr(tuple(row)) for row in rows)
    return found
