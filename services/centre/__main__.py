"""``python -m services.centre``: the whole centre in one process.

Sets an empty data folder up by replaying the bundled flow, then serves the gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import get_args

import uvicorn
from rich.console import Console
from sqlalchemy.exc import DatabaseError

from services.centre import parked
from services.centre.assembly import Centre, migrate, running_centre
from services.centre.data_folder import ADMINISTRATOR, DataFolder, DataFolderUnusable
from services.centre.filling import BUNDLED_FLOW, FillingFailed, fill, set_up_empty
from services.centre.welcome import print_welcome
from services.chassis.broker.embedded import DataFolderInUse
from services.chassis.clock import Clock, SimulatedClock, SystemClock
from services.chassis.config import LogLevelName
from services.chassis.identity import UnusableVerifyKeys
from services.chassis.migrations import SchemaMismatch, SchemaTooNew, SchemaTooOld
from services.chassis.simulation import SIMULATION_BEGINS
from services.chassis.telemetry import configure_logging
from services.gateway.clients.service import BootstrapRefused
from services.gateway.tokens.keys import UnusableKey
from services.replay.flow import FlowError
from services.replay.runner import ReplayImpossible

RunCentre = Callable[..., AbstractAsyncContextManager[Centre]]


class PortTaken(RuntimeError):
    """Something else listens where the gateway should."""


def main(run_centre: RunCentre = running_centre) -> None:
    """Run the centre until interrupted; exits 1 with one clear sentence when it cannot.

    Args:
        run_centre: puts the centre to be served together.
    """
    options = _options()
    folder = DataFolder(options.data)
    try:
        asyncio.run(_run(folder, options, run_centre))
    except KeyboardInterrupt:
        print("\nStopped. A filling that was under way begins anew next time.", file=sys.stderr)
        sys.exit(130)
    except (*_SAYS_IT_ALL, *_NEEDS_WORDS) as error:
        only_tended = options.migrate or options.command is not None
        beginning = "Nothing was done" if only_tended else "The centre cannot start"
        sys.exit(_sentence(error, folder.path, beginning))


_SAYS_IT_ALL = (
    BootstrapRefused,
    DataFolderUnusable,
    FillingFailed,
    FlowError,
    PortTaken,
    ReplayImpossible,
    UnusableKey,
    UnusableVerifyKeys,
)
_NEEDS_WORDS = (DatabaseError, DataFolderInUse, OSError, SchemaMismatch, sqlite3.DatabaseError)


def _sentence(error: Exception, path: Path, beginning: str) -> str:
    """What happened, what it means and what to do."""
    match error:
        case DataFolderInUse():
            return f"Another process uses the centre in {path}; stop it, or use --data."
        case SchemaTooNew():
            return (
                f"The data in {path} is from a later release ({error}); start that release, or"
                " name another folder with --data."
            )
        case SchemaTooOld():
            return (
                f"The data in {path} is from an earlier release ({error}); bring it up to date"
                f' with `make migrate ARGS="--data {path}"`.'
            )
        case DatabaseError() | sqlite3.DatabaseError():
            why = getattr(error, "orig", error)
            return (
                f"The data in {path} cannot be read ({why}); restore it from a backup, or name"
                " another folder with --data."
            )
        case OSError():
            what = f" ({error.filename})" if error.filename else ""
            return f"{beginning}: {error.strerror or error}{what}."
        case _:
            return f"{beginning}: {str(error).rstrip('.')}."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.centre", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8080)
    parser.add_argument("--flow", type=Path, default=BUNDLED_FLOW, help="what to fill it with")
    parser.add_argument("--empty", action="store_true", help="set it up without filling it")
    parser.add_argument("--clock", choices=("system", "simulated"), default="system")
    parser.add_argument("--migrate", action="store_true", help="only bring the data up to date")
    parser.add_argument("--log-level", choices=get_args(LogLevelName), default="INFO")
    parked.add_commands(parser.add_subparsers(dest="command", required=False))
    return parser.parse_args()


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535")
    return int(text)


async def _run(folder: DataFolder, options: argparse.Namespace, run_centre: RunCentre) -> None:
    console = Console()
    folder.require_usable()
    if options.command == "parked":
        await parked.see_to(folder, options)
        return
    if options.migrate:
        folder.require_complete()
        with folder.exclusively():
            await asyncio.to_thread(migrate, folder)
        console.print(f"{folder.path} is up to date.", soft_wrap=True, highlight=False)
        return
    _require_free_port(options.host, options.port)
    if not folder.is_complete:
        configure_logging("CRITICAL")
        if options.empty:
            await set_up_empty(folder)
        else:
            await fill(folder, options.flow, console)
    await _serve(folder, options, console, run_centre)


def _require_free_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _port_taken(host, port, error.strerror or str(error)) from error


def _port_taken(host: str, port: int, why: str) -> PortTaken:
    other = port + 1 if port < 65535 else 8080
    return PortTaken(
        f"{host}:{port} cannot be listened on ({why}); stop what uses it, or choose another port"
        f' with `make run ARGS="--port {other}"`.'
    )


async def _serve(
    folder: DataFolder, options: argparse.Namespace, console: Console, run_centre: RunCentre
) -> None:
    clock: Clock = SystemClock()
    if options.clock == "simulated":
        clock = SimulatedClock(SIMULATION_BEGINS)
    host = f"[{options.host}]" if ":" in options.host else options.host
    url = f"http://{host}:{options.port}"
    credentials = folder.credentials()
    with folder.log.open("a", encoding="utf-8") as log_file:
        configure_logging(options.log_level, log_file)
        async with run_centre(
            folder, clock=clock, administrator=credentials[ADMINISTRATOR], public_url=url
        ) as centre:
            server = _Server(
                uvicorn.Config(
                    centre.gateway,
                    host=options.host,
                    port=options.port,
                    # The centre is running already; the server only answers for it.
                    lifespan="off",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    timeout_graceful_shutdown=5,
                ),
                on_started=lambda: print_welcome(console, url, credentials, folder),
            )
            await server.serve()
    console.print(f"\nStopped. The centre's data stays in {folder.path}.", soft_wrap=True)


class _Server(uvicorn.Server):
    """A server that says when it is there, and returns when it is told to stop.

    Uvicorn raises the signal once more after serving, which would cancel the centre's
    own orderly stop.
    """

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop serving on Ctrl-C or SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell.

        Raises:
            PortTaken: something else has begun to listen since the port was tried.
        """
        try:
            await super().startup(sockets)
        except SystemExit as error:
            raise _port_taken(self.config.host, self.config.port, "just taken") from error
        if self.started:
            self._on_started()


if __name__ == "__main__":
    main()
