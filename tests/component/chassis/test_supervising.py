"""A service's parts begin anew when they fail, and end when they are told to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NoReturn

import aio_pika
import pytest

from services.chassis import service
from services.chassis.broker import OutgoingMessage
from services.chassis.broker.amqp import AmqpBroker
from services.chassis.broker.topology import Topology
from services.chassis.relay import Relay
from services.chassis.testing import eventually
from tests.component.chassis.working import working
from tests.support.centre import SUBSCRIPTIONS
from tests.support.probe import SPEC


async def _refused_when_cancelled(*_: Any, **__: Any) -> NoReturn:
    try:
        await asyncio.Event().wait()
    finally:
        raise ConnectionRefusedError  # in place of the cancellation, as libraries do


async def test_a_connection_that_fails_when_it_is_cancelled_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aio_pika, "connect", _refused_when_cancelled)
    broker = AmqpBroker("amqp://nobody/", Topology(SUBSCRIPTIONS), name=SPEC.name)
    publishing = asyncio.create_task(broker.publish([OutgoingMessage("id", "type", b"{}")]))
    await asyncio.sleep(0)
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing


async def test_a_part_that_misses_that_it_is_cancelled_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = 0

    async def deaf_once(_: Relay) -> None:
        nonlocal told
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told += 1
        await asyncio.Event().wait()

    monkeypatch.setattr(Relay, "run", deaf_once)
    monkeypatch.setattr(service, "_MISSED_AFTER_SECONDS", 0.1)
    async with asyncio.timeout(30):
        async with working(tmp_path):
            await asyncio.sleep(0)
    assert told == 1


async def test_a_part_that_had_recovered_begins_anew_as_after_its_first_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = 0

    async def fails_at_first(_: Relay) -> None:
        nonlocal begun
        begun += 1
        if begun < 4:
            raise ConnectionError
        await asyncio.Event().wait()

    async def has_begun_four_times() -> bool:
        return begun == 4

    monkeypatch.setattr(Relay, "run", fails_at_first)
    monkeypatch.setattr(service, "_RESTART_PAUSES", (0.0, 3600.0))
    monkeypatch.setattr(service, "_WORKED_SECONDS", -1.0)
    async with working(tmp_path):
        await eventually(has_begun_four_times)
