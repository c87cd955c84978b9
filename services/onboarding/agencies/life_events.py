"""Which life events can be recorded: what has to hold between them, before anything is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.contracts.values import LifeEventKind
from services.onboarding.agencies.domain import AgencyStatus
from services.onboarding.agencies.history import (
    LifeEvent,
    Period,
    Registration,
    in_force,
    periods,
)


class Fault(StrEnum):
    """Why a record is refused; each is a problem code of its own."""

    BEFORE_REGISTRATION = "life_event_before_registration"
    AGENCY_CEASED = "agency_ceased"
    OUT_OF_ORDER = "life_events_out_of_order"
    CONTRADICTED = "life_event_contradicted"
    NOTHING_CHANGES = "life_event_changes_nothing"
    SUCCESSOR_IS_ITSELF = "successor_is_itself"
    SUCCESSOR_UNKNOWN = "successor_unknown"
    SUCCESSOR_CEASED = "successor_ceased"
    SPLIT_NEEDS_SUCCESSORS = "split_needs_successors"
    AWAITED_AS_SUCCESSOR = "awaited_as_successor"
    SUCCESSION_CIRCULAR = "succession_circular"


class LifeEventRefusedError(ValueError):
    """A record that cannot be: which rule it breaks, and in words."""

    def __init__(self, fault: Fault, told: str) -> None:
        super().__init__(told)
        self.fault = fault
        self.told = told


@dataclass(frozen=True)
class Entry:
    """What the register holds of one agency: where it begins and the records that count."""

    registration: Registration
    events: tuple[LifeEvent, ...] = ()

    @classmethod
    def of(
        cls, registration: Registration, events: Iterable[LifeEvent], without: str | None = None
    ) -> Entry:
        """An entry from all records, leaving out the one that is about to be corrected."""
        kept = [event for event in in_force(events) if event.id != without]
        return cls(registration, tuple(kept))

    @property
    def periods(self) -> tuple[Period, ...]:
        """What is true when."""
        return periods(self.registration, self.events)

    def on(self, day: date) -> Period | None:
        """What is true on a day; None before the register answers for it."""
        return next((period for period in self.periods if period.holds_on(day)), None)


def check(
    event: LifeEvent,
    own: Entry,
    successors: Mapping[str, Entry],
    naming: Sequence[LifeEvent],
) -> None:
    """Refuse a record that does not fit what the register holds.

    Args:
        event: what is to be recorded.
        own: the agency's entry, without the record that this one replaces.
        successors: the entries of the named successors, as far as they are registered.
        naming: the records of other agencies that name this one as a successor.

    Raises:
        LifeEventRefusedError: with the rule it breaks.
    """
    _check_time(event, own)
    _check_contradiction(event, own)
    if event.kind in {LifeEventKind.MERGED, LifeEventKind.SPLIT}:
        _check_successors(event, successors)
    if event.ends_agency:
        _check_awaited(event, naming)
    _check_change(event, own)


def _check_time(event: LifeEvent, own: Entry) -> None:
    day = event.effective_on
    if day < own.registration.valid_from:
        raise LifeEventRefusedError(
            Fault.BEFORE_REGISTRATION,
            f"The register answers for {event.org_number} from {own.registration.valid_from} on;"
            f" {day} lies before that.",
        )
    ends = [known for known in own.events if known.ends_agency]
    if ends and (event.ends_agency or ends[0].effective_on <= day):
        raise LifeEventRefusedError(
            Fault.AGENCY_CEASED,
            f"{event.org_number} ends on {ends[0].effective_on} ({ends[0].kind.value}); correct"
            " or withdraw that record if it is wrong.",
        )
    later = [known.effective_on for known in own.events if known.effective_on > day]
    if event.ends_agency and later:
        raise LifeEventRefusedError(
            Fault.OUT_OF_ORDER,
            f"{event.org_number} cannot end on {day}: something is recorded of it for"
            f" {later[0]}. Correct or withdraw that record first.",
        )


def _check_contradiction(event: LifeEvent, own: Entry) -> None:
    """Nobody gets two names or two seats on one day; a wrong record is corrected."""
    for known in own.events:
        same_day = known.effective_on == event.effective_on
        other = (known.name, known.city) != (event.name, event.city)
        if known.kind is event.kind and same_day and other and not event.ends_agency:
            raise LifeEventRefusedError(
                Fault.CONTRADICTED,
                f"{event.org_number} has a record of the same kind for {event.effective_on} that"
                " says otherwise; correct that record instead.",
            )


def _check_successors(event: LifeEvent, successors: Mapping[str, Entry]) -> None:
    if event.kind is LifeEventKind.SPLIT:
        if len(set(event.successors)) < 2:
            raise LifeEventRefusedError(
                Fault.SPLIT_NEEDS_SUCCESSORS,
                "A split needs two or more different successors; with one it is a merger.",
            )
    elif event.org_number in event.successors:
        raise LifeEventRefusedError(
            Fault.SUCCESSOR_IS_ITSELF,
            f"{event.org_number} cannot be absorbed by itself; name the agency that takes over.",
        )
    for org_number in event.successors:
        if org_number == event.org_number:
            continue
        entry = successors.get(org_number)
        if entry is None:
            raise LifeEventRefusedError(
                Fault.SUCCESSOR_UNKNOWN,
                f"{org_number} is not registered; register the successor first.",
            )
        _check_successor(event, org_number, entry)


def _check_successor(event: LifeEvent, org_number: str, entry: Entry) -> None:
    if any(event.org_number in known.successors and known.ends_agency for known in entry.events):
        raise LifeEventRefusedError(
            Fault.SUCCESSION_CIRCULAR,
            f"{org_number} is itself succeeded by {event.org_number}; each would be the"
            " other's successor.",
        )
    period = entry.on(event.effective_on)
    if period is None:
        raise LifeEventRefusedError(
            Fault.SUCCESSOR_UNKNOWN,
            f"The register answers for {org_number} from {entry.registration.valid_from} on,"
            f" not on {event.effective_on}.",
        )
    if period.standing.status is not AgencyStatus.ACTIVE:
        raise LifeEventRefusedError(
            Fault.SUCCESSOR_CEASED,
            f"{org_number} has ended by {event.effective_on} ({period.standing.status.value});"
            " name the agency that takes over in its place.",
        )


def _check_awaited(event: LifeEvent, naming: Sequence[LifeEvent]) -> None:
    for other in naming:
        if other.effective_on >= event.effective_on:
            raise LifeEventRefusedError(
                Fault.AWAITED_AS_SUCCESSOR,
                f"{event.org_number} is to succeed {other.org_number} on {other.effective_on}"
                " and cannot end before that; correct one of the two records.",
            )


def _check_change(event: LifeEvent, own: Entry) -> None:
    period = own.on(event.effective_on)
    if period is None:
        return
    standing = period.standing
    if event.kind is LifeEventKind.RENAMED and standing.name == event.name:
        told = f"It is called {event.name} on {event.effective_on} already."
    elif event.kind is LifeEventKind.MOVED and standing.city == event.city:
        told = f"Its seat is {event.city} on {event.effective_on} already."
    else:
        return
    raise LifeEventRefusedError(Fault.NOTHING_CHANGES, told)
