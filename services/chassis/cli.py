"""The command line of a service: serve it, migrate its schema, see to parked messages.

``python -m services.billing [serve|migrate|parked list|parked replay]``
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence

import uvicorn

from services.chassis import migrations
from services.chassis.broker import Broker
from services.chassis.broker.amqp import AmqpBroker
from services.chassis.broker.topology import Topology
from services.chassis.clock import Clock, SimulatedClock, SystemClock
from services.chassis.config import ClockMode, ServiceSettings
from services.chassis.database import Database
from services.chassis.events import EventRegistry
from services.chassis.identity import IdentityVerifier
from services.chassis.migrating import migrate
from services.chassis.parked import add_parked_commands, see_to_parked
from services.chassis.refusals import told_in_a_sentence
from services.chassis.service import Parts, ServiceRuntime, ServiceSpec
from services.chassis.simulation import SIMULATION_BEGINS
from services.chassis.telemetry import configure_logging


def main(
    spec: ServiceSpec,
    registry: EventRegistry,
    arguments: Sequence[str] | None = None,
) -> None:
    """Run a service's command line; exits non-zero with one clear sentence on failure."""
    options = _parser(spec).parse_args(arguments)
    commands: Mapping[str, Callable[[], None]] = {
        "serve": lambda: _serve(spec, registry, options.role),
        "migrate": lambda: migrate(spec.name, spec.migrations),
        "parked": lambda: _parked(spec, options),
    }
    with told_in_a_sentence(spec.name):
        commands[options.command or "serve"]()


def _parser(spec: ServiceSpec) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{spec.name}", description=spec.title)
    parser.add_argument("--role", choices=("all", "api", "worker"), default="all")
    commands = parser.add_subparsers(dest="command", required=False)
    commands.add_parser("serve", help="answer requests and handle events (the default)")
    commands.add_parser("migrate", help="bring the database to this release's schema")
    add_parked_commands(commands)
    return parser


def _broker(spec: ServiceSpec, settings: ServiceSettings) -> AmqpBroker:
    topology = Topology({spec.name: spec.subscriptions}, settings.broker_prefix)
    return AmqpBroker(settings.broker_url, topology, name=spec.name)


def runtime_from(
    spec: ServiceSpec,
    registry: EventRegistry,
    settings: ServiceSettings,
    role: str = "all",
    wrap_broker: Callable[[Broker], Broker] = lambda broker: broker,
) -> ServiceRuntime:
    """A service wired to PostgreSQL and RabbitMQ as its settings say.

    Args:
        wrap_broker: put between the service and its broker.
    """
    clock: Clock = SystemClock()
    if settings.clock is ClockMode.SIMULATED:
        clock = SimulatedClock(SIMULATION_BEGINS)
    return ServiceRuntime(
        spec,
        database=Database(settings.database_url),
        broker=wrap_broker(_broker(spec, settings)),
        clock=clock,
        identity=IdentityVerifier.from_file(settings.verify_keys_file),
        registry=registry,
        parts=Parts.for_role(role),
        otlp_endpoint=str(settings.otlp_endpoint) if settings.otlp_endpoint else None,
    )


def _serve(spec: ServiceSpec, registry: EventRegistry, role: str) -> None:
    settings = ServiceSettings.from_environment()
    configure_logging(settings.log_level)
    migrations.check(settings.database_url, spec.migrations)
    runtime = runtime_from(spec, registry, settings, role)
    uvicorn.run(
        runtime.app(),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def _parked(spec: ServiceSpec, options: argparse.Namespace) -> None:
    broker = _broker(spec, ServiceSettings.from_environment())

    async def run() -> None:
        try:
            await see_to_parked(broker, spec.name, options)
        finally:
            await broker.stop()

    asyncio.run(run())
