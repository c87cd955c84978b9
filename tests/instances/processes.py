"""A server process in a session of its own: started, frozen, thawed and ended by its id."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.instances.errors import InstanceError

# Below the range from which Linux hands out ports to outgoing connections, so that a
# port is still free when its server is restarted.
_PORTS = range(20_000, 32_000)
_POLL_SECONDS = 0.05
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_ENOUGH_MEMORY = 2 * 1024**3


def private_folder(name: str, *, durable: bool) -> Path:
    """A new, empty folder for a server's files.

    In memory where there is plenty, which makes a new database ten times faster to have; on the
    disk when ``durable`` asks for it or TMPDIR says where.
    """
    in_memory = (
        not durable
        and "TMPDIR" not in os.environ
        and os.access(_MEMORY, os.W_OK | os.X_OK)
        and shutil.disk_usage(_MEMORY).free >= _ENOUGH_MEMORY
    )
    return Path(tempfile.mkdtemp(prefix=f"ssc-{name}-", dir=_MEMORY if in_memory else None))


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    for port in random.sample(_PORTS, k=200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise InstanceError("No free port between 20000 and 32000 on 127.0.0.1.")


@dataclass
class Server:
    """One running server, the leader of its own process group.

    A signal from the terminal (Ctrl-C) does not reach it; only the methods here end it.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    _paused: bool = field(default=False, init=False)

    @classmethod
    def launch(
        cls,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        folder: Path,
        user: str | None = None,
    ) -> Server:
        """Start ``command`` with exactly this environment, its output going to ``log``."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                start_new_session=True,
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still exists (paused counts)."""
        return self.process.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until ``ready()`` holds.

        Raises:
            InstanceError: the process ended first, or the time ran out; with its last words.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                code = self.process.returncode
                raise InstanceError(f"{self.name} ended with code {code}:\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise InstanceError(
                    f"{self.name} was not ready within {seconds:.0f} s:\n{self.last_words()}"
                )
            time.sleep(_POLL_SECONDS)

    def last_words(self) -> str:
        """The end of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-25:])

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        """Let a frozen server go on."""
        self._signal(signal.SIGCONT)
        self._paused = False

    def terminate(self, how: signal.Signals, *, seconds: float) -> None:
        """End it with ``how``; by force when that takes longer than ``seconds``."""
        if not self.alive:
            return
        if self._paused:
            self.resume()
        self.process.send_signal(how)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        self._paused = False

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:
            os.killpg(self.process.pid, number)
