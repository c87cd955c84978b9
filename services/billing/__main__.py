"""Starts billing: ``python -m services.billing``."""

from services.billing.app import SPEC
from services.chassis.cli import main
from services.contracts import EVENTS

if __name__ == "__main__":
    main(SPEC, EVENTS)
