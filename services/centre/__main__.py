"""``python -m services.centre``: the whole centre in one process.

Sets an empty data folder up by replaying the bundled flow, then serves the gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path

import uvicorn
from rich.console import Console

from services.centre.assembly import Centre, migrate, running_centre
from services.centre.data_folder import ADMINISTRATOR, DataFolder, DataFolderUnusable
from services.centre.filling import BUNDLED_FLOW, FillingFailed, fill, set_up_empty
from services.centre.welcome import print_welcome
from services.chassis.broker.embedded import DataFolderInUse
from services.chassis.clock import Clock, SimulatedClock, SystemClock
from services.chassis.migrations import SchemaTooNew, SchemaTooOld
from services.chassis.simulation import SIMULATION_BEGINS
from services.chassis.telemetry import configure_logging
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
    except DataFolderInUse:
        sys.exit(f"Another process runs a centre on {folder.path}; stop it, or use --data.")
    except SchemaTooNew as error:
        sys.exit(
            f"The data in {folder.path} is from a later release ({error}); start that release,"
            " or name another folder with --data."
        )
    except SchemaTooOld as error:
        sys.exit(
            f"The data in {folder.path} is from an earlier release ({error}); bring it up to"
            f' date with `make migrate ARGS="--data {folder.path}"`.'
        )
    except (
        DataFolderUnusable,
        FillingFailed,
        FlowError,
        PortTaken,
        ReplayImpossible,
    ) as error:
        sys.exit(f"The centre cannot start: {error}")
    except OSError as error:
        sys.exit(f"The centre cannot start: {error.strerror or error} ({error.filename or '-'}).")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.centre", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--flow", type=Path, default=BUNDLED_FLOW, help="what to fill it with")
    parser.add_argument("--empty", action="store_true", help="set it up without filling it")
    parser.add_argument("--clock", choices=("system", "simulated"), default="system")
    parser.add_argument("--migrate", action="store_true", help="only bring the data up to date")
    parser.add_argument("--log-level", default="INFO")
    return parser.parse_args()


async def _run(folder: DataFolder, options: argparse.Namespace, run_centre: RunCentre) -> None:
    console = Console()
    folder.require_usable()
    if options.migrate:
        await asyncio.to_thread(migrate, folder)
        console.print(f"{folder.path} is up to date.")
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
            raise PortTaken(
                f"{host}:{port} cannot be listened on ({error.strerror}); stop what uses it, or"
                f' choose another port with `make run ARGS="--port {port + 1}"`.'
            ) from error


async def _serve(
    folder: DataFolder, options: argparse.Namespace, console: Console, run_centre: RunCentre
) -> None:
    clock: Clock = SystemClock()
    if options.clock == "simulated":
        clock = SimulatedClock(SIMULATION_BEGINS)
    url = f"http://{options.host}:{options.port}"
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
    console.print(f"\nStopped. The centre's data stays in {folder.path}.")


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
        """Listen, then tell."""
        await super().startup(sockets)
        if self.started:
            self._on_started()


if __name__ == "__main__":
    main()
