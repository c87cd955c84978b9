"""Starts onboarding: ``python -m services.onboarding``."""

from services.chassis.cli import main
from services.contracts import EVENTS
from services.onboarding.app import SPEC

if __name__ == "__main__":
    main(SPEC, EVENTS)
