"""The centre starts, is filled once, stops when told to, and starts again."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from services.centre.data_folder import DataFolder
from services.chassis.testing import eventually
from services.replay.runner import Credentials, GatewayClient
from tests.component.centre.command import (
    SMALL_FLOW,
    Served,
    run_here,
    serving,
    started,
    told,
    welcomed,
)

pytestmark = pytest.mark.timeout(180)


async def cases(served: Served) -> list[dict[str, object]]:
    """The cases the centre holds, asked for as its account manager."""
    stored = DataFolder(served.data).credentials()["manager"]
    manager = Credentials(stored.client_id, stored.client_secret)
    async with httpx.AsyncClient(base_url=served.url, timeout=30) as http:
        answer = await GatewayClient(http).request(manager, "GET", "/ops/v1/cases")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


def being_filled(data: Path) -> Path:
    return data.with_name(f".{data.name}.filling")


async def filling_began(data: Path) -> None:
    """Wait until the centre that is to be filled runs."""

    async def began() -> bool:
        return (being_filled(data) / "broker.sqlite3").exists()

    await eventually(began, within=60)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_a_centre_stops_when_told_and_starts_again_with_its_data(
    filled: Path, how: signal.Signals
) -> None:
    credentials = (filled / "credentials.json").read_bytes()
    async with serving(filled) as served:
        before = await cases(served)
        assert len(before) == 1
        served.process.send(how)
        assert served.process.wait() == 0
        assert f"Stopped. The centre's data stays in {filled}." in served.output()
        served.process.start()
        await welcomed(served)
        assert await cases(served) == before
        assert "Filling" not in served.output()
        assert "Traceback" not in served.output()
    assert (filled / "credentials.json").read_bytes() == credentials


async def test_an_empty_folder_is_filled_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    async with serving(data, "--flow", SMALL_FLOW) as served:
        assert "Filling the centre" in served.output()
        (case,) = await cases(served)
        assert case["org_number"] == "202100-4870"
    assert not being_filled(data).exists()
    assert data.stat().st_mode & 0o077 == 0


async def test_a_killed_centre_starts_again_with_its_data(filled: Path) -> None:
    async with serving(filled) as served:
        before = await cases(served)
        served.process.kill()
        served.process.start()
        await welcomed(served)
        assert await cases(served) == before


async def test_a_centre_killed_while_it_is_filled_leaves_nothing_and_is_filled_anew(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with started(data, "--flow", SMALL_FLOW) as served:
        await filling_began(data)
        served.process.kill()
        assert not data.exists()
        served.process.start()
        await welcomed(served)
        assert len(await cases(served)) == 1
    assert not being_filled(data).exists()


async def test_ctrl_c_while_it_is_filled_leaves_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(data, "--flow", SMALL_FLOW) as served:
        await filling_began(data)
        assert served.process.interrupt() == 130
        assert "Stopped. A filling that was under way begins anew next time." in served.output()
        assert "Traceback" not in served.output()
    assert not data.exists()


async def test_two_cannot_fill_the_same_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(data, "--flow", SMALL_FLOW) as first:
        await filling_began(data)
        first.process.send(signal.SIGSTOP)
        with started(data, "--flow", SMALL_FLOW) as second:
            assert await asyncio.to_thread(second.process.wait) == 1
            sentence = f"Another process uses the centre in {data}; stop it, or use --data."
            assert second.output().splitlines() == [sentence]
        first.process.send(signal.SIGCONT)
        await welcomed(first)
        assert len(await cases(first)) == 1


async def test_two_cannot_run_on_the_same_folder(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(filled) as first:
        with started(filled) as second:
            assert await asyncio.to_thread(second.process.wait) == 1
            sentence = f"Another process uses the centre in {filled}; stop it, or use --data."
            assert second.output().splitlines() == [sentence]
        for arguments in (["--migrate"], ["parked", "list"], ["parked", "replay"]):
            ended = await asyncio.to_thread(run_here, monkeypatch, "--data", filled, *arguments)
            assert told(ended) == sentence
        assert len(await cases(first)) == 1


async def test_the_welcome_has_three_credentials_and_calls_that_work_when_pasted(
    filled: Path,
) -> None:
    async with serving(filled) as served:
        lines = served.output().splitlines()
        calls = [line for line in lines if line.startswith("  curl ")]
        assert len(calls) == 3
        answers = []
        for call in calls:
            holder = lines[lines.index(call) - 1]
            done = await asyncio.to_thread(
                subprocess.run, ["bash", "-c", call], capture_output=True, timeout=60, check=True
            )
            answers.append((holder, json.loads(done.stdout)))
    stored = DataFolder(filled).credentials()
    for (holder, answer), actor in zip(answers, ("agency", "manager", "finance"), strict=True):
        assert holder == (
            f"{stored[actor].name} ({stored[actor].roles[0]}):"
            f" {stored[actor].client_id} / {stored[actor].client_secret}"
        )
        assert isinstance(answer["items"], list), (holder, answer)
    assert [case["org_number"] for case in answers[1][1]["items"]] == ["202100-4870"]
    assert f"The service centre is open at {served.url}/ (Ctrl-C stops it)." in lines
    assert f"All credentials are kept in {filled}/credentials.json." in lines


async def test_an_empty_centre_welcomes_its_administrator(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data, "--empty") as served:
        stored = DataFolder(data).credentials()
        assert set(stored) == {"administrator"}
        line = f"Administrator: administrator / {stored['administrator'].client_secret}"
        assert line in served.output().splitlines()
        async with httpx.AsyncClient(base_url=served.url) as http:
            who = Credentials("administrator", stored["administrator"].client_secret)
            answer = await GatewayClient(http).request(who, "GET", "/ops/v1/cases")
        assert answer.json()["items"] == []
    assert (data / "credentials.json").stat().st_mode & 0o077 == 0
    assert (data / "signing-key.json").stat().st_mode & 0o077 == 0
