"""Starts billing: ``python -m services.billing``."""

from pathlib import Path

from services.chassis import migrating

if __name__ == "__main__":
    if migrating.is_asked_for():
        migrating.migrate("billing", Path(__file__).parent / "migrations")
    else:
        from services.billing.app import SPEC
        from services.chassis.cli import main
        from services.contracts import EVENTS

        main(SPEC, EVENTS)
