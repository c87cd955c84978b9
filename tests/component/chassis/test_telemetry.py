"""Traces that are really exported, numbers that are right, and what is said of readiness."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from sqlalchemy import select

from services.chassis.broker import Broker, OutgoingMessage
from services.chassis.broker.amqp import AmqpBroker
from services.chassis.broker.topology import Topology
from services.chassis.database import Database
from services.chassis.events import Envelope
from services.chassis.identity import Role
from services.chassis.ids import new_id
from services.chassis.service import ServiceRuntime
from services.chassis.tables import outbox
from services.chassis.testing import DEFAULT_START, eventually, running
from tests.chaos.disturbances import EverythingTwice
from tests.component.chassis.working import ORG, Working, embedded, shown, working
from tests.instances.processes import free_port
from tests.support.centre import SUBSCRIPTIONS, Probe
from tests.support.collector import attributes, collecting
from tests.support.probe import SPEC, Happened

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"


async def took_effect(service: Working, count: int) -> None:
    await eventually(lambda: Probe(service.runtime).took_effect(count))


async def recorded(runtime: ServiceRuntime) -> list[Envelope]:
    async with runtime.database.transaction(write=False) as session:
        bodies = await session.scalars(select(outbox.c.body).order_by(outbox.c.seq))
        return [Envelope.from_bytes(body) for body in bodies]


async def test_a_trace_goes_from_the_request_through_the_event_to_its_handler(
    tmp_path: Path,
) -> None:
    with collecting() as collector:
        async with working(tmp_path, otlp_endpoint=collector.endpoint) as service:
            answer = await service.post("one", traceparent=TRACEPARENT)
            assert answer.status_code == 201
            await took_effect(service, 2)
            (envelope,) = await recorded(service.runtime)
        request = collector.named("POST /v1/things")
        handling = collector.named("handle probe.happened.v1")
    assert set(collector.paths) == {"/v1/traces"}
    assert collector.services == {"probe"}
    assert (request.kind, handling.kind) == (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CONSUMER)
    assert request.trace_id.hex() == TRACE
    assert request.parent_span_id.hex() == CALLER
    assert envelope.traceparent == f"00-{TRACE}-{request.span_id.hex()}-01"
    assert handling.trace_id.hex() == TRACE
    assert handling.parent_span_id == request.span_id
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/v1/things",
        "http.response.status_code": 201,
    }
    assert attributes(handling) == {"event_id": envelope.id}


@pytest.mark.parametrize("traceparent", [None, "nonsense", f"00-{'0' * 32}-{CALLER}-01"])
async def test_a_request_without_a_trace_begins_one(
    tmp_path: Path, traceparent: str | None
) -> None:
    with collecting() as collector:
        async with working(tmp_path, otlp_endpoint=collector.endpoint) as service:
            await service.post("one", **({"traceparent": traceparent} if traceparent else {}))
            await took_effect(service, 2)
        request = collector.named("POST /v1/things")
        handling = collector.named("handle probe.happened.v1")
    assert request.parent_span_id == b""
    assert handling.trace_id == request.trace_id
    assert any(request.trace_id)


async def test_a_trace_that_its_caller_does_not_record_is_not_exported(tmp_path: Path) -> None:
    with collecting() as collector:
        async with working(tmp_path, otlp_endpoint=collector.endpoint) as service:
            await service.post("one", traceparent=f"00-{TRACE}-{CALLER}-00")
            await took_effect(service, 2)
            (envelope,) = await recorded(service.runtime)
    assert collector.spans == []
    assert envelope.traceparent is not None
    assert envelope.traceparent.startswith(f"00-{TRACE}-")
    assert envelope.traceparent.endswith("-00")


async def test_nothing_leaves_the_process_when_no_endpoint_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting() as collector:
        # What the library itself would listen to.
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        async with working(tmp_path) as service:
            await service.post("one")
            await took_effect(service, 2)
            (envelope,) = await recorded(service.runtime)
    assert collector.bodies == []
    assert envelope.traceparent is not None


async def test_traces_of_failures_name_the_kind_of_error_and_quote_nothing(tmp_path: Path) -> None:
    marker = "Kim-Lind-191212121212"
    claim = {"claim_id": marker, "label": marker, "fail": True}
    with collecting() as collector:
        async with working(tmp_path, otlp_endpoint=collector.endpoint) as service:
            failed = await service.agency.post(
                "/v1/claims", json=claim, headers={"Idempotency-Key": marker}
            )
            missing = await service.agency.get(f"/v1/things/{new_id()}")
            await service.post("poison")
            await eventually(lambda: parked(service, 1))
        request = collector.named("POST /v1/claims")
        refusal = collector.named("GET /v1/things/{thing_id}")
        handlings = [s for s in collector.spans if s.name == "handle probe.happened.v1"]
    assert (failed.status_code, missing.status_code) == (500, 404)
    assert request.status.code == Status.STATUS_CODE_ERROR
    assert refusal.status.code == Status.STATUS_CODE_UNSET, "a refusal is no failure of ours"
    assert len(handlings) == 3
    for handling in handlings:
        assert handling.status.code == Status.STATUS_CODE_ERROR
        assert attributes(handling)["error.type"] == "ValueError"
        assert (list(handling.events), handling.status.message) == ([], "")
    for quoted in (marker, "the test asked to fail", service.token):
        assert all(quoted.encode() not in body for body in collector.bodies)


async def parked(service: Working, count: int) -> bool:
    return await service.runtime.broker.parked_count("probe") == count


async def test_the_numbers_of_a_service_that_has_done_nothing_are_there(tmp_path: Path) -> None:
    async with working(tmp_path) as service:
        for name in (
            "ssc_outbox_pending",
            "ssc_outbox_age_seconds",
            "ssc_timers_late",
            "ssc_relay_lag_seconds_count",
            "ssc_events_published_total",
            "ssc_inbox_duplicates_total",
            "ssc_events_retried_total",
            "ssc_events_parked_total",
        ):
            assert await service.metric(name, service="probe") == 0, name
        answer = await service.agency.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")


async def test_what_was_published_and_handled_is_counted(tmp_path: Path) -> None:
    async with working(tmp_path) as service:
        for label in ("one", "two", "three"):
            await service.post(label)
        await took_effect(service, 6)
        await eventually(lambda: metric_is(service, "ssc_events_published_total", 3))
        assert await service.metric("ssc_events_handled_total", type="probe.happened.v1") == 3
        assert await service.metric("ssc_relay_lag_seconds_count") == 3
        assert 0 < await service.metric("ssc_relay_lag_seconds_sum") < 30
        assert await service.metric("ssc_outbox_pending") == 0
        posts = await service.metric(
            "ssc_http_request_seconds_count", method="POST", route="/v1/things", status="201"
        )
        assert posts == 3


async def metric_is(service: Working, name: str, value: float) -> bool:
    return await service.metric(name) == value


async def test_events_that_go_round_the_ladder_and_are_parked_are_counted(tmp_path: Path) -> None:
    async with working(tmp_path) as service:
        await service.post("poison")
        await service.post("not-yet")
        await eventually(lambda: metric_is(service, "ssc_events_parked_total", 2))
        assert await service.metric("ssc_events_retried_total") == 4, "two steps each"
        unread = OutgoingMessage(new_id(), Happened.type, b"not json")
        await service.runtime.broker.publish([unread])
        await eventually(lambda: metric_is(service, "ssc_events_parked_total", 3))
        assert await service.metric("ssc_events_retried_total") == 4, "no retry helps"


async def test_repeated_deliveries_are_counted(tmp_path: Path) -> None:
    async with working(tmp_path, broker=EverythingTwice(embedded(tmp_path), 1)) as service:
        for label in ("one", "two"):
            await service.post(label)
        await eventually(lambda: metric_is(service, "ssc_inbox_duplicates_total", 2))
        assert await Probe(service.runtime).count() == 4


async def test_waiting_events_and_late_timers_show_their_age(database_url: str) -> None:
    async with (
        running(SPEC, database_url) as service,
        service.client(Role.AGENCY, org_number=ORG) as agency,
    ):
        await agency.post("/v1/things", json={"label": "one"})
        service.at(DEFAULT_START + timedelta(seconds=60))
        await agency.post("/v1/things", json={"label": "two"})
        service.at(DEFAULT_START + timedelta(seconds=90))
        assert await shown(agency, "ssc_outbox_pending") == 2
        assert await shown(agency, "ssc_outbox_age_seconds") == 90
        assert await shown(agency, "ssc_timers_late") == 0
        service.at(DEFAULT_START + timedelta(days=1, seconds=30))
        assert await shown(agency, "ssc_timers_late") == 1
        service.at(DEFAULT_START + timedelta(days=1, seconds=90))
        assert await shown(agency, "ssc_timers_late") == 2
        await service.advance(DEFAULT_START + timedelta(days=2))
        assert await shown(agency, "ssc_timers_late") == 0


async def test_numbers_kept_in_storage_are_unknown_while_it_is_away(tmp_path: Path) -> None:
    async with working(tmp_path) as service:
        await service.post("poison")
        await eventually(lambda: metric_is(service, "ssc_events_parked_total", 1))
        with away(service.runtime):
            for name in ("ssc_outbox_pending", "ssc_outbox_age_seconds", "ssc_timers_late"):
                assert math.isnan(await service.metric(name))
            assert await service.metric("ssc_events_parked_total") == 1
        assert await service.metric("ssc_outbox_pending") == 0


class away:  # noqa: N801  # reads as what it does: with away(runtime)
    """The runtime's storage is a server that does not answer."""

    def __init__(self, runtime: ServiceRuntime) -> None:
        self._runtime, self._own = runtime, runtime.database

    def __enter__(self) -> None:
        nobody = f"postgresql+psycopg://u:hemligt@127.0.0.1:{free_port()}/db"
        self._runtime.database = Database(nobody)

    def __exit__(self, *_: object) -> None:
        self._runtime.database = self._own


