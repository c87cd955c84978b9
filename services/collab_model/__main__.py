"""Starts collab_model: ``python -m services.collab_model``."""

from services.chassis.cli import main
from services.collab_model.app import SPEC
from services.contracts import EVENTS

if __name__ == "__main__":
    main(SPEC, EVENTS)
