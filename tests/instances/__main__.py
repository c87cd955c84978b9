"""``python -m tests.instances [--only NAME] [--durable] [-- COMMAND ...]``.

Starts a private PostgreSQL and RabbitMQ, runs the command with SSC_TEST_POSTGRES_URL and
SSC_TEST_RABBITMQ_URL set, stops both, and ends with the command's exit code. Without a command
it prints the two addresses and waits for Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.instances.errors import InstanceError
from tests.instances.postgres import PrivatePostgres
from tests.instances.rabbitmq import PrivateRabbitMQ
from tests.instances.virtual_hosts import VIRTUAL_HOSTS

_CANNOT_START = 69  # EX_UNAVAILABLE of sysexits.h


def main() -> int:
    """Run the command beside the instances; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.instances", description=__doc__)
    parser.add_argument("--only", choices=("postgresql", "rabbitmq"), help="start one of the two")
    parser.add_argument(
        "--durable", action="store_true", help="keep to the disk as real servers do, for measuring"
    )
    parser.add_argument("command", nargs="*", help="what to run, after --")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        with _instances(arguments.only, durable=arguments.durable) as addresses:
            return _run(arguments.command, addresses)
    except InstanceError as error:
        print(f"{error}", file=sys.stderr)
        return _CANNOT_START
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _leave(number: int, _frame: types.FrameType | None) -> None:
    raise SystemExit(128 + number)


def _leave_it_to_the_command(_number: int, _frame: types.FrameType | None) -> None:
    pass


@contextlib.contextmanager
def _instances(only: str | None, *, durable: bool) -> Iterator[dict[str, str]]:
    """Both servers, started side by side; stopped whatever happens."""
    postgres = PrivatePostgres(durable=durable)
    rabbitmq = PrivateRabbitMQ(virtual_hosts=VIRTUAL_HOSTS, durable=durable)
    wanted = [
        instance
        for name, instance in (("postgresql", postgres), ("rabbitmq", rabbitmq))
        if only in {None, name}
    ]
    with contextlib.ExitStack() as stack, ThreadPoolExecutor() as pool:
        for instance in wanted:
            stack.callback(instance.stop)
        for started in [pool.submit(instance.start) for instance in wanted]:
            started.result()
        addresses = {}
        if postgres in wanted:
            addresses["SSC_TEST_POSTGRES_URL"] = postgres.url()
        if rabbitmq in wanted:
            addresses["SSC_TEST_RABBITMQ_URL"] = rabbitmq.url()
        yield addresses


def _run(command: list[str], addresses: dict[str, str]) -> int:
    if not command:
        for name, address in addresses.items():
            print(f"export {name}='{address}'")
        print("# Ctrl-C ends both.", flush=True)
        signal.pause()
        return 0
    # The terminal tells the command too, which ends its own way. Raising here could lose the exit
    # code that wait() has just collected.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _leave_it_to_the_command)
    process = subprocess.Popen(command, env={**os.environ, **addresses})
    try:
        return _exit_code(process.wait())
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _exit_code(returned: int) -> int:
    return returned if returned >= 0 else 128 - returned


if __name__ == "__main__":
    sys.exit(main())
