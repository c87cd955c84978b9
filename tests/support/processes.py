"""Centres made of real processes, for flows and for breaking them.

``DistributedCentre`` is the real thing: PostgreSQL, RabbitMQ and a process per service.
``EmbeddedCentre`` is the one process of ``make run``. Both answer at ``url``.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import httpx
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from services.centre.data_folder import DataFolder
from services.centre.filling import set_up_empty
from services.chassis import migrated
from services.chassis.broker.amqp import declare
from services.chassis.ids import new_id
from services.composition import EVENT_SERVICES, topology
from services.gateway.app import SPEC as GATEWAY
from services.gateway.tokens.keys import SIGNING_KEY_FILE, VERIFY_KEYS_FILE, write_key_files
from services.replay.runner import Credentials
from tests.instances.processes import free_port
from tests.support import prefork
from tests.support.prefork import Forked

START_SECONDS = 60.0


@dataclass
class Process:
    """A process of ours that can be killed and started again."""

    name: str
    module: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    restarts: int = 0
    _child: Forked | None = field(default=None, repr=False)

    def start(self, **more: str) -> None:
        """Start it, with more environment than it usually has."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SSC_")}
        environment = {**inherited, **self.environment, **more}
        with self.log.open("ab") as output:
            self._child = prefork.start(self.module, self.arguments, environment, output)

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs or before it was started."""
        return self._child.poll() if self._child else None

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._child is not None, f"{self.name} was not started"
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._child is not None and self._child.poll() is None

    def kill(self) -> None:
        """End it without warning."""
        if self._child is not None and self.alive:
            self._child.kill()
            self._child.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._child is not None, f"{self.name} was not started"
        self._child.send_signal(number)

    def wait(self, seconds: float = 30.0) -> int:
        """Wait until it has ended; returns its exit code."""
        assert self._child is not None, f"{self.name} was not started"
        return self._child.wait(timeout=seconds)

    def interrupt(self) -> int:
        """Ask it to stop, as Ctrl-C does; returns its exit code."""
        self.send(signal.SIGINT)
        return self.wait()

    def output(self) -> str:
        """What it printed."""
        return self.log.read_text("utf-8", errors="replace")


@asynccontextmanager
async def supervised(*processes: Process) -> AsyncIterator[None]:
    """Start again whatever ends by itself, as a container platform would."""

    async def watch() -> None:
        while True:
            for process in processes:
                if process.exit_code is not None:
                    process.restarts += 1
                    process.start(SSC_TEST_RESTARTS=str(process.restarts))
            await asyncio.sleep(0.05)

    watcher = asyncio.create_task(watch())
    try:
        yield
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)


async def until_ready(url: str, *processes: Process) -> None:
    """Wait until a gateway and all behind it are ready.

    Raises:
        AssertionError: they were not in time; with what the processes printed.
    """
    try:
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as http:
            while True:
                try:
                    if (await http.get(f"{url}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    if not all(process.alive for process in processes):
                        raise
                await asyncio.sleep(0.05)
    except (TimeoutError, httpx.TransportError) as error:
        told = "\n".join(f"--- {p.name}\n{p.output()[-3000:]}" for p in processes)
        raise AssertionError(f"{url} did not get ready\n{told}") from error


@dataclass(frozen=True)
class RunningCentre:
    """A centre of real processes."""

    url: str
    administrator: Credentials
    processes: Mapping[str, Process]


def _administrator() -> Credentials:
    return Credentials("administrator", secrets.token_urlsafe(32))


@asynccontextmanager
async def distributed_centre(
    folder: Path,
    postgres_server: str,
    rabbitmq_url: str,
    modules: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[RunningCentre]:
    """Four processes on PostgreSQL and RabbitMQ, on simulated time, migrations first.

    Args:
        folder: for keys and logs.
        postgres_server: SQLAlchemy URL of a superuser; a database per service is made.
        rabbitmq_url: an administrator's URL of an empty virtual host.
        modules: run this module, with the service's name, instead of its own; by service.
        environment: added to every process.
    """
    administrator = _administrator()
    await asyncio.to_thread(write_key_files, folder)
    await declare(rabbitmq_url, topology())
    run = new_id().replace("-", "")[-12:]
    ports = {spec.name: free_port() for spec in (*EVENT_SERVICES, GATEWAY)}
    addresses = {
        f"SSC_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()
    }
    url = addresses["SSC_GATEWAY_URL"]
    processes: dict[str, Process] = {}
    for spec in (*EVENT_SERVICES, GATEWAY):
        database = f"{spec.name}_{run}"
        await asyncio.to_thread(_create_database, postgres_server, database)
        database_url = (
            make_url(postgres_server).set(database=database).render_as_string(hide_password=False)
        )
        await asyncio.to_thread(migrated.migrate, database_url, spec.migrations)
        processes[spec.name] = Process(
            spec.name,
            *_module(spec.name, modules or {}),
            {
                "SSC_DATABASE_URL": database_url,
                "SSC_BROKER_URL": rabbitmq_url,
                "SSC_VERIFY_KEYS_FILE": str(folder / VERIFY_KEYS_FILE),
                "SSC_SIGNING_KEY_FILE": str(folder / SIGNING_KEY_FILE),
                "SSC_PORT": str(ports[spec.name]),
                "SSC_CLOCK": "simulated",
                "SSC_LOG_LEVEL": "WARNING",
                "SSC_BOOTSTRAP_CLIENT_ID": administrator.client_id,
                "SSC_BOOTSTRAP_CLIENT_SECRET": administrator.client_secret,
                "SSC_PUBLIC_URL": url,
                **addresses,
                **(environment or {}),
            },
            folder / f"{spec.name}.log",
        )
    try:
        for process in processes.values():
            process.start()
        await until_ready(url, *processes.values())
        yield RunningCentre(url, administrator, processes)
    finally:
        for process in processes.values():
            process.kill()
        for name in ports:
            await asyncio.to_thread(_drop_database, postgres_server, f"{name}_{run}")


def _module(service: str, modules: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    if service in modules:
        return modules[service], (service,)
    return f"services.{service}", ()


@asynccontextmanager
async def embedded_centre(
    folder: Path, module: str = "services.centre", environment: Mapping[str, str] | None = None
) -> AsyncIterator[RunningCentre]:
    """The centre of ``make run``, empty and on simulated time, as a process of its own."""
    port = free_port()
    data = folder / "data"
    shutil.copytree(await _empty_data(), data)
    process = Process(
        "centre",
        module,
        (
            *("--data", str(data), "--port", str(port)),
            *("--empty", "--clock", "simulated", "--log-level", "WARNING"),
        ),
        environment or {},
        folder / "centre.log",
    )
    url = f"http://127.0.0.1:{port}"
    try:
        process.start()
        await until_ready(url, process)
        stored = DataFolder(data).credentials()["administrator"]
        administrator = Credentials(stored.client_id, stored.client_secret)
        yield RunningCentre(url, administrator, {"centre": process})
    finally:
        process.kill()


_empty: list[Path] = []


async def _empty_data() -> Path:
    """The data folder of an empty centre, set up once a process: migrating takes a second."""
    if not _empty:
        folder = Path(mkdtemp(prefix="empty-centre-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        await set_up_empty(DataFolder(folder / "data"))
        _empty.append(folder / "data")
    return _empty[0]


def _create_database(server: str, name: str) -> None:
    _execute(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _drop_database(server: str, name: str) -> None:
    _execute(
        server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _execute(server: str, statement: sql.Composed) -> None:
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)
