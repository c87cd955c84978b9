"""Parked messages of the embedded centre, seen to while it is stopped."""

from __future__ import annotations

import argparse

from services.centre.data_folder import DataFolder
from services.chassis.broker.embedded import EmbeddedBroker
from services.chassis.parked import Commands, add_parked_commands, see_to_parked
from services.composition import subscriptions


def add_commands(commands: Commands) -> None:
    """Add ``parked list`` and ``parked replay`` to the centre's command line."""
    for action in add_parked_commands(commands):
        action.add_argument(
            "--service",
            choices=tuple(subscriptions()),
            help="only this service's; those of all services when none is named",
        )


async def see_to(folder: DataFolder, options: argparse.Namespace) -> None:
    """List or replay what a stopped centre has parked.

    What is replayed is handled when the centre starts next.

    Raises:
        DataFolderUnusable: the folder holds no centre.
        DataFolderInUse: the centre runs.
    """
    folder.require_complete()
    broker = EmbeddedBroker(folder.broker, subscriptions())
    await broker.start()
    try:
        for service in [options.service] if options.service else subscriptions():
            await see_to_parked(broker, service, options)
    finally:
        await broker.stop()
