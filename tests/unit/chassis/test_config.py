"""Settings come from the environment, or from files it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.chassis.config import (
    ClockMode,
    MigrationSettings,
    ServiceSettings,
    SettingUnreadable,
    describe_settings,
)

SECRET = "postgresql+psycopg://u:hemligt@db/x"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with nothing of ours in it but what every service needs."""
    for name in ("CLOCK", "HOST", "LOG_LEVEL", "OTLP_ENDPOINT", "PORT", "BROKER_PREFIX"):
        monkeypatch.delenv(f"SSC_{name}", raising=False)
        monkeypatch.delenv(f"SSC_{name}_FILE", raising=False)
    for name in ("DATABASE_URL", "BROKER_URL"):
        monkeypatch.delenv(f"SSC_{name}_FILE", raising=False)
    monkeypatch.setenv("SSC_DATABASE_URL", SECRET)
    monkeypatch.setenv("SSC_BROKER_URL", "amqp://u:p@mq/")
    monkeypatch.setenv("SSC_VERIFY_KEYS_FILE", "/keys.json")
    return monkeypatch


def wrong_settings() -> str:
    with pytest.raises(ValidationError) as refused:
        ServiceSettings.from_environment()
    return describe_settings(refused.value)


@pytest.mark.usefixtures("environment")
def test_settings_come_from_the_environment() -> None:
    settings = ServiceSettings.from_environment()
    assert settings.database_url == SECRET
    assert settings.verify_keys_file == Path("/keys.json")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.clock is ClockMode.SYSTEM
    assert settings.otlp_endpoint is None


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "  \n"])
def test_a_secret_may_lie_in_a_file(
    environment: pytest.MonkeyPatch, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / "database-url"
    file.write_bytes(f"{SECRET}{ending}".encode())
    environment.delenv("SSC_DATABASE_URL")
    environment.setenv("SSC_DATABASE_URL_FILE", str(file))
    assert ServiceSettings.from_environment().database_url == SECRET


def test_the_environment_goes_before_the_file(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "database-url"
    file.write_text("from the file", "utf-8")
    environment.setenv("SSC_DATABASE_URL_FILE", str(file))
    assert ServiceSettings.from_environment().database_url == SECRET


def test_numbers_too_may_lie_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("8123\n", "utf-8")
    environment.setenv("SSC_PORT_FILE", str(file))
    assert ServiceSettings.from_environment().port == 8123


def test_a_setting_that_is_a_path_is_not_read_as_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SSC_VERIFY_KEYS_FILE_FILE", "/nowhere/at/all")
    assert ServiceSettings.from_environment().verify_keys_file == Path("/keys.json")


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file or directory"), (b"\xff\xfe", "it is not text")]
)
def test_a_file_that_cannot_be_read_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "broker-url"
    if content is not None:
        file.write_bytes(content)
    environment.setenv("SSC_BROKER_URL_FILE", str(file))
    environment.delenv("SSC_BROKER_URL")
    with pytest.raises(SettingUnreadable) as refused:
        ServiceSettings.from_environment()
    assert str(refused.value) == f"SSC_BROKER_URL_FILE names {file}, which cannot be read: {why}"


def test_what_is_missing_is_named_all_at_once(environment: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "VERIFY_KEYS_FILE"):
        environment.delenv(f"SSC_{name}")
    assert wrong_settings() == "set SSC_DATABASE_URL, SSC_BROKER_URL, SSC_VERIFY_KEYS_FILE"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://u:hemligt@db/x"),
        ("DATABASE_URL", "hemligt"),
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("CLOCK", "sundial"),
        ("LOG_LEVEL", "LOUD"),
        ("OTLP_ENDPOINT", "collector"),
        ("BROKER_PREFIX", "Ssc.*"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(f"SSC_{name}", value)
    told = wrong_settings()
    assert told.startswith(f"correct SSC_{name} (")
    assert value not in told


def test_missing_and_wrong_are_told_together(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SSC_BROKER_URL")
    environment.setenv("SSC_PORT", "eighty")
    assert wrong_settings().startswith("set SSC_BROKER_URL and correct SSC_PORT (")


@pytest.mark.parametrize("level", ["debug", "DEBUG", "Debug"])
def test_a_log_level_may_be_written_small(environment: pytest.MonkeyPatch, level: str) -> None:
    environment.setenv("SSC_LOG_LEVEL", level)
    assert ServiceSettings.from_environment().log_level == "DEBUG"


def test_migrating_takes_the_databases_address_alone(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SSC_BROKER_URL")
    environment.delenv("SSC_VERIFY_KEYS_FILE")
    assert MigrationSettings.from_environment().database_url == SECRET


@pytest.mark.usefixtures("environment")
def test_settings_of_others_are_left_alone() -> None:
    with pytest.MonkeyPatch.context() as more:
        more.setenv("SSC_SOMETHING_ELSE", "x")
        assert ServiceSettings.from_environment().port == 8000
