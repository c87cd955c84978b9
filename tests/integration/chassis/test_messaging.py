"""From outbox to effect: at least once on the wire, once in effect, nothing lost."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from services.chassis import outbox
from services.chassis.broker import Broker, BrokerUnavailable, OutgoingMessage
from services.chassis.events import Envelope
from services.chassis.ids import new_id
from services.chassis.tables import outbox as outbox_table
from services.chassis.testing import eventually
from tests.chaos.disturbances import Passing
from tests.integration.chassis.conftest import Wiring
from tests.support.centre import Probe, working
from tests.support.probe import Happened


async def test_events_take_effect_in_the_order_they_were_recorded(wiring: Wiring) -> None:
    labels = [f"{number:04}" for number in range(700)]
    async with working(await wiring.broker(), wiring.database_url) as probe:
        await probe.post(*labels[:350])
        for label in labels[350:360]:
            await probe.post(label)
        await probe.post(*labels[360:])
        await eventually(lambda: probe.took_effect(700), within=30)
        assert await probe.effects() == labels
        assert await probe.pending() == 0


async def test_every_message_delivered_twice_takes_effect_once(wiring: Wiring) -> None:
    class Twice(Passing):
        async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
            await self.inner.publish([*messages, *messages])

    async with working(Twice(await wiring.broker()), wiring.database_url) as probe:
        await probe.post(*(str(number) for number in range(50)))
        await probe.post("last")
        await eventually(lambda: _is_handled(probe, "last"))
        assert len(await probe.effects()) == 51
        await eventually(lambda: _metric_reaches(probe, "ssc_inbox_duplicates_total", 51))


async def test_messages_out_of_order_all_take_effect(wiring: Wiring) -> None:
    class Shuffling(Passing):
        async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
            shuffled = list(messages)
            random.Random(7).shuffle(shuffled)
            await self.inner.publish(shuffled)

    labels = [str(number) for number in range(60)]
    async with working(Shuffling(await wiring.broker()), wiring.database_url) as probe:
        await probe.post(*labels)
        await eventually(lambda: probe.took_effect(60))
        effects = await probe.effects()
        assert effects != labels
        assert sorted(effects) == sorted(labels)


async def test_a_failed_publish_is_published_again(wiring: Wiring) -> None:
    class FailingFirst(Passing):
        failures = 2

        async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
            if self.failures:
                self.failures -= 1
                if self.failures:
                    await self.inner.publish(messages)
                raise BrokerUnavailable("the test cut the line")
            await self.inner.publish(messages)

    async with working(FailingFirst(await wiring.broker()), wiring.database_url) as probe:
        await probe.post("one", "two")
        await eventually(lambda: _outbox_is_empty(probe))
        await eventually(lambda: probe.took_effect(2))
        assert await probe.effects() == ["one", "two"]


async def test_a_poison_message_is_parked_and_the_rest_flows_on(wiring: Wiring) -> None:
    async with working(await wiring.broker(), wiring.database_url) as probe:
        await probe.post("before", "poison", "after")
        broker = probe.runtime.broker
        await eventually(lambda: _parked_count_is(broker, 1))
        assert await probe.effects() == ["before", "after"]
        (parked,) = await broker.parked("probe")
        assert parked.type == "probe.happened.v1"
        assert "the test asked to fail" in parked.reason
        assert parked.attempts == 2
        assert json.loads(parked.body)["data"]["label"] == "poison"
        assert (await broker.parked("probe")) == [parked], "looking must not change anything"


async def test_replayed_messages_get_their_chance_again(wiring: Wiring) -> None:
    async with working(await wiring.broker(), wiring.database_url) as probe:
        await probe.post("poison", "not-yet")
        broker = probe.runtime.broker
        await eventually(lambda: _parked_count_is(broker, 2))
        poison, not_yet = sorted(await broker.parked("probe"), key=lambda m: m.reason, reverse=True)
        assert await broker.replay_parked("probe", [new_id()]) == 0
        assert await broker.replay_parked("probe", [poison.id]) == 1
        await eventually(lambda: _parked_count_is(broker, 2))
        assert await broker.replay_parked("probe") == 2
        await eventually(lambda: _parked_count_is(broker, 2))
        assert {message.id for message in await broker.parked("probe")} == {poison.id, not_yet.id}
        assert await probe.handled() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"{}",
        b"\xff\xfe",
        Envelope(
            id="e1",
            source="/ssc/probe",
            type="probe.unheard_of.v1",
            subject="s",
            time="2026-01-01T00:00:00Z",  # type: ignore[arg-type]  # as JSON has it
            correlationid="c",
            causationid="c",
            aggregateversion=0,
            data={},
        ).to_bytes(),
    ],
)
async def test_what_cannot_be_read_is_parked_at_once(wiring: Wiring, body: bytes) -> None:
    async with working(await wiring.broker(), wiring.database_url) as probe:
        broker = probe.runtime.broker
        await broker.publish([OutgoingMessage(new_id(), Happened.type, body)])
        await probe.post("after")
        await eventually(lambda: probe.took_effect(1))
        await eventually(lambda: _parked_count_is(broker, 1))
        (parked,) = await broker.parked("probe")
        assert parked.attempts == 0
        assert parked.reason


async def test_what_was_not_settled_comes_again_after_a_restart(wiring: Wiring) -> None:
    broker = await wiring.broker()
    await broker.start()
    await broker.publish([OutgoingMessage("m1", Happened.type, b"one")])
    async with broker.subscription("probe") as subscription:
        (delivery,) = await subscription.take(10)
        assert delivery.body == b"one"
    await broker.stop()
    again = await wiring.broker()
    await again.start()
    async with again.subscription("probe") as subscription:
        (delivery,) = await subscription.take(10)
        assert delivery.body == b"one"
        await subscription.ack([delivery])
    await again.stop()
    last = await wiring.broker()
    await last.start()
    await last.publish([OutgoingMessage("m2", Happened.type, b"two")])
    async with last.subscription("probe") as subscription:
        (delivery,) = await subscription.take(10)
        assert delivery.body == b"two"
    await last.stop()


async def test_the_envelope_carries_the_chain_of_causes(wiring: Wiring) -> None:
    async with working(await wiring.broker(), wiring.database_url) as probe:
        await probe.post("one")
        async with probe.runtime.database.transaction(write=False) as session:
            body = await session.scalar(select(outbox_table.c.body))
        envelope = json.loads(body or b"")
        assert envelope["specversion"] == "1.0"
        assert envelope["type"] == "probe.happened.v1"
        assert envelope["source"] == "/ssc/probe"
        assert envelope["subject"] == "one"
        assert envelope["correlationid"]
        assert envelope["causationid"]


async def _outbox_is_empty(probe: Probe) -> bool:
    async with probe.runtime.database.transaction(write=False) as session:
        return await outbox.pending_count(session) == 0


async def _is_handled(probe: Probe, label: str) -> bool:
    return label in await probe.effects()


async def _parked_count_is(broker: Broker, count: int) -> bool:
    return len(await broker.parked("probe")) == count


async def _metric_reaches(probe: Probe, name: str, value: float) -> bool:
    sample = probe.runtime.metrics.registry.get_sample_value(name, {"service": "probe"})
    return (sample or 0) >= value
