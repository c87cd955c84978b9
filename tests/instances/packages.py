"""Debian's packages for the instances: installed when that is allowed, asked for otherwise."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.instances.errors import InstanceError

_LOCK = Path(tempfile.gettempdir()) / "ssc-apt.lock"
_POLICY = Path("/usr/sbin/policy-rc.d")
# Exit code 101: Debian's packages then leave their system services alone.
_FORBID_SERVICES = "#!/bin/sh\nexit 101\n"


def ensure_installed(name: str, package: str, find: Callable[[], Path | None]) -> None:
    """See to it that ``find()`` finds the program.

    Raises:
        InstanceError: it is missing and this user may not install it; says what to install.
    """
    if find():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise InstanceError(
            f"{name} is missing. Install it (Debian and Ubuntu: sudo apt-get install {package}); "
            "its system service need not run. Then say the same again."
        )
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not find():
            print(f"Installing Debian's package {package} ...", flush=True)
            _install(package)
    if not find():
        raise InstanceError(f"Debian's package {package} is installed, but {name} is not found.")


def _install(package: str) -> None:
    previous = _POLICY.read_bytes() if _POLICY.exists() else None
    _POLICY.write_text(_FORBID_SERVICES)
    _POLICY.chmod(0o755)
    try:
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", package)
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
