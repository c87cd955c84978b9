"""``python -m services.<service> migrate``, without the rest of the service.

A deployment migrates every service before it starts any; each would take seconds to import all
that it serves.
"""

from __future__ import annotations

import sys
from pathlib import Path

from services.chassis import migrations
from services.chassis.config import MigrationSettings
from services.chassis.refusals import told_in_a_sentence

COMMAND = "migrate"


def is_asked_for() -> bool:
    """Whether the command line says so, and nothing else."""
    return sys.argv[1:] == [COMMAND]


def migrate(service: str, script_location: Path) -> None:
    """Bring the service's database, as the settings name it, to this release's schema.

    Exits non-zero with one clear sentence on failure.
    """
    with told_in_a_sentence(service):
        migrations.upgrade(MigrationSettings.from_environment().database_url, script_location)
