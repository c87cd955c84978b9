"""Starts the gateway: ``python -m services.gateway [serve|migrate|keys DIR]``."""

from pathlib import Path

from services.chassis import migrating

if __name__ == "__main__":
    if migrating.is_asked_for():
        migrating.migrate("gateway", Path(__file__).parent / "migrations")
    else:
        from services.gateway.cli import main

        main()
