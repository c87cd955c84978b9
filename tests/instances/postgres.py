"""A private PostgreSQL server."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tests.instances.errors import InstanceError
from tests.instances.packages import POSTGRES, ensure_installed
from tests.instances.processes import Server, free_port, private_folder

_SUPERUSER = "postgres"
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_ATTEMPTS = 3
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
max_connections = 300
shared_buffers = 128MB
max_wal_size = 512MB
log_min_messages = warning
timezone = 'UTC'
"""
# Data of a test need not outlive a power cut; without it, it is several times faster.
_FORGETFUL = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = 10min
"""


class PrivatePostgres:
    """A PostgreSQL cluster of one's own: ``start`` it, or use it in a ``with``.

    Args:
        durable: keep to the disk as a real server does, for measuring; tests need not.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self.port = 0
        self._password = secrets.token_hex(16)
        self._folder: Path | None = None
        self._server: Server | None = None
        self._bin = Path()
        # PostgreSQL refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None

    def start(self) -> Self:
        """Make a cluster in a temporary folder and start it (about two seconds).

        Raises:
            InstanceError: PostgreSQL is missing and cannot be installed, or does not start.
        """
        ensure_installed(POSTGRES)
        self._bin = POSTGRES.find() or Path()
        self._folder = private_folder("postgres", durable=self._durable)
        if self._user:
            shutil.chown(self._folder, self._user, self._user)
        try:
            self._make_cluster(self._folder)
            self._launch_on_a_free_port()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the server and remove its files; nothing happens when it does not run."""
        self._halt()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def restart(self) -> None:
        """Stop and start again on the same port with the same data; cuts all connections."""
        self._halt()
        self._launch()

    def kill(self) -> None:
        """End it at once; ``restart`` then recovers from its log."""
        self._running.kill()

    def pause(self) -> None:
        """Freeze the server process; sessions that are open keep their own processes."""
        self._running.pause()

    def resume(self) -> None:
        """Let a frozen server go on."""
        self._running.resume()

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of the superuser for ``database``."""
        return (
            f"postgresql+psycopg://{_SUPERUSER}:{self._password}@127.0.0.1:{self.port}/{database}"
        )

    def conninfo(self, database: str = "postgres") -> str:
        """The same for psycopg and psql."""
        return self.url(database).replace("+psycopg", "", 1)

    def run_script(self, script: Path, *, variables: dict[str, str] | None = None) -> None:
        """Run an SQL file with psql, as a container's first start does.

        Raises:
            InstanceError: a statement failed.
        """
        settings = [f"--set={name}={value}" for name, value in (variables or {}).items()]
        done = subprocess.run(
            [
                self._bin / "psql",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                *settings,
                f"--file={script}",
                self.conninfo(),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise InstanceError(f"psql could not run {script.name}:\n{done.stderr}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def _running(self) -> Server:
        if self._server is None:
            raise InstanceError("This PostgreSQL has not been started.")
        return self._server

    def _make_cluster(self, folder: Path) -> None:
        secret = folder / "password"
        secret.write_text(self._password)
        if self._user:
            shutil.chown(secret, self._user, self._user)
        done = subprocess.run(
            [
                self._bin / "initdb",
                f"--pgdata={folder / 'data'}",
                f"--username={_SUPERUSER}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env=self._environment(folder),
            user=self._user,
            group=self._user,
        )
        secret.unlink()
        if done.returncode != 0:
            raise InstanceError(f"initdb failed:\n{done.stdout}{done.stderr}")
        with (folder / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION + ("" if self._durable else _FORGETFUL))

    def _launch_on_a_free_port(self) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            self.port = free_port()
            try:
                self._launch()
            except InstanceError:
                # Between choosing a port and listening on it, someone else may take it.
                self._halt()
                if attempt == _ATTEMPTS:
                    raise
            else:
                return

    def _launch(self) -> None:
        folder = self._folder
        if folder is None:
            raise InstanceError("This PostgreSQL has been stopped.")
        self._server = Server.launch(
            "PostgreSQL",
            [
                str(self._bin / "postgres"),
                *("-D", str(folder / "data")),
                *("-p", str(self.port)),
                *("-c", f"unix_socket_directories={folder}"),
            ],
            log=folder / "server.log",
            environment=self._environment(folder),
            folder=folder,
            user=self._user,
        )
        self._server.wait_until(self._answers, seconds=_START_SECONDS)

    def _halt(self) -> None:
        if self._server is not None:
            # SIGINT is PostgreSQL's fast shutdown: sessions are cut, data is written.
            self._server.terminate(signal.SIGINT, seconds=_STOP_SECONDS)
            self._server = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.conninfo(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @staticmethod
    def _environment(folder: Path) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
