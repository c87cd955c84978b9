"""Settings of a service, from the environment: ``SSC_NAME``, or ``SSC_NAME_FILE`` with
the path of a file that holds the value, as secrets are handed to containers."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import AnyHttpUrl, Field
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "SSC_"


class ClockMode(StrEnum):
    """Where a service's time comes from."""

    SYSTEM = "system"
    SIMULATED = "simulated"


class FileSource(PydanticBaseSettingsSource):
    """Reads ``SSC_NAME_FILE`` for every setting that is itself no path."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file a setting points at, without its final newline."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        if path is None or field_name.endswith("_file"):
            return None, field_name, False
        return Path(path).read_text("utf-8").strip(), field_name, False

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

    database_url: str = Field(description="postgresql+psycopg://user:password@host/database")
    broker_url: str = Field(description="amqp://user:password@host:5672/")
    broker_prefix: str = Field(default="ssc", pattern=r"^[a-z][a-z0-9_-]{0,40}$")
    verify_keys_file: Path = Field(description="The gateway's public keys, a JWK set")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    clock: ClockMode = ClockMode.SYSTEM
    otlp_endpoint: AnyHttpUrl | None = None
    log_level: str = "INFO"

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
        """Read the settings; pydantic's error names each one that is missing or wrong."""
        return cls()
