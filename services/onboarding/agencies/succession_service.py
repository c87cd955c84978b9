"""Use cases: settle which successor of a split takes a case over; tell who the customer was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import LifeEventKind
from services.onboarding.agencies import (
    effects,
    life_event_repository,
    passings,
    repository,
    succession_repository,
)
from services.onboarding.agencies.history import KnownPeriod, as_of, in_force
from services.onboarding.agencies.life_event_repository import Record
from services.onboarding.agencies.problems import NO_DECISION_NEEDED, NOT_A_SUCCESSOR
from services.onboarding.agencies.service import get, stockholm_day
from services.onboarding.agencies.succession import (
    CaseHeld,
    Consequence,
    Passing,
    Step,
    customer_on,
)
from services.onboarding.agencies.succession_repository import CustomerOfCase, Signed
from services.onboarding.cases.service import acting


@dataclass(frozen=True)
class CustomersWanted:
    """Which customers are asked about, and as of when; what is None does not limit them."""

    valid_on: date | None = None
    known_at: datetime | None = None
    org_number: str | None = None
    case_id: str | None = None
    agreement_id: str | None = None


@dataclass(frozen=True)
class Customer:
    """Who the customer of a case and its agreement was on a day, as known at an instant.

    ``standing`` is what the register said of the agency then; None when it did not know it
    yet. ``first`` is whom the case was opened for, ``steps`` lead from there.
    """

    case: CustomerOfCase
    valid_on: date
    known_at: datetime
    org_number: str
    standing: KnownPeriod | None
    first: str
    steps: tuple[Step, ...]
    signed: Signed | None


async def settle(
    uow: UnitOfWork, org_number: str, life_event_id: str, case_id: str, successor: str
) -> tuple[Passing, tuple[Consequence, ...]]:
    """Settle which successor of a split takes a case over, with what is signed in it.

    Before the day of the split the decision can be changed; from then on it stands.

    Raises:
        Problem: ``not_found``, ``not_a_successor``, ``no_decision_needed``.
    """
    await get(uow, org_number)
    await repository.lock(uow.session, [org_number, successor])
    split = await _split(uow, org_number, life_event_id)
    if successor not in split.event.successors:
        raise Problem(
            NOT_A_SUCCESSOR,
            f"{successor} is none of {', '.join(split.event.successors)}, the successors that"
            " the split names.",
            successors=list(split.event.successors),
        )
    case = await _undecided(uow, split, case_id)
    due = split.applied_at is not None
    passing = Passing(
        id=new_id(),
        case_id=case_id,
        life_event_id=life_event_id,
        from_org=org_number,
        to_org=successor,
        effective_on=split.event.effective_on,
        recorded_at=uow.now,
        decided=True,
    )
    await life_event_repository.add_passing(uow.session, passing)
    await passings.tell(uow, passing)
    if due:
        return passing, await effects.carry_out_decision(uow, split.event, passing)
    return passing, await effects.plan_decision(uow, split.event, case, successor)


async def _split(uow: UnitOfWork, org_number: str, life_event_id: str) -> Record:
    found = await life_event_repository.find(uow.session, life_event_id)
    if found is None or found.event.org_number != org_number:
        raise not_found("life event")
    events = (await life_event_repository.events_of(uow.session, [org_number]))[org_number]
    counts = found.event.id in {event.id for event in in_force(events)}
    if found.event.kind is not LifeEventKind.SPLIT or not counts:
        raise Problem(NO_DECISION_NEEDED, "That record is no split, or it was corrected.")
    return found


async def _undecided(uow: UnitOfWork, split: Record, case_id: str) -> CaseHeld:
    held = await succession_repository.cases_of(uow.session, split.event.org_number)
    case = next((case for case in held if case.id == case_id), None)
    known = await life_event_repository.passings(uow.session, case_ids=[case_id])
    if case is None and not known:
        raise not_found("case")
    decided = [
        passing
        for passing in known
        if passing.life_event_id == split.event.id and passing.withdrawn_at is None
    ]
    if case is None or any(passing.applied for passing in decided):
        raise Problem(
            NO_DECISION_NEEDED,
            f"The case has gone over already, or stays with {split.event.org_number}; a wrong"
            " decision is undone by correcting the split.",
        )
    for passing in decided:
        await passings.withdraw(uow, passing)
    return case


async def taken_over_by(uow: UnitOfWork, org_number: str) -> frozenset[str]:
    """The agencies that have been absorbed by an agency until today, directly or not."""
    found: set[str] = set()
    waiting = {org_number}
    while waiting:
        heir = waiting.pop()
        for event in await life_event_repository.naming(uow.session, heir):
            passed = event.kind is LifeEventKind.MERGED
            due = event.effective_on <= stockholm_day(uow.now)
            if passed and due and event.org_number not in found:
                found.add(event.org_number)
                waiting.add(event.org_number)
    return frozenset(found - {org_number})


async def customers(
    uow: UnitOfWork, wanted: CustomersWanted, after: str | None, limit: int
) -> Sequence[Customer]:
    """Who the customers of cases and their agreements were, by the order of the cases.

    An agency is told of the cases that are its own today.
    """
    day, instant = wanted.valid_on or stockholm_day(uow.now), wanted.known_at or uow.now
    found = await succession_repository.customers(
        uow.session,
        scope=acting(uow).scope,
        org_number=wanted.org_number,
        case_id=wanted.case_id,
        agreement_id=wanted.agreement_id,
        after=after,
        limit=limit,
    )
    ids = [case.case_id for case in found]
    signed = await succession_repository.signed(uow.session, ids)
    known: dict[str, list[Passing]] = {case_id: [] for case_id in ids}
    for passing in await life_event_repository.passings(uow.session, case_ids=ids):
        known[passing.case_id].append(passing)
    first = {
        case.case_id: known[case.case_id][0].from_org if known[case.case_id] else case.org_number
        for case in found
    }
    histories = await _histories(uow, {*first.values(), *_named(known.values())})
    standing = {org_number: as_of(told, day, instant) for org_number, told in histories.items()}
    return [
        _customer(case, day, instant, first[case.case_id], standing, known, signed)
        for case in found
    ]


def _customer(
    case: CustomerOfCase,
    day: date,
    instant: datetime,
    first: str,
    standing: dict[str, KnownPeriod | None],
    known: dict[str, list[Passing]],
    signed: dict[str, Signed],
) -> Customer:
    org_number, steps = customer_on(first, day, instant, standing.get, known[case.case_id])
    return Customer(
        case,
        day,
        instant,
        org_number,
        standing.get(org_number),
        first,
        steps,
        signed.get(case.case_id),
    )


def _named(known: Iterable[Sequence[Passing]]) -> set[str]:
    return {passing.to_org for several in known for passing in several}


async def _histories(uow: UnitOfWork, org_numbers: set[str]) -> dict[str, tuple[KnownPeriod, ...]]:
    """The histories of agencies, and of all that ever succeeded them."""
    found: dict[str, tuple[KnownPeriod, ...]] = {}
    missing = org_numbers
    while missing:
        found |= await life_event_repository.histories(uow.session, missing)
        named = {
            successor
            for known in found.values()
            for row in known
            for successor in row.period.standing.successors
        }
        missing = named - set(found)
    return found
