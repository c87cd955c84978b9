"""Logs are JSON lines that can be followed by their correlation id, and quote nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog

from services.chassis.broker import OutgoingMessage
from services.chassis.events import Envelope
from services.chassis.ids import new_id
from services.chassis.telemetry import configure_logging
from services.chassis.testing import eventually
from tests.component.chassis.working import Working, working
from tests.support.logs import logging_restored
from tests.support.probe import Happened

MARKER = "Kim-Lind-191212121212"
CHAIN = "chain-of-this-test"


@dataclass(frozen=True)
class Log:
    """What was logged."""

    stream: StringIO

    @property
    def text(self) -> str:
        """All of it."""
        return self.stream.getvalue()

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """Its lines, of one event if named; each must be whole."""
        lines: list[dict[str, Any]] = [json.loads(line) for line in self.text.splitlines()]
        for line in lines:
            assert {"event", "level", "timestamp", "correlation_id"} <= set(line), line
        return [line for line in lines if event in (None, line["event"])]


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is logged from here on, down to the finest level."""
    with logging_restored():
        stream = StringIO()
        configure_logging("DEBUG", stream)
        yield Log(stream)


async def test_a_request_is_one_line_with_its_route_and_not_its_path(
    tmp_path: Path, log: Log
) -> None:
    async with working(tmp_path) as service:
        answer = await service.post(MARKER, **{"X-Correlation-ID": CHAIN})
        thing = answer.json()["id"]
        await service.agency.get(f"/v1/things/{thing}", headers={"X-Correlation-ID": CHAIN})
        await service.agency.get(f"/v1/nowhere/{thing}", headers={"X-Correlation-ID": CHAIN})
    shown = [
        (line["method"], line["route"], line["status"], line["service"], line["correlation_id"])
        for line in log.lines("request")
    ]
    assert shown == [
        ("POST", "/v1/things", 201, "probe", CHAIN),
        ("GET", "/v1/things/{thing_id}", 200, "probe", CHAIN),
        ("GET", "unmatched", 404, "probe", CHAIN),
    ]
    assert all(line["milliseconds"] >= 0 for line in log.lines("request"))
    assert thing not in log.text


async def test_nothing_that_was_sent_is_quoted_whatever_comes_of_it(
    tmp_path: Path, log: Log, database_url: str
) -> None:
    taken = f"{MARKER}-taken"
    async with working(tmp_path, database_url=database_url) as service:

        async def post(path: str, body: Any) -> int:
            headers = {"Idempotency-Key": f"{MARKER} {new_id()}"}
            return (await service.agency.post(path, json=body, headers=headers)).status_code

        statuses = [
            await post("/v1/things", {"label": MARKER}),
            await post("/v1/things", {"label": MARKER, "refuse": True}),
            await post("/v1/things", {"label": [MARKER]}),
            await post("/v1/things", {"label": "x", MARKER: MARKER}),
            await post("/v1/things", MARKER),
            await post(f"/v1/{MARKER}", {"label": MARKER}),
            await post(f"/v1/things?name={MARKER}", {"label": "x"}),
            await post("/v1/claims", {"claim_id": taken, "label": MARKER}),
            await post("/v1/claims", {"claim_id": taken, "label": MARKER}),
            await post("/v1/claims", {"claim_id": f"{MARKER}-x", "label": None}),
            await post("/v1/claims", {"claim_id": MARKER, "label": MARKER, "fail": True}),
        ]
        refused = await service.agency.get(
            "/v1/things/1", headers={"Authorization": f"Bearer {MARKER}"}
        )
        token = service.token
    assert statuses == [201, 409, 422, 422, 422, 404, 422, 201, 409, 500, 500]
    assert refused.status_code == 401
    assert len(log.lines("request")) == 12
    for secret in (MARKER, "Kim", token, token.split(".")[1]):
        assert secret not in log.text


async def test_a_failure_of_ours_says_where_and_of_which_kind(tmp_path: Path, log: Log) -> None:
    async with working(tmp_path) as service:
        await service.agency.post(
            "/v1/claims",
            json={"claim_id": MARKER, "label": MARKER, "fail": True},
            headers={"Idempotency-Key": "k1", "X-Correlation-ID": CHAIN},
        )
    (line,) = log.lines("request_failed")
    assert (line["level"], line["correlation_id"], line["service"]) == ("error", CHAIN, "probe")
    (failure,) = line["exception"]
    assert failure["exc_type"] == "RuntimeError"
    assert failure["frames"][-1]["name"] == "post_claim"
    assert failure["frames"][-1]["filename"].endswith("tests/support/probe.py")
    assert all(set(frame) == {"filename", "lineno", "name"} for frame in failure["frames"])


