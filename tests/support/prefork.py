"""Processes that start as ``python -m`` would start them, without importing everything again.

The services take four seconds of processor time to import, and the tests start and kill them
by the hundred. So one process imports them once, and each process asked for is a fork of it:
it has arguments, environment, output, life and death of its own.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).parents[2]
IMPORTED = ("services.centre.__main__", "services.chassis.cli", "services.gateway.cli", "uvicorn")
"""What every process of ours needs, and nothing that starts a thread when it is imported."""


class StillRunsError(TimeoutError):
    """A process has not ended in time."""


@dataclass
class Forked:
    """A process that was forked; the same words as ``subprocess.Popen``."""

    pid: int
    _status: socket.socket = field(repr=False)
    returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._ended_within(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            StillRunsError: it has not, after so many seconds.
        """
        code = self._ended_within(timeout)
        if code is None:
            raise StillRunsError(f"process {self.pid} has not ended within {timeout} s")
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without warning."""
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            self._status.settimeout(seconds)
            try:
                told = self._status.recv(64)
            except (BlockingIOError, TimeoutError):
                return None
            assert told, "the process that forks has ended, and all that it had forked with it"
            self.returncode = int(told)
            self._status.close()
        return self.returncode


def start(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    out: IO[bytes],
    err: IO[bytes] | None = None,
) -> Forked:
    """Start a module as ``python -m`` does, in the project's folder.

    Args:
        module: its name.
        arguments: what follows the name.
        environment: all of it.
        out: where it prints.
        err: where it complains; as ``out`` unless given.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    order = {"module": module, "arguments": [*arguments], "environment": {**environment}}
    with theirs:
        descriptors = [out.fileno(), (err or out).fileno(), theirs.fileno()]
        socket.send_fds(_forking(), [json.dumps(order).encode()], descriptors)
    return Forked(int(ours.recv(64)), ours)


@cache
def _forking() -> socket.socket:
    """The line to the process that forks, which ends when the line is cut."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        # A test run in the background ignores Ctrl-C, and its children would inherit that.
        command = ("env", "--default-signal=INT", sys.executable, "-u", "-m", __name__)
        process = subprocess.Popen(
            (*command, str(theirs.fileno())),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


@dataclass(frozen=True)
class _Order:
    module: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    out: int
    err: int
    status: socket.socket


def _serve(line: socket.socket) -> _Order:
    """Fork for each order; returns the order in the child, and never in the parent."""
    woken, waker = socket.socketpair()
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as waiting:
        waiting.register(line, selectors.EVENT_READ)
        waiting.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in waiting.select()}
            if woken in ready:
                woken.recv(4096)
                _tell_of_the_dead(children)
            if line in ready:
                order = _read(line)
                if order is None:
                    _end(children)
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    for each in (line, woken, waker, *children.values()):
                        each.close()
                    return order
                order.status.send(str(pid).encode())
                children[pid] = order.status
                os.close(order.out)
                os.close(order.err)


def _read(line: socket.socket) -> _Order | None:
    told, descriptors, _, _ = socket.recv_fds(line, 1 << 20, 3)
    if not told:
        return None
    asked = json.loads(told)
    out, err, status = descriptors
    return _Order(
        asked["module"],
        tuple(asked["arguments"]),
        asked["environment"],
        out,
        err,
        socket.socket(fileno=status),
    )


def _tell_of_the_dead(children: dict[int, socket.socket]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with children.pop(pid) as line:
            try:
                line.send(str(os.waitstatus_to_exitcode(status)).encode())
            except BrokenPipeError:
                continue


def _end(children: Mapping[int, socket.socket]) -> NoReturn:
    """Whoever ordered is gone, so nobody needs what runs."""
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    sys.exit()


def _become(order: _Order) -> None:
    """Do as a new process would that runs the ordered module."""
    order.status.close()
    for standard, descriptor in ((1, order.out), (2, order.err)):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    for number, action in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGCHLD, signal.SIG_DFL),
    ):
        signal.signal(number, action)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    sys.argv = [order.module, *order.arguments]
    sys.modules.pop(f"{order.module}.__main__", None)
    runpy.run_module(order.module, run_name="__main__", alter_sys=True)


def _main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    for name in IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    _become(_serve(line))


if __name__ == "__main__":
    _main()
