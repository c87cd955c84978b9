"""What becomes of a timer whose handler fails, and of one that storage failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import exc, text

from services.chassis import migrations, timers
from services.chassis.service import ServiceRuntime
from services.chassis.timer_loop import TimerFailed, TimerLoop
from services.chassis.timers import DueTimer
from services.chassis.unit_of_work import UnitOfWork
from tests.component.chassis.working import embedded
from tests.support.centre import probe_runtime
from tests.support.probe import SPEC

DUE = datetime(2026, 3, 29, 1, tzinfo=UTC)

Failing = Callable[[UnitOfWork], Awaitable[None]]


async def _storage_goes_away(uow: UnitOfWork) -> None:
    if uow.session.get_bind().dialect.name == "sqlite":
        raise ConnectionError
    await uow.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def _refuse(_: UnitOfWork) -> None:
    raise ValueError("the test asked to fail")


@pytest.fixture
async def runtime(tmp_path: Path, database_url: str) -> AsyncIterator[ServiceRuntime]:
    """A probe service whose parts do not work by themselves, with one timer set."""
    migrations.upgrade(database_url, SPEC.migrations)
    runtime = probe_runtime(embedded(tmp_path), database_url)
    async with runtime.units.begin() as uow:
        await uow.set_timer("remind", "somebody", DUE, {})
    yield runtime
    await runtime.database.close()


def _failing(runtime: ServiceRuntime, times: int, fail: Failing) -> TimerLoop:
    left = [fail] * times

    async def handler(uow: UnitOfWork, _: DueTimer) -> None:
        if left:
            await left.pop()(uow)

    return TimerLoop(
        runtime.units, {"remind": handler}, runtime.clock, runtime.metrics, runtime.tracing
    )


async def test_a_timer_does_not_wait_for_storage_having_been_away(runtime: ServiceRuntime) -> None:
    loop = _failing(runtime, 5, _storage_goes_away)
    for _ in range(5):
        with pytest.raises((ConnectionError, exc.OperationalError)):
            await loop.fire_due(DUE)
    assert await loop.fire_due(DUE) == 1
    assert await _next_due(runtime) is None


async def test_a_timer_that_fails_waits_longer_each_time(runtime: ServiceRuntime) -> None:
    loop = _failing(runtime, 1, _refuse)
    with pytest.raises(TimerFailed):
        await loop.fire_due(DUE)
    assert await loop.fire_due(DUE) == 0
    assert await _next_due(runtime) == DUE
    async with runtime.database.transaction(write=False) as session:
        soon = datetime.now(UTC)
        assert await timers.claim_next(session, DUE, soon) is None
        claimed = await timers.claim_next(session, DUE, soon + timedelta(seconds=6))
    assert claimed is not None
    assert claimed.attempts == 1


async def _next_due(runtime: ServiceRuntime) -> datetime | None:
    async with runtime.database.transaction(write=False) as session:
        return await timers.next_due_at(session)
