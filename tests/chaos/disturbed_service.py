"""A service of the centre with a disturbed broker: ``... disturbed_service billing``."""

from __future__ import annotations

import sys

import uvicorn

from services.chassis.cli import runtime_from
from services.chassis.config import ServiceSettings
from services.chassis.telemetry import configure_logging
from services.composition import EVENT_SERVICES
from services.contracts import EVENTS
from tests.chaos.disturbances import disturb


def main() -> None:
    """Serve as the service's own command does, but for the broker."""
    settings = ServiceSettings.from_environment()
    configure_logging(settings.log_level)
    (spec,) = (spec for spec in EVENT_SERVICES if spec.name == sys.argv[1])
    runtime = runtime_from(spec, EVENTS, settings, wrap_broker=disturb)
    uvicorn.run(
        runtime.app(), host=settings.host, port=settings.port, log_config=None, access_log=False
    )


if __name__ == "__main__":
    main()
