"""Debian's packages for the instances: installed when that is allowed, asked for otherwise.

``python -m tests.instances.packages`` needs nothing but Python, so that `make test` can install
servers while pip is at work.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.instances.errors import InstanceError

_LOCK = Path(tempfile.gettempdir()) / "ssc-apt.lock"
_POLICY = Path("/usr/sbin/policy-rc.d")
# Exit code 101: Debian's packages then leave their system services alone.
_FORBID_SERVICES = "#!/bin/sh\nexit 101\n"


def _find_postgres() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, the newest there is; None if there is none."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0),
    )
    if debian:
        return debian[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _find_rabbitmq() -> Path | None:
    """RabbitMQ's own start script (not Debian's wrapper, which insists on a system folder)."""
    for path in (
        Path("/usr/lib/rabbitmq/bin/rabbitmq-server"),
        *(Path(found) for found in (shutil.which("rabbitmq-server"),) if found),
    ):
        if path.exists():
            return path
    return None


@dataclass(frozen=True)
class Package:
    """A server, Debian's package of it, and what finds its program."""

    server: str
    name: str
    find: Callable[[], Path | None]


POSTGRES = Package("PostgreSQL", "postgresql", _find_postgres)
RABBITMQ = Package("RabbitMQ", "rabbitmq-server", _find_rabbitmq)


def ensure_installed(*packages: Package) -> None:
    """See to it that the packages' programs are found.

    Raises:
        InstanceError: one is missing and this user may not install it; says what to install.
    """
    missing = [package for package in packages if not package.find()]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        servers = " and ".join(package.server for package in missing)
        names = " ".join(package.name for package in missing)
        raise InstanceError(
            f"Not found: {servers}. Install what is missing (Debian and Ubuntu: sudo apt-get"
            f" install {names}); no system service need run. Then say the same again."
        )
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        needed = [package.name for package in missing if not package.find()]
        if needed:
            print(f"Installing Debian's {' and '.join(needed)} ...", flush=True)
            _install(needed)
    for package in missing:
        if not package.find():
            raise InstanceError(
                f"Debian's package {package.name} is installed, but {package.server} is not found."
            )


def _install(names: list[str]) -> None:
    previous = _POLICY.read_bytes() if _POLICY.exists() else None
    _POLICY.write_text(_FORBID_SERVICES)
    _POLICY.chmod(0o755)
    try:
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *names)
    finally:
        if previous is None:
            _POLICY.unlink()
        else:
            _POLICY.write_bytes(previous)


def _apt(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "-qq", *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode != 0:
        raise InstanceError(f"apt-get {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    try:
        ensure_installed(POSTGRES, RABBITMQ)
    except InstanceError as error:
        sys.exit(str(error))
