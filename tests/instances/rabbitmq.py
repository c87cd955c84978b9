"""A private RabbitMQ broker, with an Erlang port mapper of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from tests.instances.errors import InstanceError
from tests.instances.packages import RABBITMQ, ensure_installed
from tests.instances.processes import Server, free_port, private_folder

_ADMIN = "admin"
_START_SECONDS = 90.0
_STOP_SECONDS = 30.0
_ATTEMPTS = 3
_SALT_BYTES = 4


def rabbitmq_password_hash(password: str) -> str:
    """A password as RabbitMQ's definitions hold it (``rabbit_password_hashing_sha256``)."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


@dataclass(frozen=True)
class BrokerPermissions:
    """Regular expressions over the names of queues and exchanges; nothing unless stated."""

    configure: str = "^$"
    write: str = "^$"
    read: str = "^$"


@dataclass(frozen=True)
class BrokerUser:
    """A user that the broker knows from its start."""

    name: str
    password: str
    permissions: Mapping[str, BrokerPermissions] = field(default_factory=dict)
    """By virtual host."""


class PrivateRabbitMQ:
    """A RabbitMQ broker of one's own: ``start`` it, or use it in a ``with``.

    Args:
        virtual_hosts: made at the start beside ``/``; the administrator may use all of them.
        users: further users with their permissions.
        definitions: a whole definitions document (as in ``deploy/``) to load besides; its
            users and virtual hosts are added to those above.
        durable: keep its files on the disk, for measuring; tests need not.
    """

    def __init__(
        self,
        *,
        virtual_hosts: Sequence[str] = (),
        users: Sequence[BrokerUser] = (),
        definitions: Mapping[str, Any] | None = None,
        durable: bool = False,
    ) -> None:
        self._durable = durable
        self.port = 0
        self._distribution_port = 0
        self._mapper_port = 0
        self._password = secrets.token_hex(16)
        self._virtual_hosts = ("/", *virtual_hosts)
        self._users = tuple(users)
        self._definitions = definitions or {}
        self._folder: Path | None = None
        self._mapper: Server | None = None
        self._server: Server | None = None

    def start(self) -> Self:
        """Start a new broker in a temporary folder (about six seconds).

        Raises:
            InstanceError: RabbitMQ is missing and cannot be installed, or does not start.
        """
        ensure_installed(RABBITMQ)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._prepare()
                self._launch()
            except InstanceError:
                # Between choosing a port and listening on it, someone else may take it.
                self.stop()
                if attempt == _ATTEMPTS:
                    raise
            except BaseException:
                self.stop()
                raise
            else:
                break
        return self

    def stop(self) -> None:
        """End the broker and remove its files; nothing happens when it does not run."""
        self._halt()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def restart(self) -> None:
        """Stop and start again on the same port; what is durable is still there."""
        self.shut_down()
        self.boot()

    def shut_down(self) -> None:
        """Stop it in good order and keep its data, until ``boot``."""
        self._halt()

    def boot(self) -> None:
        """Start it again after ``shut_down`` or ``kill``, on the same port with its data."""
        self._halt()
        self._launch()

    def kill(self) -> None:
        """End it at once, as a power cut would; ``boot`` starts it again.

        RabbitMQ 3.10 writes the name of a new quorum queue to the disk up to two seconds after
        it was declared; a kill before that leaves the queue unusable. What is published to an
        older queue and confirmed is safe at once.
        """
        self._running.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._running.pause()

    def resume(self) -> None:
        """Let a frozen broker go on."""
        self._running.resume()

    def url(
        self, virtual_host: str = "/", *, user: str = _ADMIN, password: str | None = None
    ) -> str:
        """AMQP URL: the administrator's, or another user's."""
        secret = self._password if password is None else password
        place = "" if virtual_host == "/" else quote(virtual_host, safe="")
        return f"amqp://{quote(user)}:{quote(secret)}@127.0.0.1:{self.port}/{place}"

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
            raise InstanceError("This RabbitMQ is not running.")
        return self._server

    def _prepare(self) -> None:
        self._folder = folder = private_folder("rabbitmq", durable=self._durable)
        self.port, self._distribution_port, self._mapper_port = (
            free_port(),
            free_port(),
            free_port(),
        )
        (folder / "data").mkdir()
        (folder / "log").mkdir()
        (folder / "enabled_plugins").write_text("[].\n")
        (folder / "definitions.json").write_text(json.dumps(self._all_definitions()))
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"load_definitions = {folder / 'definitions.json'}\n"
            "vm_memory_high_watermark.absolute = 2GB\n"
            "disk_free_limit.absolute = 20MB\n"
            "raft.wal_max_size_bytes = 33554432\n"
            "log.file.level = warning\n"
        )
        cookie = folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)

    def _all_definitions(self) -> dict[str, Any]:
        given = self._definitions
        everything = BrokerPermissions(".*", ".*", ".*")
        hosts = dict.fromkeys(
            (*self._virtual_hosts, *(host["name"] for host in given.get("vhosts", ())))
        )
        admin = BrokerUser(_ADMIN, self._password, dict.fromkeys(hosts, everything))
        users = (admin, *self._users)
        return {
            **given,
            "vhosts": [{"name": host} for host in hosts],
            "users": [
                *(
                    {
                        "name": user.name,
                        "password_hash": rabbitmq_password_hash(user.password),
                        "hashing_algorithm": "rabbit_password_hashing_sha256",
                        "tags": ["administrator"] if user is admin else [],
                    }
                    for user in users
                ),
                *(user for user in given.get("users", ()) if user["name"] != _ADMIN),
            ],
            "permissions": [
                *(
                    {
                        "user": user.name,
                        "vhost": host,
                        "configure": granted.configure,
                        "write": granted.write,
                        "read": granted.read,
                    }
                    for user in users
                    for host, granted in user.permissions.items()
                ),
                *(entry for entry in given.get("permissions", ()) if entry["user"] != _ADMIN),
            ],
        }

    def _launch(self) -> None:
        folder = self._folder
        if folder is None:
            raise InstanceError("This RabbitMQ has been stopped.")
        environment = self._environment(folder)
        # Erlang would leave a port mapper of its own behind; this one ends with the broker.
        epmd = shutil.which("epmd") or "epmd"
        self._mapper = Server.launch(
            "epmd",
            [epmd, "-address", "127.0.0.1", "-port", str(self._mapper_port)],
            log=folder / "epmd.log",
            environment=environment,
            folder=folder,
        )
        self._mapper.wait_until(lambda: _listens(self._mapper_port), seconds=10)
        self._server = Server.launch(
            "RabbitMQ",
            [str(RABBITMQ.find())],
            log=folder / "server.log",
            environment=environment,
            folder=folder,
        )
        self._server.wait_until(lambda: _greets(self.port), seconds=_START_SECONDS)

    def _halt(self) -> None:
        if self._server is not None:
            self._server.terminate(signal.SIGTERM, seconds=_STOP_SECONDS)
            self._server = None
        if self._mapper is not None:
            self._mapper.terminate(signal.SIGTERM, seconds=5)
            self._mapper = None

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._mapper_port),
            # Makes the start script become the broker instead of standing before it, so
            # that signals reach it.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_NODENAME": f"ssc{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "none.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "config"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +stbt u"
            ),
        }


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def _greets(port: int) -> bool:
    """Whether a broker opens the AMQP conversation (it does so once it has booted)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"  # a method frame: connection.start
    except OSError:
        return False
