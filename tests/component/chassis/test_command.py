"""A service's command line: what keeps it from starting is said in one clear sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
import uvicorn
from joserfc.jwk import OKPKey
from sqlalchemy.engine import make_url

from services.chassis import cli, migrations
from services.chassis.cli import main
from tests.instances.processes import free_port
from tests.support.probe import REGISTRY, SPEC

Command = Callable[..., str | int | None]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The probe's command with whole settings; returns what it left with, None if it did not.

    ``serve`` gets as far as where uvicorn would take over.
    """
    for name in ("DATABASE_URL", "BROKER_URL", "VERIFY_KEYS", "PORT"):
        monkeypatch.delenv(f"SSC_{name}_FILE", raising=False)
    keys = tmp_path / "keys.json"
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}), "utf-8")
    monkeypatch.setenv("SSC_DATABASE_URL", "sqlite+aiosqlite://")
    monkeypatch.setenv("SSC_BROKER_URL", "amqp://127.0.0.1/")
    monkeypatch.setenv("SSC_VERIFY_KEYS_FILE", str(keys))
    monkeypatch.setattr(cli, "configure_logging", lambda level: None)
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: None)

    def run(*arguments: str) -> str | int | None:
        try:
            main(SPEC, REGISTRY, arguments)
        except SystemExit as left:
            return left.code
        return None

    return run


def set_revision(url: str, revision: str) -> None:
    plain = make_url(url)
    if plain.get_backend_name() == "sqlite":
        plain = plain.set(drivername="sqlite")
    engine = sa.create_engine(plain, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


def test_a_service_is_migrated_and_served(
    command: Command, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("SSC_DATABASE_URL", database_url)
    assert command("migrate") is None
    assert command("migrate") is None, "migrating again changes nothing"
    assert command("serve") is None
    assert command() is None, "serving is the default"


def test_a_schema_that_waits_for_migrations_is_told_with_the_command(
    command: Command, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("SSC_DATABASE_URL", database_url)
    assert command("serve") == (
        "probe cannot start: the schema is at nothing, not probe_0001. Run `python -m"
        " services.probe migrate`."
    )


def test_a_later_releases_schema_is_left_alone(
    command: Command, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("SSC_DATABASE_URL", database_url)
    migrations.upgrade(database_url, SPEC.migrations)
    set_revision(database_url, "probe_9999")
    for arguments in (["serve"], ["migrate"]):
        assert command(*arguments) == (
            "probe cannot start: the schema is at probe_9999, which this release does not know."
            " Start the release that migrated it, or restore a backup taken before."
        )


def test_missing_settings_are_named_all_at_once(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "VERIFY_KEYS_FILE"):
        monkeypatch.delenv(f"SSC_{name}")
    assert command("serve") == (
        "probe cannot start: set SSC_DATABASE_URL, SSC_BROKER_URL, SSC_VERIFY_KEYS_FILE (see"
        " README, Settings)."
    )
    assert command("migrate") == (
        "probe cannot start: set SSC_DATABASE_URL (see README, Settings)."
    )


def test_wrong_settings_are_named_without_what_they_hold(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_PORT", "hemligt")
    told = command("serve")
    assert isinstance(told, str)
    assert told.startswith("probe cannot start: correct SSC_PORT (Input should be a valid integer")
    assert "hemligt" not in told


def test_a_secret_whose_file_is_not_there_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSC_DATABASE_URL")
    monkeypatch.setenv("SSC_DATABASE_URL_FILE", "/nowhere/database-url")
    for arguments in (["serve"], ["migrate"], ["parked", "list"]):
        assert command(*arguments) == (
            "probe cannot start: SSC_DATABASE_URL_FILE names /nowhere/database-url, which cannot"
            " be read: No such file or directory."
        )


@pytest.mark.parametrize(
    "url", ["nonsense", "", "oracle://", "mystery://u:p@h/db", "postgresql://u:p@h/db"]
)
def test_what_is_no_database_address_is_named_without_echo(
    command: Command, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SSC_DATABASE_URL", url)
    told = (
        "probe cannot start: correct SSC_DATABASE_URL (begin it with postgresql+psycopg://) (see"
        " README, Settings)."
    )
    assert command("serve") == told
    assert command("migrate") == told


def test_a_database_that_does_not_answer_is_named_without_its_password(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("SSC_DATABASE_URL", f"postgresql+psycopg://u:hemligt@127.0.0.1:{port}/db")
    for arguments in (["serve"], ["migrate"]):
        told = command(*arguments)
        assert isinstance(told, str)
        assert told.startswith("probe cannot start: its database does not answer (")
        assert "Connection refused" in told
        assert told.endswith("). Look at SSC_DATABASE_URL and the database.")
        assert "hemligt" not in told
        assert "\n" not in told


@pytest.mark.parametrize("content", [None, "", "{}"])
def test_public_keys_that_cannot_be_read_are_named(
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    sqlite_url: str,
    content: str | None,
) -> None:
    monkeypatch.setenv("SSC_DATABASE_URL", sqlite_url)
    migrations.upgrade(sqlite_url, SPEC.migrations)
    (tmp_path / "keys.json").unlink()
    if content is not None:
        (tmp_path / "keys.json").write_text(content, "utf-8")
    told = command("serve")
    assert isinstance(told, str)
    assert told.startswith(f"probe cannot start: {tmp_path}/keys.json ")


@pytest.mark.parametrize("action", ["list", "replay"])
def test_a_broker_that_does_not_answer_is_named_without_its_password(
    command: Command, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.setenv("SSC_BROKER_URL", f"amqp://u:hemligt@127.0.0.1:{free_port()}/")
    told = command("parked", action)
    assert isinstance(told, str)
    assert told.startswith("RabbitMQ does not answer: ")
    assert told.endswith("Look at SSC_BROKER_URL and the broker.")
    assert "hemligt" not in told


@pytest.mark.parametrize("arguments", [["dance"], ["parked"], ["--role", "king"]])
def test_what_is_no_command_is_refused(command: Command, arguments: list[str]) -> None:
    assert command(*arguments) == 2
