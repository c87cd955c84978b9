"""``python -m services.replay --flow FILE --url URL``: replay a flow against a centre."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from datetime import date, datetime
from pathlib import Path

import httpx
from rich.console import Console

from services.chassis.clock import STOCKHOLM
from services.replay.flow import Flow, FlowError, load
from services.replay.report import print_step, print_summary
from services.replay.runner import Credentials, Replay, ReplayImpossible, Runner


def main() -> None:
    """Replay, print step by step, exit 1 when anything differed and 2 when impossible."""
    options = _options()
    console = Console()
    try:
        flow = load(options.flow, options.ends, options.journey)
        started = time.monotonic()
        replay = asyncio.run(_replay(flow, options.url, _administrator(options), console))
        print_summary(console, replay, time.monotonic() - started)
    except (FlowError, ReplayImpossible) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except httpx.InvalidURL as error:
        print(f"{options.url} is no address of a gateway ({error}).", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("\nStopped. The centre keeps what was replayed so far.", file=sys.stderr)
        sys.exit(130)
    sys.exit(1 if replay.failures else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.replay")
    parser.add_argument("--flow", type=Path, required=True, help="the flow file")
    parser.add_argument(
        "--journey", action="append", help="replay only the journey of this name; may be repeated"
    )
    parser.add_argument("--url", required=True, help="the gateway, http://127.0.0.1:8080 say")
    parser.add_argument(
        "--ends", type=date.fromisoformat, default=datetime.now(STOCKHOLM).date(),
        help="the flow's last day (default: today)",
    )  # fmt: skip
    parser.add_argument(
        "--credentials",
        type=Path,
        default=Path("data-replay/credentials.json"),
        help="the centre's credentials file, read unless SSC_ADMIN_CLIENT_ID and"
        " SSC_ADMIN_CLIENT_SECRET are set",
    )
    return parser.parse_args()


def _administrator(options: argparse.Namespace) -> Credentials:
    client_id = os.environ.get("SSC_ADMIN_CLIENT_ID")
    secret = os.environ.get("SSC_ADMIN_CLIENT_SECRET")
    if client_id and secret:
        return Credentials(client_id, secret)
    try:
        stored = json.loads(options.credentials.read_text("utf-8"))["administrator"]
        return Credentials(stored["client_id"], stored["client_secret"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReplayImpossible(
            "Whom to replay as? Set SSC_ADMIN_CLIENT_ID and SSC_ADMIN_CLIENT_SECRET, or name the"
            f" centre's credentials file with --credentials ({error})."
        ) from error


async def _replay(flow: Flow, url: str, administrator: Credentials, console: Console) -> Replay:
    async with httpx.AsyncClient(base_url=url, timeout=120) as http:
        runner = Runner(flow, http, administrator)
        return await runner.run(lambda result: print_step(console, result))


if __name__ == "__main__":
    main()
