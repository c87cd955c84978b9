"""The command line of a service: serve it, migrate its schema, see to parked messages.

``python -m services.billing [serve|migrate|parked list|parked replay]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence

import uvicorn
from pydantic import ValidationError

from services.chassis import migrations
from services.chassis.broker import Broker, BrokerUnavailable
from services.chassis.broker.amqp import AmqpBroker
from services.chassis.broker.topology import Topology
from services.chassis.clock import Clock, SimulatedClock, SystemClock
from services.chassis.config import ClockMode, ServiceSettings
from services.chassis.database import Database
from services.chassis.events import EventRegistry
from services.chassis.identity import IdentityVerifier
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
    try:
        settings = ServiceSettings.from_environment()
        commands: Mapping[str, Callable[[], None]] = {
            "serve": lambda: _serve(spec, registry, settings, options.role),
            "migrate": lambda: migrations.upgrade(settings.database_url, spec.migrations),
            "parked": lambda: _parked(spec, settings, options),
        }
        commands[options.command or "serve"]()
    except ValidationError as error:
        names = ", ".join(f"SSC_{item['loc'][0]}".upper() for item in error.errors())
        sys.exit(f"{spec.name} cannot start: set {names} (see README, Settings).")
    except migrations.SchemaTooOld as error:
        sys.exit(f"{spec.name} cannot start: {error}. Run `python -m services.{spec.name} migrate`.")
    except migrations.SchemaTooNew as error:
        sys.exit(
            f"{spec.name} cannot start: {error}. Start the release that migrated it, or restore"
            " a backup taken before."
        )
    except BrokerUnavailable as error:
        sys.exit(f"RabbitMQ does not answer: {error}. Look at SSC_BROKER_URL and the broker.")


def _parser(spec: ServiceSpec) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{spec.name}", description=spec.title)
    parser.add_argument("--role", choices=("all", "api", "worker"), default="all")
    commands = parser.add_subparsers(dest="command", required=False)
    commands.add_parser("serve", help="answer requests and handle events (the default)")
    commands.add_parser("migrate", help="bring the database to this release's schema")
    parked = commands.add_parser("parked", help="messages put aside because they kept failing")
    actions = parked.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="show them with their reasons, as JSON lines")
    listing.add_argument("--limit", type=int, default=100)
    replay = actions.add_parser("replay", help="give them back to the service")
    replay.add_argument("ids", nargs="*", help="message ids; all of them when none is given")
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


def _serve(
    spec: ServiceSpec, registry: EventRegistry, settings: ServiceSettings, role: str
) -> None:
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


def _parked(spec: ServiceSpec, settings: ServiceSettings, options: argparse.Namespace) -> None:
    broker = _broker(spec, settings)
    actions: Mapping[str, Callable[[], Awaitable[None]]] = {
        "list": lambda: print_parked(broker, spec.name, options.limit),
        "replay": lambda: replay_parked(broker, spec.name, options.ids or None),
    }

    async def run() -> None:
        try:
            await actions[options.action]()
        finally:
            await broker.stop()

    asyncio.run(run())


async def print_parked(broker: Broker, service: str, limit: int) -> None:
    """Print a service's parked messages, a JSON line each, oldest first."""
    for message in await broker.parked(service, limit):
        line = {
            "id": message.id,
            "type": message.type,
            "parked_at": message.parked_at.isoformat() if message.parked_at else None,
            "attempts": message.attempts,
            "reason": message.reason,
        }
        print(json.dumps(line, ensure_ascii=False))


async def replay_parked(broker: Broker, service: str, ids: Sequence[str] | None) -> None:
    """Give a service's parked messages back to it, and say how many."""
    count = await broker.replay_parked(service, ids)
    print(f"{count} message(s) returned to {service}.")
