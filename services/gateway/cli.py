"""The gateway's command line: serve it, migrate its schema, make its keys."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from services.chassis import migrations
from services.chassis.config import MigrationSettings, SettingUnreadable, describe_settings
from services.chassis.database import no_answer
from services.chassis.identity import UnusableVerifyKeys
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
        "migrate": _migrate,
        "keys": lambda: _make_keys(options.directory),
    }
    try:
        commands[options.command or "serve"]()
    except ValidationError as error:
        sys.exit(f"gateway cannot start: {describe_settings(error)} (see README, Settings).")
    except SettingUnreadable as error:
        sys.exit(f"gateway cannot start: {error}.")
    except migrations.SchemaTooOld as error:
        sys.exit(f"gateway cannot start: {error}. Run `python -m services.gateway migrate`.")
    except migrations.SchemaTooNew as error:
        sys.exit(
            f"gateway cannot start: {error}. Start the release that migrated it, or restore a"
            " backup taken before."
        )
    except OperationalError as error:
        sys.exit(no_answer("gateway", error))
    except UnusableVerifyKeys as error:
        sys.exit(f"gateway cannot start: {error}.")
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


def _migrate() -> None:
    migrations.upgrade(MigrationSettings.from_environment().database_url, SPEC.migrations)


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
