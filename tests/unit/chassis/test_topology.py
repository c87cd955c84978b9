"""Exchanges and queues as data: nothing can be lost on its way round."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.chassis.broker.topology import (
    DELIVERY_LIMIT,
    RETRY_LADDER,
    Binding,
    Queue,
    Topology,
)
from services.composition import subscriptions, topology

SUBSCRIPTIONS = {"one": ("a.happened.v1", "b.happened.v1"), "two": ("b.happened.v1",)}
TOPOLOGY = Topology(SUBSCRIPTIONS, prefix="test")
THE_CENTRES = topology()

both = pytest.mark.parametrize("topo", [TOPOLOGY, THE_CENTRES], ids=["small", "the-centres"])


def queue(topo: Topology, name: str) -> Queue:
    (found,) = (queue for queue in topo.queues if queue.name == name)
    return found


def reached(topo: Topology, exchange: str, routing_key: str) -> set[str]:
    """The queues a message published so ends in."""
    return {
        binding.queue
        for binding in topo.bindings
        if binding.exchange == exchange and binding.routing_key == routing_key
    }


@both
def test_every_queue_is_bound_and_every_binding_leads_somewhere(topo: Topology) -> None:
    names = [queue.name for queue in topo.queues]
    assert len(names) == len(set(names))
    assert {binding.queue for binding in topo.bindings} == set(names)
    assert {binding.exchange for binding in topo.bindings} == {e.name for e in topo.exchanges}
    assert len(topo.bindings) == len(set(topo.bindings))


@both
def test_an_event_reaches_exactly_those_who_subscribe(topo: Topology) -> None:
    for type_ in {type_ for types in topo.subscriptions.values() for type_ in types}:
        hearing = {name for name, types in topo.subscriptions.items() if type_ in types}
        assert reached(topo, topo.events, type_) == {topo.queue(name) for name in hearing}


@both
def test_what_nobody_hears_is_kept_within_bounds(topo: Topology) -> None:
    (events,) = (exchange for exchange in topo.exchanges if exchange.name == topo.events)
    assert events.kind == "topic"
    assert events.arguments == {"alternate-exchange": topo.unrouted}
    (kept,) = reached(topo, topo.unrouted, "")
    assert queue(topo, kept).arguments["x-max-length"] == 100_000
    names = [exchange.name for exchange in topo.exchanges]
    assert names.index(topo.unrouted) < names.index(topo.events)


@both
def test_a_message_sent_round_the_ladder_comes_back_to_its_service_alone(topo: Topology) -> None:
    for service in topo.subscriptions:
        for label, delay in topo.ladder:
            (waiting,) = reached(topo, topo.retry, f"{service}.{label}")
            arguments = queue(topo, waiting).arguments
            assert arguments["x-message-ttl"] == delay // timedelta(milliseconds=1)
            back = reached(
                topo,
                str(arguments["x-dead-letter-exchange"]),
                str(arguments["x-dead-letter-routing-key"]),
            )
            assert back == {topo.queue(service)}


@both
def test_what_kills_its_consumer_is_parked(topo: Topology) -> None:
    for service in topo.subscriptions:
        arguments = queue(topo, topo.queue(service)).arguments
        assert arguments["x-delivery-limit"] == DELIVERY_LIMIT
        parked = reached(
            topo,
            str(arguments["x-dead-letter-exchange"]),
            str(arguments["x-dead-letter-routing-key"]),
        )
        assert parked == {topo.parking(service)}


@both
def test_dead_letters_are_never_dropped(topo: Topology) -> None:
    """At-least-once without reject-publish falls back to at-most-once and says nothing."""
    passing_on = [q for q in topo.queues if "x-dead-letter-exchange" in q.arguments]
    assert len(passing_on) == len(topo.subscriptions) * (1 + len(topo.ladder))
    for q in passing_on:
        assert q.arguments["x-dead-letter-strategy"] == "at-least-once"
        assert q.arguments["x-overflow"] == "reject-publish"


@both
def test_every_queue_is_a_quorum_queue_of_a_version(topo: Topology) -> None:
    for q in topo.queues:
        assert q.arguments["x-queue-type"] == "quorum"
        assert q.name.startswith(f"{topo.prefix}.")
        assert q.name.endswith(".v1")


@both
def test_parked_messages_rest_until_somebody_comes(topo: Topology) -> None:
    for service in topo.subscriptions:
        arguments = queue(topo, topo.parking(service)).arguments
        assert "x-message-ttl" not in arguments
        assert "x-dead-letter-exchange" not in arguments
        assert int(arguments["x-delivery-limit"]) >= 1_000_000


def test_the_ladder_is_what_the_architecture_says() -> None:
    assert dict(RETRY_LADDER) == {
        "5s": timedelta(seconds=5),
        "1min": timedelta(minutes=1),
        "10min": timedelta(minutes=10),
    }


def test_two_centres_on_one_broker_share_nothing() -> None:
    other = Topology(SUBSCRIPTIONS, prefix="other")
    assert {q.name for q in TOPOLOGY.queues}.isdisjoint(q.name for q in other.queues)
    assert {e.name for e in TOPOLOGY.exchanges}.isdisjoint(e.name for e in other.exchanges)


def test_a_service_that_hears_nothing_still_has_its_queue() -> None:
    silent = Topology({"silent": ()})
    assert Binding(silent.retry, silent.queue("silent"), "silent") in silent.bindings
    assert reached(silent, silent.dead, "silent") == {silent.parking("silent")}


def test_the_centres_topology_is_made_from_the_services_own_subscriptions() -> None:
    assert THE_CENTRES.subscriptions == subscriptions()
    assert THE_CENTRES.prefix == "ssc"
