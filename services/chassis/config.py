"""Settings of a service, from the environment: ``SSC_NAME``, or ``SSC_NAME_FILE`` with
the path of a file that holds the value, as secrets are handed to containers.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AnyHttpUrl, BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "SSC_"


class SettingUnreadable(RuntimeError):
    """The file that is to hold a setting cannot be read; the text says which, and why."""


def describe_settings(error: ValidationError) -> str:
    """What to do about missing or wrong settings, without what they hold (secrets)."""
    missing: list[str] = []
    wrong: list[str] = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        name = f"{PREFIX}{item['loc'][0]}".upper()
        if item["type"] == "missing":
            missing.append(name)
        else:
            wrong.append(f"{name} ({item['msg'].removeprefix('Value error, ')})")
    parts = []
    if missing:
        parts.append(f"set {', '.join(missing)}")
    if wrong:
        parts.append(f"correct {', '.join(wrong)}")
    return " and ".join(parts)


class ClockMode(StrEnum):
    """Where a service's time comes from."""

    SYSTEM = "system"
    SIMULATED = "simulated"


LogLevelName = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

LogLevel = Annotated[
    LogLevelName,
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]
"""From which severity on is logged."""


DRIVERS = ("postgresql+psycopg", "sqlite+aiosqlite")


def _known_database(address: str) -> str:
    # The text must not hold the address, which holds the password.
    try:
        driver = make_url(address).drivername
    except ArgumentError:
        driver = ""
    if driver not in DRIVERS:
        raise ValueError(f"begin it with {DRIVERS[0]}://")
    return address


class FileSource(PydanticBaseSettingsSource):
    """Reads ``SSC_NAME_FILE`` for every setting that is itself no path."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file a setting points at, without space around it.

        Raises:
            SettingUnreadable: there is no such file, or it holds no text.
        """
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        if path is None or field_name.endswith("_file"):
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, ValueError) as error:
            name = f"{PREFIX}{field_name.upper()}_FILE"
            why = getattr(error, "strerror", None) or "it is not text"
            raise SettingUnreadable(f"{name} names {path}, which cannot be read: {why}") from error

    def __call__(self) -> dict[str, Any]:
        """Every setting that comes from a file."""
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


class ServiceSettings(BaseSettings):
    """What a service must be told to run by itself."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database_url: Annotated[str, AfterValidator(_known_database)] = Field(
        description="postgresql+psycopg://user:password@host/database"
    )
    broker_url: str = Field(description="amqp://user:password@host:5672/")
    broker_prefix: str = Field(default="ssc", pattern=r"^[a-z][a-z0-9_-]{0,40}$")
    verify_keys_file: Path = Field(description="The gateway's public keys, a JWK set")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    clock: ClockMode = ClockMode.SYSTEM
    otlp_endpoint: AnyHttpUrl | None = None
    log_level: LogLevel = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then files it points at."""
        return init_settings, env_settings, FileSource(settings_cls)

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings.

        Raises:
            ValidationError: settings are missing or wrong, see ``describe_settings``.
            SettingUnreadable: a file that is to hold one cannot be read.
        """
        return cls()


class MigrationSettings(ServiceSettings):
    """What migrating a service's database takes: its address alone."""

    broker_url: str = ""
    verify_keys_file: Path = Path()
