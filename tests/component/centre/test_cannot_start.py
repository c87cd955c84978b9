"""Whatever keeps the centre from starting is said in one clear sentence."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from services.centre.__main__ import main
from services.centre.data_folder import DataFolder
from tests.component.centre.command import SMALL_FLOW, run, run_here, serving, told
from tests.instances.processes import free_port

pytestmark = pytest.mark.timeout(180)

Contents = Callable[[Path], dict[str, bytes]]


class Usage(NamedTuple):
    """What ``shutil.disk_usage`` says."""

    total: int
    used: int
    free: int


def set_revision(data: Path, service: str, revision: str | None) -> None:
    """Let a database say that it is at another release's schema."""
    with closing(sqlite3.connect(data / f"{service}.sqlite3")) as connection, connection:
        connection.execute("DELETE FROM alembic_version")
        if revision is not None:
            connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))


def test_a_port_that_is_taken_is_named_with_another(filled: Path, contents: Contents) -> None:
    before = contents(filled)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run("--data", filled, "--port", port)
    assert told(ended) == (
        f"The centre cannot start: 127.0.0.1:{port} cannot be listened on (Address already in"
        " use); stop what uses it, or choose another port with"
        f' `make run ARGS="--port {port + 1 if port < 65535 else 8080}"`.'
    )
    assert contents(filled) == before


def test_the_port_is_tried_before_anything_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run_here(monkeypatch, "--data", tmp_path / "data", "--port", port)
    assert f"127.0.0.1:{port} cannot be listened on" in told(ended)
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_not_ours_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = run_here(monkeypatch, "--data", tmp_path / "data", "--host", "192.0.2.1")
    assert "192.0.2.1:8080 cannot be listened on (Cannot assign requested address)" in told(ended)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "1e3"])
def test_what_is_no_port_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setattr("sys.argv", ["services.centre", f"--port={port}"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert f"argument --port: {port!r} is no port" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "named", "why"),
    [
        ("file", "file", "is no folder; name another with --data."),
        ("file/data", "file", "is no folder; name another with --data."),
        ("nowhere/data", "nowhere", "is no folder; name another with --data."),
        ("/proc/data", "/proc", "cannot be read and written by this user (No such file or"),
        ("/proc/self/fd/data", "/proc/self/fd", "cannot be read and written by this user ("),
    ],
)
def test_a_folder_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: str, named: str, why: str
) -> None:
    """Nobody can write to these, root included."""
    (tmp_path / "file").touch()
    ended = run_here(monkeypatch, "--data", tmp_path / data, "--port", free_port())
    assert told(ended).startswith(f"The centre cannot start: {tmp_path / named} {why}")


def test_a_folder_that_cannot_be_written_ends_the_command_with_one(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert told(run("--data", tmp_path / "data")) == (
        f"The centre cannot start: {tmp_path}/data is no folder; name another with --data."
    )


def test_a_folder_that_holds_something_else_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: Contents
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "1.txt").write_text("Dear sir", "utf-8")
    ended = run_here(monkeypatch, "--data", tmp_path, "--port", free_port())
    assert told(ended) == (
        f"The centre cannot start: {tmp_path} holds something that is no centre of ours; name an"
        " empty or new folder with --data."
    )
    assert contents(tmp_path) == {"letters/1.txt": b"Dear sir"}


