"""The case and its way through the phases (DOMAIN.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.contracts.values import Phase

ROUTE: tuple[Phase, ...] = (
    Phase.LETTER_OF_INTENT,
    Phase.GAP_ANALYSIS,
    Phase.AGREEMENT,
    Phase.IMPLEMENTATION,
    Phase.STABILISATION,
    Phase.STABLE,
)
"""The phases in their only order."""


@dataclass(frozen=True)
class ServiceInCase:
    """A service of a case; ``live_on`` is set when it went live."""

    service: str
    live_on: date | None = None


@dataclass(frozen=True)
class Case:
    """One customer's way through the five phases, for one or more services.

    ``version`` counts the case's changes and orders its events.
    """

    id: str
    org_number: str
    customer_name: str
    headcount: int
    part_of_state: bool
    phase: Phase
    version: int
    opened_at: datetime
    phase_entered_at: datetime
    services: tuple[ServiceInCase, ...]

    @property
    def service_keys(self) -> tuple[str, ...]:
        """The keys of the case's services."""
        return tuple(entry.service for entry in self.services)


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened in a case, as a readable sentence."""

    id: str
    at: datetime
    who: str
    action: str
    sentence: str


def next_phase(phase: Phase) -> Phase | None:
    """The phase after this one; None after the last."""
    position = ROUTE.index(phase) + 1
    return ROUTE[position] if position < len(ROUTE) else None


def open_key(org_number: str, service: str) -> str:
    """What may exist only once while a case is open: an agency's case for a service."""
    return f"{org_number}/{service}"
