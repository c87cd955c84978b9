"""The commands that show a service's parked messages and give them back to it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TypeAlias

from services.chassis.broker import Broker

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command line's subcommands are added; argparse has no public name for it."""


def add_parked_commands(commands: Commands) -> tuple[argparse.ArgumentParser, ...]:
    """Add ``parked list`` and ``parked replay`` to a command line; returns the two."""
    parked = commands.add_parser("parked", help="messages put aside because they kept failing")
    actions = parked.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="show them with their reasons, as JSON lines")
    listing.add_argument("--limit", type=int, default=100)
    replay = actions.add_parser("replay", help="give them back to the service")
    replay.add_argument("ids", nargs="*", help="message ids; all of them when none is given")
    return listing, replay


async def see_to_parked(broker: Broker, service: str, options: argparse.Namespace) -> None:
    """Do what the command line asks for with a service's parked messages."""
    if options.action == "list":
        await print_parked(broker, service, options.limit)
    else:
        await replay_parked(broker, service, options.ids or None)


async def print_parked(broker: Broker, service: str, limit: int) -> None:
    """Print a service's parked messages, a JSON line each, oldest first."""
    for message in await broker.parked(service, limit):
        line = {
            "service": service,
            "id": message.id,
            "type": message.type,
            "parked_at": message.parked_at.isoformat() if message.parked_at else None,
            "attempts": message.attempts,
            "reason": message.reason,
        }
        print(json.dumps(line, ensure_ascii=False))


async def replay_parked(broker: Broker, service: str, ids: Sequence[str] | None) -> None:
    """Give a service's parked messages back to it, and say how many."""
    count = await broker.replay_parked(service, ids)
    print(f"{count} message(s) returned to {service}.")
