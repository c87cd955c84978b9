"""``python -m services.replay``: replays, tells step by step, and says why it cannot."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from services.replay.__main__ import main
from tests.component.centre.command import SMALL_FLOW, serving
from tests.support.processes import embedded_centre

pytestmark = pytest.mark.timeout(180)


class Replayed(NamedTuple):
    """How the command ended, and what it said."""

    code: int
    out: list[str]
    err: str


Command = Callable[..., Replayed]


@pytest.fixture
def replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The replay command, as the administrator whose credentials lie in the data folder."""
    monkeypatch.delenv("SSC_ADMIN_CLIENT_ID", raising=False)
    monkeypatch.delenv("SSC_ADMIN_CLIENT_SECRET", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: object, data: Path = tmp_path / "data") -> Replayed:
        credentials = ["--credentials", str(data / "credentials.json")]
        monkeypatch.setattr(sys, "argv", ["services.replay", *map(str, arguments), *credentials])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Replayed(left.value.code, printed.out.splitlines(), printed.err)

    return command


async def test_a_flow_is_replayed_and_told_step_by_step(tmp_path: Path, replay: Command) -> None:
    options = ("--flow", SMALL_FLOW, "--ends", "2026-06-30")
    different = yaml.safe_load(SMALL_FLOW.read_text("utf-8"))
    different["steps"]["letter_of_intent"] = [
        {"day": 20, "who": "manager", "do": "GET /ops/v1/cases", "expect": {"items.length": 7}}
    ]
    other = tmp_path / "different.yaml"
    other.write_text(yaml.safe_dump(different, allow_unicode=True), "utf-8")
    async with embedded_centre(tmp_path) as centre:
        told = await asyncio.to_thread(replay, *options, "--url", centre.url)
        differs = await asyncio.to_thread(
            replay, "--flow", other, "--ends", "2026-07-30", "--url", centre.url
        )
    assert (told.code, told.err) == (0, "")
    steps = [line for line in told.out if line[:4].strip().isdigit() and " ok " in line]
    assert len(steps) == 6
    assert steps[0] == (
        "   1 2026-06-02 09:00 ok Fastighetsmäklarinspektionen · manager:"
        " POST /ops/v1/agencies → 201"
    )
    assert told.out[-1].startswith("6 requests in ")
    assert told.out[-1].endswith(": all as expected.")
    assert differs.code == 1
    assert "       items.length: expected 7, got 1" in differs.out
    assert differs.out[-1].endswith(": 1 went otherwise than expected.")


async def test_a_centre_on_real_time_is_left_alone_with_advice(
    filled: Path, replay: Command
) -> None:
    async with serving(filled) as served:
        told = await asyncio.to_thread(
            replay, "--flow", SMALL_FLOW, "--url", served.url, data=filled
        )
    assert (told.code, told.out) == (2, [])
    assert told.err == (
        "This centre runs on real time, and a flow needs simulated time. Start one for replays"
        ' with `make run ARGS="--data data-replay --empty --clock simulated"`.\n'
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--flow", "nowhere.yaml", "--url", "http://x"), "nowhere.yaml: No such file"),
        (("--flow", SMALL_FLOW, "--journey", "X", "--url", "http://x"), "no journey is called X"),
        (("--flow", SMALL_FLOW, "--url", "http://x"), "Whom to replay as? Set SSC_ADMIN_CLIENT_ID"),
    ],
)
def test_what_keeps_a_replay_from_beginning_is_said(
    replay: Command, arguments: tuple[object, ...], why: str
) -> None:
    told = replay(*arguments)
    assert (told.code, told.out) == (2, [])
    assert why in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("content", ["", "[]", "5", "{}", '{"administrator": []}'])
def test_credentials_that_cannot_be_read_are_named(
    tmp_path: Path, replay: Command, content: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "credentials.json").write_text(content, "utf-8")
    told = replay("--flow", SMALL_FLOW, "--url", "http://x")
    assert told.code == 2
    assert "Whom to replay as?" in told.err


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("127.0.0.1:8080", "Begin the URL with http:// or https://"),
        ("http://[::1", "http://[::1 is no address of a gateway"),
        ("http://127.0.0.1:port", "http://127.0.0.1:port is no address of a gateway"),
    ],
)
def test_an_address_that_is_none_is_named(
    monkeypatch: pytest.MonkeyPatch, replay: Command, url: str, why: str
) -> None:
    monkeypatch.setenv("SSC_ADMIN_CLIENT_ID", "administrator")
    monkeypatch.setenv("SSC_ADMIN_CLIENT_SECRET", "secret")
    told = replay("--flow", SMALL_FLOW, "--url", url)
    assert told.code == 2
    assert why in told.err
    assert "Traceback" not in told.err
