"""Who takes over: the customer of a case on a day, and what a life event does to cases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.contracts.values import LifeEventKind
from services.onboarding.agencies.domain import AgencyStatus
from services.onboarding.agencies.history import KnownPeriod, LifeEvent

Lookup = Callable[[str], KnownPeriod | None]
"""What the register says of an agency on the day and at the instant that are asked about."""


@dataclass(frozen=True)
class Passing:
    """That a case went from one agency to another: by a merger, or decided after a split.

    ``withdrawn_at``: when the life event behind it turned out to be wrong. ``agreement_id``:
    the agreement that the other services were told goes along; None when they follow the
    life event itself, or nothing is signed.
    """

    id: str
    case_id: str
    life_event_id: str
    from_org: str
    to_org: str
    effective_on: date
    recorded_at: datetime
    decided: bool
    applied: bool = False
    withdrawn_at: datetime | None = None
    agreement_id: str | None = None

    def known_at(self, instant: datetime) -> bool:
        """Whether it counted at the instant."""
        return self.recorded_at <= instant and (
            self.withdrawn_at is None or instant < self.withdrawn_at
        )


@dataclass(frozen=True)
class Step:
    """One succession on the way from the first customer of a case to the one asked for."""

    from_org: str
    to_org: str
    effective_on: date


def customer_on(
    first: str, day: date, known_at: datetime, lookup: Lookup, passings: Iterable[Passing]
) -> tuple[str, tuple[Step, ...]]:
    """Who the customer of a case was on a day, as the register knew it at an instant.

    Follows mergers by the register itself, so that a case opened after a merger was recorded
    is answered for as well; and what was decided after splits.

    Args:
        first: whom the case was opened for.
        day: the day asked about.
        known_at: what is known at that instant counts.
        lookup: what the register says of an agency on that day and at that instant.
        passings: the case's own.
    """
    decided = [p for p in passings if p.decided and p.known_at(known_at)]
    current, steps = first, list[Step]()
    since = date.min
    while True:
        step = _next(current, since, day, lookup, decided)
        if step is None or step in steps:
            return current, tuple(steps)
        steps.append(step)
        current, since = step.to_org, step.effective_on


def _next(
    current: str, since: date, day: date, lookup: Lookup, decided: Iterable[Passing]
) -> Step | None:
    for passing in sorted(decided, key=lambda p: (p.effective_on, p.recorded_at)):
        if (
            passing.from_org == current
            and since <= passing.effective_on <= day
            and current != passing.to_org
        ):
            return Step(current, passing.to_org, passing.effective_on)
    known = lookup(current)
    if known is None or known.period.standing.status is not AgencyStatus.MERGED:
        return None
    return Step(current, known.period.standing.successors[0], known.period.valid_from)


class Effect(StrEnum):
    """What a life event does to a case or an agreement."""

    NAME_SHOWN = "name_shown"
    CASE_PASSES = "case_passes"
    CASE_RETURNS = "case_returns"
    CASE_WITHDRAWN = "case_withdrawn"
    CASE_STAYS_WITHDRAWN = "case_stays_withdrawn"
    AGREEMENT_PASSES = "agreement_passes"
    AGREEMENT_RETURNS = "agreement_returns"
    PARTY_PASSES = "party_passes"
    PARTY_RETURNS = "party_returns"
    AGREEMENT_ENDS = "agreement_ends"
    AGREEMENT_STAYS_ENDED = "agreement_stays_ended"
    DECISION_NEEDED = "decision_needed"


@dataclass(frozen=True)
class Consequence:
    """One effect, on one case or on the agreement of one, told in a sentence."""

    effect: Effect
    case_id: str
    services: tuple[str, ...]
    told: str
    agreement_id: str | None = None
    to_org: str | None = None


@dataclass(frozen=True)
class CaseHeld:
    """A case of the agency that something happens to, as far as that matters here.

    ``agreement_id``: its agreement where one is signed and has not ended. ``live``: whether
    any of its services is in operation.
    """

    id: str
    services: tuple[str, ...]
    is_open: bool
    live: bool
    agreement_id: str | None
    agreement_until: date | None = None


def consequences(
    event: LifeEvent,
    cases: Sequence[CaseHeld],
    open_at_successor: Collection[str] = (),
) -> tuple[Consequence, ...]:
    """What recording a life event does to the agency's cases and agreements.

    Args:
        event: the life event.
        cases: every case of the agency that is not withdrawn.
        open_at_successor: the services for which a merger's successor has an open case.
    """
    found: list[Consequence] = []
    for case in cases:
        found.extend(_of_case(event, case, open_at_successor))
    return tuple(found)


def _of_case(
    event: LifeEvent, case: CaseHeld, open_at_successor: Collection[str]
) -> list[Consequence]:
    if event.kind is LifeEventKind.RENAMED:
        return _named(case, event) if case.is_open else []
    if event.kind is LifeEventKind.MOVED:
        return []
    if event.kind is LifeEventKind.SPLIT:
        return _undecided(case, event)
    if event.kind is LifeEventKind.CLOSED:
        return _closed(case, event)
    return taken_over(case, event.successors[0], event.effective_on, open_at_successor)


def _named(case: CaseHeld, event: LifeEvent) -> list[Consequence]:
    told = (
        f"What is drafted from {event.effective_on} on carries the name {event.name};"
        " what is signed stays as it was signed."
    )
    return [Consequence(Effect.NAME_SHOWN, case.id, case.services, told)]


def _undecided(case: CaseHeld, event: LifeEvent) -> list[Consequence]:
    told = (
        f"{event.org_number} is split on {event.effective_on}; the centre has to settle which"
        f" of {', '.join(event.successors)} takes this case over, and what is signed in it."
    )
    return [Consequence(Effect.DECISION_NEEDED, case.id, case.services, told, case.agreement_id)]


def _closed(case: CaseHeld, event: LifeEvent) -> list[Consequence]:
    found: list[Consequence] = []
    if case.is_open:
        told = f"The case is withdrawn: the agency closes on {event.effective_on}."
        found.append(Consequence(Effect.CASE_WITHDRAWN, case.id, case.services, told))
    if case.agreement_id is not None and _outlasts(case, event.effective_on):
        told = f"The agreement ends with the day before {event.effective_on}: the agency closes."
        found.append(_about(Effect.AGREEMENT_ENDS, case, told))
    return found


def _outlasts(case: CaseHeld, day: date) -> bool:
    return case.agreement_until is None or case.agreement_until >= day


def taken_over(
    case: CaseHeld, to_org: str, day: date, open_at_successor: Collection[str]
) -> list[Consequence]:
    """What happens to a case that another agency takes over on a day.

    It passes, with what is signed in it. Where the successor has an open case for one of its
    services already, and nothing of it is in operation, it is withdrawn instead.
    """
    doubled = [service for service in case.services if service in open_at_successor]
    signed = case.agreement_id is not None and _outlasts(case, day)
    if case.is_open and doubled and not case.live:
        left = [service for service in case.services if service not in doubled]
        told = (
            f"The case is withdrawn on {day}: {to_org} has an open case for {', '.join(doubled)}."
        )
        if left:
            told += f" A new case of {to_org} is needed for {', '.join(left)}."
        found = [Consequence(Effect.CASE_WITHDRAWN, case.id, case.services, told, None, to_org)]
        if signed:
            told = f"The agreement, not yet in operation, ends with the day before {day}."
            found.append(_about(Effect.AGREEMENT_ENDS, case, told))
        return found
    told = f"The case passes to {to_org} on {day}."
    found = [Consequence(Effect.CASE_PASSES, case.id, case.services, told, None, to_org)]
    if signed:
        told = f"{to_org} succeeds as the party of the agreement on {day}; it stays in force."
        found.append(_about(Effect.AGREEMENT_PASSES, case, told, to_org))
    return found


def party_passes(event: LifeEvent, case_id: str, agreement_id: str) -> Consequence:
    """That a merger's successor takes part in an agreement of others in the agency's place."""
    (to_org,) = event.successors
    told = f"{to_org} takes part in the agreement from {event.effective_on} on, in place of"
    told += f" {event.org_number}."
    return Consequence(Effect.PARTY_PASSES, case_id, (), told, agreement_id, to_org)


def undone(
    event: LifeEvent, done: Sequence[Consequence], returning: Collection[str], live: Collection[str]
) -> tuple[Consequence, ...]:
    """What correcting a record does to what it did; what cannot be undone is said as well.

    Args:
        event: the record that turned out to be wrong.
        done: what it did.
        returning: the cases that go back to the agency.
        live: the cases of which something is in operation.
    """
    found: list[Consequence] = []
    for effect in done:
        back: Effect | None = None
        told = ""
        if effect.effect is Effect.NAME_SHOWN:
            back = Effect.NAME_SHOWN
            told = f"The record of the name {event.name} was wrong; drafts carry the right one."
        elif effect.effect is Effect.CASE_PASSES and effect.case_id in returning:
            back, told = Effect.CASE_RETURNS, f"The case returns to {event.org_number}."
        elif effect.effect is Effect.AGREEMENT_PASSES and effect.case_id in returning:
            back = Effect.AGREEMENT_RETURNS
            told = f"{event.org_number} is the party of the agreement again."
        elif effect.effect is Effect.PARTY_PASSES:
            back, told = Effect.PARTY_RETURNS, f"{event.org_number} takes part in it again."
        elif effect.effect is Effect.CASE_WITHDRAWN:
            back = Effect.CASE_STAYS_WITHDRAWN
            told = "The case stays withdrawn; open a new one where it is still wanted."
        elif effect.effect is Effect.AGREEMENT_ENDS and effect.case_id in live:
            back = Effect.AGREEMENT_RETURNS
            told = "The agreement is in force again, until the day that it was signed for."
        elif effect.effect is Effect.AGREEMENT_ENDS:
            back = Effect.AGREEMENT_STAYS_ENDED
            told = "The agreement stays ended, with the case that it belonged to."
        if back is not None:
            found.append(replace(effect, effect=back, told=told, to_org=None))
    return tuple(found)


def _about(effect: Effect, case: CaseHeld, told: str, to_org: str | None = None) -> Consequence:
    return Consequence(effect, case.id, case.services, told, case.agreement_id, to_org)