async def test_an_events_lines_belong_to_the_request_that_began_its_chain(
    tmp_path: Path, log: Log
) -> None:
    async with working(tmp_path) as service:
        await service.post("poison", **{"X-Correlation-ID": CHAIN})
        await eventually(lambda: parked(service, 1))
        unread = OutgoingMessage(new_id(), Happened.type, MARKER.encode())
        await service.runtime.broker.publish([unread])
        await eventually(lambda: parked(service, 2))
    retried = log.lines("event_retried")
    assert [(line["correlation_id"], line["step"]) for line in retried] == [(CHAIN, 0), (CHAIN, 1)]
    assert all(line["event_type"] == "probe.happened.v1" for line in retried)
    poisoned, unreadable = log.lines("event_parked")
    assert (poisoned["correlation_id"], poisoned["reason"]) == (CHAIN, "ValueError")
    assert unreadable["reason"] == "Undecodable"
    assert unreadable["correlation_id"] != CHAIN, "it is not known whose it is"
    assert "the test asked to fail" not in log.text
    assert MARKER not in log.text


async def parked(service: Working, count: int) -> bool:
    return await service.runtime.broker.parked_count("probe") == count


async def test_an_event_that_quotes_data_does_not_get_it_into_the_log(
    tmp_path: Path, log: Log
) -> None:
    async with working(tmp_path) as service:
        whole = Envelope(
            id=new_id(),
            source="/ssc/probe",
            type=Happened.type,
            subject=MARKER,
            time=service.runtime.clock.now(),
            correlationid=CHAIN,
            causationid=CHAIN,
            aggregateversion=0,
            data={"thing_id": MARKER, "label": {MARKER: MARKER}},
        )
        await service.runtime.broker.publish(
            [OutgoingMessage(whole.id, whole.type, whole.to_bytes())]
        )
        await eventually(lambda: parked(service, 1))
        (message,) = await service.runtime.broker.parked("probe")
    assert log.lines("event_parked")
    assert MARKER not in log.text
    assert MARKER not in message.reason


async def test_timers_that_fail_say_which_and_quote_nothing(tmp_path: Path, log: Log) -> None:
    async with working(tmp_path) as service:
        async with service.runtime.units.begin() as uow:
            await uow.set_timer("remind", "k1", uow.now, {"label": "bad-timer"})

        async def failed() -> bool:
            return bool(log.lines("timer_failed"))

        await eventually(failed)
    (line,) = log.lines("timer_failed")
    assert (line["timer"], line["key"], line["service"]) == ("remind", "k1", "probe")
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert "the test asked to fail" not in log.text


def fail() -> None:
    raise ValueError(MARKER)


def test_libraries_log_their_place_and_not_their_text(log: Log) -> None:
    library = logging.getLogger("some.library")
    library.info("too fine")
    library.warning("refused %s", MARKER)
    try:
        fail()
    except ValueError:
        library.exception("failed with %s", MARKER)
    library.error(OSError(98, "Address already in use"))
    warned, failed, taken = log.lines("library_log")
    assert warned["logger"] == "some.library"
    assert warned["level"] == "warning"
    assert warned["place"].startswith("test_logs.py:")
    assert failed["exception"][0]["exc_type"] == "ValueError"
    assert taken["reason"] == "Address already in use"
    assert MARKER not in log.text


def test_causes_and_groups_of_errors_are_followed_without_their_text(log: Log) -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise ExceptionGroup(MARKER, [KeyError(MARKER), OSError(MARKER)]) from error
    except ExceptionGroup as error:
        error.add_note(MARKER)
        structlog.get_logger().error("broken", exc_info=error)
    (line,) = log.lines("broken")
    group, cause = line["exception"]
    assert (cause["exc_type"], cause["is_cause"]) == ("ValueError", True)
    kinds = [member[0]["exc_type"] for member in group["exceptions"]]
    assert kinds == ["KeyError", "OSError"]
    assert MARKER not in log.text


def test_what_is_below_the_level_is_not_logged(log: Log) -> None:
    configure_logging("WARNING", log.stream)
    structlog.get_logger().info("too fine")
    structlog.get_logger().warning("coarse enough")
    logging.getLogger("some.library").warning("once")
    assert [line["event"] for line in log.lines()] == ["coarse enough", "library_log"]


def test_configuring_again_moves_all_lines_to_the_new_stream(log: Log) -> None:
    other = StringIO()
    configure_logging("INFO", other)
    structlog.get_logger().warning("ours")
    logging.getLogger("some.library").warning("theirs")
    assert log.text == ""
    assert len(other.getvalue().splitlines()) == 2
