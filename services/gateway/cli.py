"""The gateway's command line: serve it, migrate its schema, make its keys."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import uvicorn

from services.chassis import migrations
from services.chassis.migrating import migrate
from services.chassis.refusals import told_in_a_sentence
from services.chassis.telemetry import configure_logging
from services.gateway.app import SPEC, create_gateway
from services.gateway.clients.service import BootstrapRefused
from services.gateway.config import GatewaySettings
from services.gateway.tokens.keys import (
    SIGNING_KEY_FILE,
    VERIFY_KEYS_FILE,
    UnusableKey,
    write_key_files,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exits non-zero with one clear sentence on failure."""
    options = _parser().parse_args(arguments)
    commands: Mapping[str, Callable[[], None]] = {
        "serve": _serve,
        "migrate": lambda: migrate("gateway", SPEC.migrations),
        "keys": lambda: _make_keys(options.directory),
    }
    with told_in_a_sentence("gateway"):
        try:
            commands[options.command or "serve"]()
        except (UnusableKey, BootstrapRefused) as error:
            sys.exit(f"gateway cannot start: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.gateway", description=SPEC.title)
    commands = parser.add_subparsers(dest="command", required=False)
    commands.add_parser("serve", help="answer requests (the default)")
    commands.add_parser("migrate", help="bring the database to this release's schema")
    keys = commands.add_parser("keys", help="make a signing key and the file that verifies it")
    keys.add_argument("directory", type=Path)
    return parser


def _serve() -> None:
    settings = GatewaySettings.from_environment()
    configure_logging(settings.log_level)
    migrations.check(settings.database_url, SPEC.migrations)
    uvicorn.run(
        create_gateway(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def _make_keys(directory: Path) -> None:
    try:
        key = write_key_files(directory)
    except FileExistsError as error:
        sys.exit(f"{error.filename or error} is there already; keys are never overwritten.")
    except OSError as error:
        sys.exit(f"Keys cannot be written to {directory}: {error.strerror or error}.")
    sys.stdout.write(
        f"Made key {key.kid} in {directory}: {SIGNING_KEY_FILE} (keep it secret) and"
        f" {VERIFY_KEYS_FILE} (give it to every service).\n"
    )
