"""A deployment's real SQL and RabbitMQ definitions, on private servers, set up for real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.make_secrets import (
    ROOT,
    Passwords,
    Places,
    files,
    make_keys,
    rabbitmq_definitions,
    write,
)
from tests.instances.postgres import PrivatePostgres
from tests.instances.rabbitmq import PrivateRabbitMQ


@dataclass(frozen=True)
class Secrets:
    """The folder of secrets, read as containers read it."""

    folder: Path

    def read(self, name: str) -> str:
        """What a container reads from ``/run/secrets/<name>``."""
        return (self.folder / name).read_text()

    def database(self, name: str, *, database: str | None = None) -> str:
        """A database address as psycopg takes it; of another database when named."""
        address = self.read(name).replace("+psycopg", "", 1)
        return address if database is None else f"{address.rpartition('/')[0]}/{database}"

    def migrate(self) -> subprocess.CompletedProcess[str]:
        """Run the migrate job, as its container does."""
        return _run(["sh", "deploy/migrate.sh"], SSC_SECRETS=str(self.folder))


def _run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secrets]:
    """Both servers after their first start and the migrate job."""
    passwords = Passwords()
    secrets = Secrets(tmp_path_factory.mktemp("deploy") / "secrets")
    with (
        PrivatePostgres() as postgres,
        PrivateRabbitMQ(definitions=rabbitmq_definitions(passwords)) as rabbitmq,
    ):
        places = Places(f"127.0.0.1:{postgres.port}", f"127.0.0.1:{rabbitmq.port}")
        write(secrets.folder, files(passwords, places))
        make_keys(secrets.folder)
        postgres.run_script(secrets.folder / "postgres-init.sql")
        done = secrets.migrate()
        assert done.returncode == 0, done.stderr
        yield secrets


@pytest.fixture(scope="module")
def broker_deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secrets]:
    """RabbitMQ alone, with its exchanges and queues declared by the topology user."""
    passwords = Passwords()
    secrets = Secrets(tmp_path_factory.mktemp("broker") / "secrets")
    with PrivateRabbitMQ(definitions=rabbitmq_definitions(passwords)) as rabbitmq:
        write(secrets.folder, files(passwords, Places(rabbitmq=f"127.0.0.1:{rabbitmq.port}")))
        done = _run(
            ["python", "-m", "services.topology", "declare"],
            SSC_BROKER_URL_FILE=str(secrets.folder / "topology-broker-url"),
        )
        assert done.returncode == 0, done.stderr
        yield secrets
