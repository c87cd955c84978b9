"""The case and its way through the phases (DOMAIN.md section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

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


class CaseStatus(StrEnum):
    """Whether a case goes on, stands still or has ended."""

    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"

    @property
    def is_open(self) -> bool:
        """Whether the case has not ended."""
        return self in {CaseStatus.ACTIVE, CaseStatus.PAUSED}


@dataclass(frozen=True)
class ServiceInCase:
    """A service of a case; ``live_on`` is set when it went live."""

    service: str
    live_on: date | None = None


@dataclass(frozen=True)
class Case:
    """One customer's way through the five phases, for one or more services.

    Attributes:
        version: counts the case's changes and orders its events.
        catalogue_version: the version of the catalogue that its services are taken from.
        status_reason: why it is paused or withdrawn.
        paused_on: the day from which it stands still; set while it is paused.
        expected_resume_on: when it is expected to go on; set while it is paused.
        ended_at: when it was withdrawn or completed.
        days_paused: how many days the phase it is in has stood still, when it goes on.
        reopened: per kind of thing, the instant of its latest reopening; what was stated
            about it until then is history and no longer counts.
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
    catalogue_version: str
    status: CaseStatus = CaseStatus.ACTIVE
    status_reason: str | None = None
    paused_on: date | None = None
    expected_resume_on: date | None = None
    ended_at: datetime | None = None
    days_paused: int = 0
    reopened: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def service_keys(self) -> tuple[str, ...]:
        """The keys of the case's services."""
        return tuple(entry.service for entry in self.services)

    @property
    def live_services(self) -> tuple[str, ...]:
        """The keys of those of its services that are in operation."""
        return tuple(entry.service for entry in self.services if entry.live_on is not None)

    def counts(self, what: str, stated_at: datetime) -> bool:
        """Whether something stated at an instant still counts, or was reopened after it.

        Args:
            what: the kind of thing, as ``data/send_back.yaml`` names it.
            stated_at: when it was drafted, signed, stated or decided.
        """
        reopened = self.reopened.get(what)
        return reopened is None or stated_at > reopened


class SentBackPastGoLiveError(Exception):
    """A case with a service in operation does not go back to before go-live."""


class ServiceIsLiveError(Exception):
    """A case with a service in operation is not withdrawn but left in order."""


def next_phase(phase: Phase) -> Phase | None:
    """The phase after this one; None after the last."""
    position = ROUTE.index(phase) + 1
    return ROUTE[position] if position < len(ROUTE) else None


def open_key(org_number: str, service: str) -> str:
    """What may exist only once while a case is open: an agency's case for a service."""
    return f"{org_number}/{service}"


def paused(case: Case, on: date, expected_resume_on: date, reason: str) -> Case:
    """An active case that stands still from a day on."""
    return replace(
        case,
        status=CaseStatus.PAUSED,
        paused_on=on,
        expected_resume_on=expected_resume_on,
        status_reason=reason,
    )


def days_still(case: Case, on: date) -> int:
    """How many days a case has stood still by a day, in the pause that it is in."""
    return max(0, (on - case.paused_on).days) if case.paused_on is not None else 0


def resumed(case: Case, on: date) -> Case:
    """A paused case that goes on where it stood; the time it stood still does not count."""
    return replace(
        case,
        status=CaseStatus.ACTIVE,
        paused_on=None,
        expected_resume_on=None,
        status_reason=None,
        days_paused=case.days_paused + days_still(case, on),
    )


def withdrawn(case: Case, at: datetime, reason: str) -> Case:
    """A case that one party has ended before any of its services was in operation.

    Raises:
        ServiceIsLiveError: a service is live; it is left under the agreement's terms.
    """
    if case.live_services:
        raise ServiceIsLiveError
    return replace(
        case,
        status=CaseStatus.WITHDRAWN,
        status_reason=reason,
        ended_at=at,
        paused_on=None,
        expected_resume_on=None,
    )


def entered(case: Case, phase: Phase, at: datetime) -> Case:
    """A case in the phase it has entered; the last one completes it."""
    last = phase is Phase.STABLE
    return replace(
        case,
        phase=phase,
        phase_entered_at=at,
        days_paused=0,
        status=CaseStatus.COMPLETED if last else case.status,
        ended_at=at if last else case.ended_at,
    )


def sent_back(case: Case, to: Phase, at: datetime, reopened: frozenset[str]) -> Case:
    """A case in an earlier phase, with what has to be done anew.

    Which ways back there are is data (``ways_back``); none of them leads forward.

    Raises:
        SentBackPastGoLiveError: a service of the case is in operation.
    """
    if case.live_services:
        raise SentBackPastGoLiveError
    return replace(
        case,
        phase=to,
        phase_entered_at=at,
        days_paused=0,
        reopened={**case.reopened, **dict.fromkeys(reopened, at)},
    )


def clock_day(case: Case, day: date) -> date:
    """The day that due dates are held against: while a case is paused, the clock stands."""
    return case.paused_on if case.paused_on is not None else day
