"""Which service answers which path: the gateway's routing table, as data.

The first path segment after the door's prefix decides. What is not named here is not
reachable from outside, whatever a service happens to serve.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

GATEWAY: Final = "gateway"
"""Name under which the gateway's own resources stand in the table."""

SERVICES: Final = ("onboarding", "collab_model", "billing")
"""The services behind the door, in the fixed order in which their clocks are moved."""

ROUTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "agencies": "onboarding",
        "catalogue": "onboarding",
        "cases": "onboarding",
        "agreements": "onboarding",
        "delegations": "onboarding",
        "deviations": "onboarding",
        "exits": "onboarding",
        "pipeline": "onboarding",
        "calendars": "collab_model",
        "service-hours": "collab_model",
        "matters": "collab_model",
        "clock-warnings": "collab_model",
        "clock-rules": "collab_model",
        "internal-levels": "collab_model",
        "readings": "collab_model",
        "levels": "collab_model",
        "periods": "collab_model",
        "statements": "collab_model",
        "level-causes": "collab_model",
        "risks": "collab_model",
        "tertial-reports": "collab_model",
        "attainment": "collab_model",
        "foresight": "collab_model",
        "forums": "collab_model",
        "meetings": "collab_model",
        "tariffs": "billing",
        "quotes": "billing",
        "price-items": "billing",
        "subscriptions": "billing",
        "volumes": "billing",
        "billing-periods": "billing",
        "actual-prices": "billing",
        "invoices": "billing",
        "true-ups": "billing",
        "credits": "billing",
        "customers": "billing",
        "final-settlements": "billing",
        "start-up-costs": "billing",
        "cost-arrangement-templates": "billing",
        "cost-arrangements": "billing",
        "cost-sharings": "billing",
        "index-values": "billing",
        "cost-pools": "billing",
        "cost-entries": "billing",
        "cost-imports": "billing",
        "cost-mappings": "billing",
        "overhead-plans": "billing",
        "pool-readings": "billing",
        "cost-distributions": "billing",
        "cost-statements": "billing",
        "ledger": "billing",
        "savings": "billing",
        "comparisons": "billing",
        "results": "billing",
        "result-openings": "billing",
        "full-time-equivalents": "billing",
        "productivity": "billing",
        "cost-per-unit": "billing",
        "indicators": "billing",
        "preparedness-agencies": "billing",
        "clients": GATEWAY,
        "clock": GATEWAY,
    }
)


FILE_PATHS: Final = (
    "agencies/imports",
    "cases/{id}/documents",
    "cases/{id}/comparisons/import",
    "cases/{id}/parallel-runs/file",
    "readings/imports",
    "cost-imports",
    "tariffs/imports",
    "volumes/files",
)
"""Where a body is a file and not JSON; which kinds and how large, the service says."""

STREAMED_PATHS: Final = frozenset({"volumes/files"})
"""Those of them whose files may be too large for memory: passed on piece by piece."""

_FILE_PATH = re.compile("|".join(path.replace("{id}", "[^/]+") for path in FILE_PATHS))


class Door(StrEnum):
    """The two sides of the centre, each with its own prefix and its own roles."""

    AGENCY = "/v1"
    STAFF = "/ops/v1"


@dataclass(frozen=True)
class Target:
    """Where a path leads: through which door, to which service."""

    door: Door
    service: str


def door_of(path: str) -> Door | None:
    """The door a path goes through, or None when it goes through neither."""
    for door in (Door.STAFF, Door.AGENCY):
        if path == door.value or path.startswith(f"{door.value}/"):
            return door
    return None


def takes_a_file(path: str) -> bool:
    """Whether a path is one to which files are sent.

    Args:
        path: a normalised path without query.
    """
    door = door_of(path)
    return door is not None and _FILE_PATH.fullmatch(path[len(door.value) + 1 :]) is not None


def is_streamed(path: str) -> bool:
    """Whether the file that is sent to a path is passed on while it comes.

    Args:
        path: a normalised path without query.
    """
    door = door_of(path)
    return door is not None and path[len(door.value) + 1 :] in STREAMED_PATHS


def find(path: str) -> Target | None:
    """The target of a path, or None when the table does not know it.

    Args:
        path: a normalised path without query, such as ``/v1/cases/0190-...``.
    """
    door = door_of(path)
    if door is None:
        return None
    segment = path[len(door.value) + 1 :].partition("/")[0]
    service = ROUTES.get(segment)
    if service is None or (service == GATEWAY and door is Door.AGENCY):
        return None
    return Target(door, service)
