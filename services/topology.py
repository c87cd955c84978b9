"""``python -m services.topology declare``: give RabbitMQ its exchanges and queues.

Run before the services start, by a user who may configure them; the services' own users
may not.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.chassis.broker import BrokerUnavailable
from services.chassis.broker.amqp import declare
from services.chassis.config import PREFIX, FileSource, SettingUnreadable
from services.composition import topology


class TopologySettings(BaseSettings):
    """Where the broker is."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    broker_url: str
    broker_prefix: str = "ssc"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then files it points at."""
        return init_settings, env_settings, FileSource(settings_cls)


def main() -> None:
    """Declare the topology, or say in one sentence why that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m services.topology", description=__doc__)
    parser.add_argument("command", choices=["declare"])
    parser.parse_args()
    try:
        settings = TopologySettings()
        asyncio.run(declare(settings.broker_url, topology(settings.broker_prefix)))
    except ValidationError:
        sys.exit("Set SSC_BROKER_URL to the address of RabbitMQ's administrator.")
    except SettingUnreadable as error:
        sys.exit(f"The topology was not declared: {error}.")
    except BrokerUnavailable as error:
        sys.exit(f"The topology was not declared: {error}")
    print("Exchanges, queues and bindings stand.")


if __name__ == "__main__":
    main()