async def readiness(http: httpx.AsyncClient) -> tuple[int, dict[str, object]]:
    answer = await http.get("/readyz")
    return answer.status_code, answer.json()


async def test_a_service_that_can_work_says_so(tmp_path: Path) -> None:
    async with working(tmp_path) as service:
        await eventually(lambda: is_ready(service))
        assert await readiness(service.agency) == (
            200,
            {"status": "ready", "service": "probe", "not_ready": []},
        )


async def is_ready(service: Working) -> bool:
    return (await readiness(service.agency))[0] == 200


async def test_a_broker_that_is_away_is_named(tmp_path: Path) -> None:
    url = f"amqp://u:hemligt@127.0.0.1:{free_port()}/"
    nobody: Broker = AmqpBroker(url, Topology(SUBSCRIPTIONS), name="probe", timeout=5)
    async with working(tmp_path, broker=nobody) as service:
        accepted = await service.post("one")
        told = await readiness(service.agency)
        alive = await service.agency.get("/livez")
        assert await service.metric("ssc_outbox_pending") == 1
    assert accepted.status_code == 201, "commands are taken; their events wait"
    assert told == (
        503,
        {
            "status": "not ready",
            "service": "probe",
            "not_ready": ["broker: not connected", "consumer: not connected"],
        },
    )
    assert (alive.status_code, alive.json()) == (200, {"status": "alive", "service": "probe"})


async def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    async with working(tmp_path) as service:
        await eventually(lambda: is_ready(service))
        with away(service.runtime):
            told = await readiness(service.agency)
        again = await readiness(service.agency)
    assert told[0] == 503
    assert told[1]["not_ready"] == ["database: OperationalError"]
    assert again[0] == 200
