"""Parked messages of the embedded centre: shown and given back while it is stopped."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.centre.__main__ import main
from services.chassis.broker import OutgoingMessage
from services.chassis.broker.embedded import EmbeddedBroker
from services.chassis.testing import eventually
from services.composition import subscriptions
from tests.component.centre.command import run, serving

pytestmark = pytest.mark.timeout(180)

SUBSCRIPTIONS = subscriptions()
FOR_BILLING_ALONE = next(
    type_
    for type_ in SUBSCRIPTIONS["billing"]
    if sum(type_ in types for types in SUBSCRIPTIONS.values()) == 1
)
Command = Callable[..., list[str]]


@pytest.fixture
def centre(
    filled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The centre's command on the filled folder; returns the lines it prints."""

    def command(*arguments: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", ["services.centre", "--data", str(filled), *arguments])
        main()
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out.splitlines()

    return command


def broker_of(filled: Path) -> EmbeddedBroker:
    return EmbeddedBroker(filled / "broker.sqlite3", SUBSCRIPTIONS)


async def park(filled: Path, reasons: Mapping[str, str], service: str = "billing") -> None:
    """Park a message per id in a service, with its reason, in order."""
    type_ = FOR_BILLING_ALONE if service == "billing" else SUBSCRIPTIONS[service][0]
    broker = broker_of(filled)
    await broker.start()
    await broker.publish([OutgoingMessage(id_, type_, b"not json") for id_ in reasons])
    async with broker.subscription(service) as subscription:
        deliveries = await subscription.take(len(reasons))
        for delivery, reason in zip(deliveries, reasons.values(), strict=True):
            await subscription.park(delivery, reason)
    await broker.stop()


async def waiting(filled: Path) -> int:
    """How many messages wait for billing."""
    broker = broker_of(filled)
    await broker.start()
    try:
        async with asyncio.timeout(0.2), broker.subscription("billing") as subscription:
            return len(await subscription.take(10))
    except TimeoutError:
        return 0
    finally:
        await broker.stop()


def ids(lines: list[str]) -> list[Any]:
    return [json.loads(line)["id"] for line in lines]


def test_parked_messages_are_shown_as_json_lines_oldest_first(
    filled: Path, centre: Command
) -> None:
    asyncio.run(park(filled, {"m1": "ValueError('något gick fel')", "m2": "NotYet: not there"}))
    first, second = (json.loads(line) for line in centre("parked", "list"))
    parked_at = datetime.fromisoformat(first.pop("parked_at"))
    assert timedelta(0) <= datetime.now(UTC) - parked_at < timedelta(minutes=1)
    assert first == {
        "service": "billing",
        "id": "m1",
        "type": FOR_BILLING_ALONE,
        "attempts": 0,
        "reason": "ValueError('något gick fel')",
    }
    assert (second["id"], second["reason"]) == ("m2", "NotYet: not there")
    assert ids(centre("parked", "list")) == ["m1", "m2"], "looking must not change anything"


def test_a_list_may_be_of_one_service_and_be_cut(filled: Path, centre: Command) -> None:
    asyncio.run(park(filled, {"m1": "x", "m2": "x"}))
    asyncio.run(park(filled, {"m3": "x"}, service="onboarding"))
    assert sorted(ids(centre("parked", "list"))) == ["m1", "m2", "m3"]
    assert ids(centre("parked", "list", "--service", "onboarding")) == ["m3"]
    assert ids(centre("parked", "list", "--service", "collab_model")) == []
    assert ids(centre("parked", "list", "--service", "billing", "--limit", "1")) == ["m1"]


def test_messages_are_given_back_by_their_ids(filled: Path, centre: Command) -> None:
    asyncio.run(park(filled, {"m1": "x", "m2": "x", "m3": "x"}))
    assert centre("parked", "replay", "--service", "billing", "m1", "m3", "unheard-of") == [
        "2 message(s) returned to billing."
    ]
    assert ids(centre("parked", "list")) == ["m2"]
    assert asyncio.run(waiting(filled)) == 2


def test_all_messages_of_all_services_are_given_back(filled: Path, centre: Command) -> None:
    asyncio.run(park(filled, {"m1": "x", "m2": "x"}))
    asyncio.run(park(filled, {"m3": "x"}, service="onboarding"))
    assert sorted(centre("parked", "replay")) == [
        "0 message(s) returned to collab_model.",
        "1 message(s) returned to onboarding.",
        "2 message(s) returned to billing.",
    ]
    assert centre("parked", "list") == []
    assert asyncio.run(waiting(filled)) == 2


def test_an_unknown_service_is_refused(centre: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        centre("parked", "list", "--service", "travel")
    assert left.value.code == 2
    assert "invalid choice: 'travel'" in capsys.readouterr().err


async def test_what_is_given_back_is_handled_when_the_centre_starts_next(filled: Path) -> None:
    broker = broker_of(filled)
    await broker.start()
    await broker.publish([OutgoingMessage("m1", FOR_BILLING_ALONE, b"not json")])
    await broker.stop()
    async with serving(filled) as served:

        async def parked() -> bool:
            return "event_parked" in (filled / "centre.log").read_text("utf-8")

        await eventually(parked)
        assert served.process.interrupt() == 0
        (line,) = run("--data", filled, "parked", "list").out.splitlines()
        assert json.loads(line)["reason"].startswith("document: Invalid JSON")
        replayed = run("--data", filled, "parked", "replay", "--service", "billing", "m1")
        assert replayed.out == "1 message(s) returned to billing.\n"
        (filled / "centre.log").write_text("", "utf-8")
        served.process.start()
        await eventually(parked, within=60)