def test_a_full_disk_is_named_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 5 * 2**20))
    ended = run_here(monkeypatch, "--data", tmp_path / "data", "--port", free_port())
    assert told(ended) == (
        f"The centre cannot start: Only 5 MiB are free at {tmp_path}; the centre needs 200. Free"
        " some space or name another folder with --data."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("service", ["billing", "gateway"])
def test_data_of_a_later_release_is_left_alone(
    filled: Path, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    set_revision(filled, service, "9999_later")
    sentence = (
        f"The data in {filled} is from a later release (the schema is at 9999_later, which this"
        " release does not know); start that release, or name another folder with --data."
    )
    assert told(run_here(monkeypatch, "--data", filled, "--port", free_port())) == sentence
    assert told(run_here(monkeypatch, "--data", filled, "--migrate")) == sentence


def test_data_of_a_later_release_ends_the_command_with_one_sentence(filled: Path) -> None:
    set_revision(filled, "gateway", "9999_later")
    assert "from a later release" in told(run("--data", filled, "--port", free_port()))


async def test_data_of_an_earlier_release_is_brought_up_to_date_when_asked(filled: Path) -> None:
    """A release that had no tables for billing yet."""
    (filled / "billing.sqlite3").unlink()
    with closing(sqlite3.connect(filled / "billing.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    sentence = told(run("--data", filled, "--port", free_port()))
    assert sentence.startswith(f"The data in {filled} is from an earlier release (the schema is at")
    assert sentence.endswith(f'with `make migrate ARGS="--data {filled}"`.')
    migrated = run("--data", filled, "--migrate")
    assert (migrated.code, migrated.out, migrated.err) == (0, f"{filled} is up to date.\n", "")
    async with serving(filled):
        pass


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "5",
        "null",
        '{"administrator": 5}',
        '{"administrator": {"name": "A"}}',
        '{"administrator": {"name": "A", "client_id": 1, "client_secret": "s"}}',
        '{"manager": {"name": "M", "client_id": "m", "client_secret": "s"}}',
        "\udcff",
    ],
)
def test_damaged_credentials_are_named(
    filled: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (filled / "credentials.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    sentence = told(run_here(monkeypatch, "--data", filled, "--port", free_port()))
    assert sentence.startswith(f"The centre cannot start: {filled}/credentials.json is damaged (")
    assert sentence.endswith(f"restore it from a backup, or remove {filled} to begin anew.")


def test_missing_credentials_end_the_command_with_one_sentence(filled: Path) -> None:
    (filled / "credentials.json").unlink()
    assert told(run("--data", filled, "--port", free_port())) == (
        f"The centre cannot start: {filled}/credentials.json is damaged (No such file or"
        f" directory); restore it from a backup, or remove {filled} to begin anew."
    )


def test_a_secret_somebody_made_weak_is_refused(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled / "credentials.json"
    stored = json.loads(file.read_text("utf-8"))
    stored["administrator"]["client_secret"] = "hemligt"
    file.write_text(json.dumps(stored), "utf-8")
    sentence = told(run_here(monkeypatch, "--data", filled, "--port", free_port()))
    assert "shorter than 24 characters" in sentence
    assert "hemligt" not in sentence


@pytest.mark.parametrize("name", ["signing-key.json", "verify-keys.json"])
@pytest.mark.parametrize("content", [None, "", "{}", '{"keys": [{}]}'])
def test_damaged_keys_are_named(
    filled: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str | None
) -> None:
    (filled / name).unlink()
    if content is not None:
        (filled / name).write_text(content, "utf-8")
    sentence = told(run_here(monkeypatch, "--data", filled, "--port", free_port()))
    assert sentence.startswith(f"The centre cannot start: {filled}/{name} ")


@pytest.mark.parametrize("name", ["onboarding.sqlite3", "gateway.sqlite3"])
def test_a_damaged_database_is_told(
    filled: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (filled / name).write_bytes(b"This was a database once. " * 1000)
    sentence = told(run_here(monkeypatch, "--data", filled, "--port", free_port()))
    assert sentence.startswith(f"The data in {filled} cannot be read (file is not a database);")


def test_damaged_messages_end_the_command_with_one_sentence(filled: Path) -> None:
    (filled / "broker.sqlite3").write_bytes(b"This was a database once. " * 1000)
    assert told(run("--data", filled, "--port", free_port())) == (
        f"The data in {filled} cannot be read (file is not a database); restore it from a backup,"
        " or name another folder with --data."
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file or directory"), ("flow: 5\n", "flow: Input should be a valid string")],
)
def test_a_flow_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, why: str
) -> None:
    flow = tmp_path / "flow.yaml"
    if content is not None:
        flow.write_text(content, "utf-8")
    options = ("--data", tmp_path / "data", "--flow", flow, "--port", free_port())
    assert told(run_here(monkeypatch, *options)).startswith(
        f"The centre cannot start: {flow}: {why}"
    )
    assert not (tmp_path / "data").exists()


def test_a_flow_that_goes_otherwise_than_expected_puts_no_centre_in_place(tmp_path: Path) -> None:
    flow = yaml.safe_load(SMALL_FLOW.read_text("utf-8"))
    flow["steps"]["letter_of_intent"][1]["expect"] = {"http": 201, "phase": "stable"}
    (tmp_path / "flow.yaml").write_text(yaml.safe_dump(flow, allow_unicode=True), "utf-8")
    options = ("--data", tmp_path / "data", "--flow", tmp_path / "flow.yaml")
    ended = run(*options, "--port", free_port())
    assert told(ended).startswith(
        "The centre cannot start: 5 of 6 steps of flow.yaml went otherwise than expected, first"
        " step 2 (POST /ops/v1/cases): phase: expected 'stable', got 'letter_of_intent'"
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [("parked", "list"), ("parked", "replay"), ("--migrate",)])
def test_there_is_nothing_to_tend_where_no_centre_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    assert told(run_here(monkeypatch, "--data", data, *arguments)) == (
        f"Nothing was done: {data} holds no centre; `make run` sets one up, or name its folder"
        " with --data."
    )
    assert list(tmp_path.iterdir()) == []


def test_stored_credentials_are_read_back_whole(filled: Path) -> None:
    stored = DataFolder(filled).credentials()
    assert set(stored) == {"administrator", "agency", "manager", "finance"}
    assert stored["agency"].org_number == "202100-4870"
    assert stored["agency"].roles == ("agency",)
