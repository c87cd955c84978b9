"""``parked list`` and ``parked replay`` of a service's command line, on RabbitMQ."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.broker import OutgoingMessage
from services.chassis.broker.amqp import AmqpBroker, declare
from services.chassis.broker.topology import Topology
from services.chassis.cli import main
from services.chassis.testing import eventually
from tests.support.centre import SUBSCRIPTIONS
from tests.support.probe import REGISTRY, SPEC, Happened

Command = Callable[..., list[str]]


@pytest.fixture
def topology() -> Topology:
    """Names that no other test uses."""
    return Topology(SUBSCRIPTIONS, prefix=f"t{uuid4().hex}")


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    rabbitmq_url: str,
    topology: Topology,
) -> Command:
    """The probe's command on a broker with its queues; returns the lines it prints."""
    asyncio.run(declare(rabbitmq_url, topology))
    monkeypatch.setenv("SSC_BROKER_PREFIX", topology.prefix)
    monkeypatch.setenv("SSC_DATABASE_URL", "postgresql+psycopg://not-used/")
    monkeypatch.setenv("SSC_BROKER_URL", rabbitmq_url)
    monkeypatch.setenv("SSC_VERIFY_KEYS_FILE", "/not/used")

    def run(*arguments: str) -> list[str]:
        main(SPEC, REGISTRY, arguments)
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out.splitlines()

    return run


async def park(url: str, topology: Topology, reasons: Mapping[str, str]) -> None:
    """Park a message per id, with its reason, in order."""
    broker = AmqpBroker(url, topology, name="test")
    await broker.publish([OutgoingMessage(id_, Happened.type, b"{}") for id_ in reasons])
    async with broker.subscription(SPEC.name) as subscription:
        left = dict(reasons)
        while left:
            for delivery in await subscription.take(len(left)):
                id_ = next(iter(left))
                await subscription.park(delivery, left.pop(id_))

    async def all_there() -> bool:
        return await broker.parked_count(SPEC.name) == len(reasons)

    await eventually(all_there)
    await broker.stop()


async def taken(url: str, topology: Topology, count: int) -> int:
    """How many of so many messages the service's queue hands out."""
    broker = AmqpBroker(url, topology, name="test")
    received = 0
    async with broker.subscription(SPEC.name) as subscription, asyncio.timeout(10):
        while received < count:
            deliveries = await subscription.take(count)
            received += len(deliveries)
            await subscription.ack(deliveries)
    return received


def ids(lines: list[str]) -> list[Any]:
    return [json.loads(line)["id"] for line in lines]


def test_parked_messages_are_shown_as_json_lines_oldest_first(
    command: Command, rabbitmq_url: str, topology: Topology
) -> None:
    asyncio.run(
        park(rabbitmq_url, topology, {"m1": "ValueError('något gick fel')", "m2": "NotYet: x"})
    )
    first, second = (json.loads(line) for line in command("parked", "list"))
    parked_at = datetime.fromisoformat(first.pop("parked_at"))
    assert timedelta(0) <= datetime.now(UTC) - parked_at < timedelta(minutes=1)
    assert first == {
        "service": "probe",
        "id": "m1",
        "type": "probe.happened.v1",
        "attempts": 0,
        "reason": "ValueError('något gick fel')",
    }
    assert (second["id"], second["reason"]) == ("m2", "NotYet: x")
    assert ids(command("parked", "list")) == ["m1", "m2"], "looking must not change anything"
    assert ids(command("parked", "list", "--limit", "1")) == ["m1"]


def test_where_nothing_is_parked_nothing_is_shown(command: Command) -> None:
    assert command("parked", "list") == []
    assert command("parked", "replay") == ["0 message(s) returned to probe."]


def test_messages_are_given_back_by_their_ids(
    command: Command, rabbitmq_url: str, topology: Topology
) -> None:
    asyncio.run(park(rabbitmq_url, topology, {"m1": "x", "m2": "x", "m3": "x"}))
    assert command("parked", "replay", "m1", "m3", "unheard-of") == [
        "2 message(s) returned to probe."
    ]
    assert asyncio.run(taken(rabbitmq_url, topology, 2)) == 2
    assert ids(command("parked", "list")) == ["m2"]


def test_all_messages_are_given_back(
    command: Command, rabbitmq_url: str, topology: Topology
) -> None:
    asyncio.run(park(rabbitmq_url, topology, {f"m{number}": "x" for number in range(7)}))
    assert command("parked", "replay") == ["7 message(s) returned to probe."]
    assert command("parked", "list") == []
    assert asyncio.run(taken(rabbitmq_url, topology, 7)) == 7


def test_a_broker_without_the_services_queues_is_told(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_BROKER_PREFIX", "another")
    for action in ("list", "replay"):
        with pytest.raises(SystemExit) as left:
            command("parked", action)
        assert isinstance(left.value.code, str)
        assert left.value.code.startswith("RabbitMQ does not answer: ")
        assert "another.probe.parked.v1" in left.value.code
