"""Draws every secret of a deployment and writes what PostgreSQL and RabbitMQ start from.

    python3 deploy/make_secrets.py

needs only Python 3.11. It fills ``deploy/secrets/`` (never committed):

====================================  ==========================================================
``postgres-password``                 the database superuser's, for administration only
``postgres-init.sql``                 databases and roles; holds verifiers, no passwords
``rabbitmq-definitions.json``         users and permissions; holds hashes, no passwords
``<service>-database-url``            the service's own role: reads and writes rows
``<service>-migration-url``           the role that owns the schema: the migrate job alone
``<service>-broker-url``              the service's broker user
``measuring-broker-url``              the broker user of systems that measure, outside the centre
``topology-broker-url``               the user who declares exchanges and queues: migrate job
``bootstrap-client-secret``           the first administrator's, for the gateway
``signing-key.json``                  what access tokens are signed with: the gateway alone
``verify-keys.json``                  what they are verified with: every service
====================================  ==========================================================

The folder is closed to other users. The files inside are readable, because a container sees
single files and reads them as a user of its own.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
ROOT = DEPLOY.parent

SERVICES = ("onboarding", "collab_model", "billing", "gateway")
"""Every service has a database."""

EVENT_SERVICES = ("onboarding", "collab_model", "billing")
"""The services that speak by events; the gateway has no account with the broker."""

PREFIX = "ssc"
TOPOLOGY_USER = "topology"
MEASURING_USER = "measuring"
"""For systems that publish what they measured: they write such events and read nothing."""

SCRAM_ITERATIONS = 4096
"""PostgreSQL's own default; the passwords are random and long."""


@dataclass(frozen=True)
class Places:
    """Where the servers are, as the services see them."""

    postgres: str = "postgres:5432"
    rabbitmq: str = "rabbitmq:5672"


@dataclass(frozen=True)
class Passwords:
    """One random password for every account; hexadecimal, so that it fits into an address."""

    postgres: str = field(default_factory=lambda: secrets.token_hex(24))
    bootstrap: str = field(default_factory=lambda: secrets.token_hex(24))
    topology: str = field(default_factory=lambda: secrets.token_hex(24))
    measuring: str = field(default_factory=lambda: secrets.token_hex(24))
    owners: dict[str, str] = field(
        default_factory=lambda: {name: secrets.token_hex(24) for name in SERVICES}
    )
    services: dict[str, str] = field(
        default_factory=lambda: {name: secrets.token_hex(24) for name in SERVICES}
    )
    brokers: dict[str, str] = field(
        default_factory=lambda: {name: secrets.token_hex(24) for name in EVENT_SERVICES}
    )


def scram_verifier(password: str) -> str:
    """A password as PostgreSQL stores it (RFC 5803), so that no script needs the password."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    return (
        f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{_base64(salt)}"
        f"${_base64(stored_key)}:{_base64(server_key)}"
    )


def rabbitmq_hash(password: str) -> str:
    """A password as RabbitMQ stores it: a four-byte salt and the salted SHA-256."""
    salt = secrets.token_bytes(4)
    return _base64(salt + hashlib.sha256(salt + password.encode()).digest())


def postgres_init(passwords: Passwords) -> str:
    """The SQL that a new PostgreSQL server runs at its first start, with psql."""
    template = (DEPLOY / "postgres" / "service.sql").read_text("utf-8")
    parts = ["\\set ON_ERROR_STOP on\n"]
    for service in SERVICES:
        parts += [
            f"\n\\set service {service}\n",
            f"\\set owner {service}_owner\n",
            f"\\set service_verifier '{scram_verifier(passwords.services[service])}'\n",
            f"\\set owner_verifier '{scram_verifier(passwords.owners[service])}'\n",
            template,
        ]
    parts.append((DEPLOY / "postgres" / "server.sql").read_text("utf-8"))
    return "".join(parts)


def rabbitmq_definitions(passwords: Passwords) -> dict[str, object]:
    """RabbitMQ's definitions document: one user per service with least rights.

    A service configures nothing, reads only its own queues, and writes only to the three
    exchanges; topic permissions confine it further, to routing keys of its own. Systems that
    measure write readings to the exchange of events, and nothing else.
    """
    own = re.escape(PREFIX)
    users = [_broker_user(TOPOLOGY_USER, passwords.topology, tags=["administrator"])]
    permissions = [_permission(TOPOLOGY_USER, *[f"^{own}\\."] * 3)]
    topics: list[dict[str, str]] = []
    for service, password in passwords.brokers.items():
        users.append(_broker_user(service, password, tags=[]))
        permissions.append(
            _permission(
                service,
                configure="^$",
                write=f"^{own}\\.(events|retry|dead)$",
                read=f"^{own}\\.{service}\\.",
            )
        )
        topics += [
            {
                "user": service,
                "vhost": "/",
                "exchange": f"{PREFIX}.{exchange}",
                "write": f"^{service}(\\.|$)",
                "read": "^$",
            }
            for exchange in ("events", "retry", "dead")
        ]
    users.append(_broker_user(MEASURING_USER, passwords.measuring, tags=[]))
    permissions.append(
        _permission(MEASURING_USER, configure="^$", write=f"^{own}\\.events$", read="^$")
    )
    topics.append(
        {
            "user": MEASURING_USER,
            "vhost": "/",
            "exchange": f"{PREFIX}.events",
            "write": r"^outside\.measure_reported\.",
            "read": "^$",
        }
    )
    return {
        "vhosts": [{"name": "/"}],
        "users": users,
        "permissions": permissions,
        "topic_permissions": topics,
    }


def files(passwords: Passwords, places: Places) -> dict[str, str]:
    """Every file with its content, the gateway's keys excepted."""
    content = {
        "postgres-password": passwords.postgres,
        "postgres-init.sql": postgres_init(passwords),
        "rabbitmq-definitions.json": json.dumps(rabbitmq_definitions(passwords), indent=2) + "\n",
        "topology-broker-url": f"amqp://{TOPOLOGY_USER}:{passwords.topology}@{places.rabbitmq}/",
        "measuring-broker-url": f"amqp://{MEASURING_USER}:{passwords.measuring}@{places.rabbitmq}/",
        "bootstrap-client-secret": passwords.bootstrap,
    }
    for name in SERVICES:
        database = f"{places.postgres}/{name}"
        content[f"{name}-database-url"] = (
            f"postgresql+psycopg://{name}:{passwords.services[name]}@{database}"
        )
        content[f"{name}-migration-url"] = (
            f"postgresql+psycopg://{name}_owner:{passwords.owners[name]}@{database}"
        )
    for name, password in passwords.brokers.items():
        content[f"{name}-broker-url"] = f"amqp://{name}:{password}@{places.rabbitmq}/"
    return content


