"""Starts onboarding: ``python -m services.onboarding``."""

from pathlib import Path

from services.chassis import migrating

if __name__ == "__main__":
    if migrating.is_asked_for():
        migrating.migrate("onboarding", Path(__file__).parent / "migrations")
    else:
        from services.chassis.cli import main
        from services.contracts import EVENTS
        from services.onboarding.app import SPEC

        main(SPEC, EVENTS)
