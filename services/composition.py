"""Which services make up the centre; what is wired from more than one of them starts here."""

from __future__ import annotations

from services.billing.app import SPEC as BILLING
from services.chassis.broker.topology import Topology
from services.chassis.service import ServiceSpec
from services.collab_model.app import SPEC as COLLAB_MODEL
from services.onboarding.app import SPEC as ONBOARDING

EVENT_SERVICES: tuple[ServiceSpec, ...] = (ONBOARDING, COLLAB_MODEL, BILLING)
"""The services that speak by events; the gateway stands in front of them."""


def subscriptions() -> dict[str, tuple[str, ...]]:
    """The event types each service wants to hear of."""
    return {spec.name: spec.subscriptions for spec in EVENT_SERVICES}


def topology(prefix: str = "ssc") -> Topology:
    """What the broker must hold for the whole centre."""
    return Topology(subscriptions(), prefix)