def write(folder: Path, content: dict[str, str]) -> None:
    """Write new files into a folder that only its owner may enter.

    Raises:
        FileExistsError: the folder holds something; nothing is overwritten.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    present = next(folder.iterdir(), None)
    if present is not None:
        raise FileExistsError(present)
    for name, text in content.items():
        file = folder / name
        file.write_text(text, "utf-8")
        file.chmod(0o644)


class KeysNotMade(RuntimeError):
    """The gateway could not make its keys here, most often for want of its libraries."""


def make_keys(folder: Path) -> None:
    """Let the gateway make its keys, with the checkout's environment or this Python.

    Raises:
        KeysNotMade: neither can; with the last thing that was said.
    """
    reason = "no Python was found"
    for python in (ROOT / ".venv" / "bin" / "python", Path(sys.executable)):
        if not python.exists():
            continue
        done = subprocess.run(
            [python, "-m", "services.gateway", "keys", folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            (folder / "signing-key.json").chmod(0o644)
            return
        reason = (done.stderr.strip().splitlines() or [reason])[-1]
    raise KeysNotMade(reason)


def main() -> int:
    """Make the secrets; returns the exit code."""
    parser = argparse.ArgumentParser(description="Draw the secrets of a deployment.")
    parser.add_argument("--into", type=Path, default=DEPLOY / "secrets", metavar="FOLDER")
    parser.add_argument("--postgres", default=Places.postgres, metavar="HOST:PORT")
    parser.add_argument("--rabbitmq", default=Places.rabbitmq, metavar="HOST:PORT")
    arguments = parser.parse_args()
    folder = arguments.into.resolve()
    try:
        write(folder, files(Passwords(), Places(arguments.postgres, arguments.rabbitmq)))
    except FileExistsError:
        print(
            f"{folder} holds secrets already and they are kept. To draw new ones, move the folder "
            "away first; a running PostgreSQL keeps the old ones until they are changed there.",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(f"Cannot write to {folder}: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Secrets are in {folder}. Keep a copy where only administrators can read it.")
    try:
        make_keys(folder)
    except KeysNotMade as error:
        print(
            f"The signing key is still missing ({error}). Make it with the image:\n"
            "  docker compose build\n"
            '  docker compose run --rm --user "$(id -u):$(id -g)" keys\n'
            f"  chmod 644 {folder / 'signing-key.json'}"
        )
    return 0


def _broker_user(name: str, password: str, tags: list[str]) -> dict[str, object]:
    return {
        "name": name,
        "password_hash": rabbitmq_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def _permission(user: str, configure: str, write: str, read: str) -> dict[str, str]:
    return {"user": user, "vhost": "/", "configure": configure, "write": write, "read": read}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


if __name__ == "__main__":
    sys.exit(main())
