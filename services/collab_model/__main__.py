"""Starts collab_model: ``python -m services.collab_model``."""

from pathlib import Path

from services.chassis import migrating

if __name__ == "__main__":
    if migrating.is_asked_for():
        migrating.migrate("collab_model", Path(__file__).parent / "migrations")
    else:
        from services.chassis.cli import main
        from services.collab_model.app import SPEC
        from services.contracts import EVENTS

        main(SPEC, EVENTS)
