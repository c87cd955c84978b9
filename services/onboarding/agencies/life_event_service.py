"""Use cases: record a life event, correct or withdraw one, settle a split, tell histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy.exc import IntegrityError

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgencyLifeEventRecorded
from services.contracts.values import LifeEventKind
from services.onboarding.agencies import effects, life_event_repository, repository
from services.onboarding.agencies.domain import Agency
from services.onboarding.agencies.history import (
    LifeEvent,
    Registration,
    in_force,
    periods,
)
from services.onboarding.agencies.life_event_repository import Record
from services.onboarding.agencies.life_events import Entry, LifeEventRefusedError, check
from services.onboarding.agencies.problems import (
    LIFE_EVENT_ALREADY_CORRECTED,
    LIFE_EVENT_FAULTS,
)
from services.onboarding.agencies.service import (
    get,
    in_short,
    rewrite_history,
    stockholm_day,
    who,
)
from services.onboarding.agencies.succession import Consequence

TAKE_EFFECT = "agency-life-event"


@dataclass(frozen=True)
class NewLifeEvent:
    """A life event as somebody enters it."""

    kind: LifeEventKind
    effective_on: date
    name: str | None = None
    city: str | None = None
    successors: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class Foreseen:
    """A life event as it would be recorded, and what it would do."""

    event: LifeEvent
    consequences: tuple[Consequence, ...]
    takes_effect_at_once: bool


async def preview(uow: UnitOfWork, org_number: str, new: NewLifeEvent) -> Foreseen:
    """What recording a life event would do, with the cases as they are; nothing is kept.

    Raises:
        Problem: as ``record`` does.
    """
    _, event = await _checked(uow, org_number, new)
    planned = await effects.foreseen(uow, event)
    return Foreseen(event, planned, event.effective_on <= stockholm_day(uow.now))


async def record(uow: UnitOfWork, org_number: str, new: NewLifeEvent) -> tuple[Agency, Record]:
    """Record what happened or will happen to an agency; on its day it takes effect.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, and a code for each rule of
            ``life_events.check``.
    """
    agency, event = await _checked(uow, org_number, new)
    return await _keep(uow, agency, event, ())


async def record_end(uow: UnitOfWork, agency: Agency, day: date) -> None:
    """Record that a newly entered agency has ended, or will on a day ahead.

    Args:
        agency: entered in this unit of work, its history begun.
        day: the first day without it; not before ``agency.valid_from``.
    """
    event = LifeEvent(new_id(), agency.org_number, LifeEventKind.CLOSED, day, uow.now)
    await _keep(uow, agency, event, ())


async def correct(
    uow: UnitOfWork,
    org_number: str,
    life_event_id: str,
    reason: str,
    replacement: NewLifeEvent | None,
) -> tuple[Agency, Record]:
    """Replace a record that was wrong, or withdraw it; what it did is undone where it can be.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``life_event_already_corrected``,
            and a code for each rule of ``life_events.check``.
    """
    wrong = await _of(uow, org_number, life_event_id)
    await _locked(uow, org_number, wrong.event.successors)
    wrong = await _of(uow, org_number, life_event_id)
    await _require_uncorrected(uow, wrong)
    if replacement is None:
        agency = (await repository.find_many(uow.session, [org_number]))[org_number]
        event = replace(
            wrong.event,
            id=new_id(),
            recorded_at=uow.now,
            reason=reason,
            corrects=life_event_id,
            withdrawn=True,
        )
    else:
        agency, event = await _checked(
            uow, org_number, replace(replacement, reason=reason), corrects=life_event_id
        )
    undone: tuple[Consequence, ...] = ()
    if wrong.applied_at is None:
        await uow.cancel_timer(TAKE_EFFECT, life_event_id)
        await effects.forget(uow, wrong.event)
    else:
        undone = await effects.undo(uow, wrong.event, wrong.consequences)
    return await _keep(uow, agency, event, undone)


async def take_effect(uow: UnitOfWork, life_event_id: str) -> None:
    """Let a life event take effect on its day; one that was corrected since does nothing."""
    found = await life_event_repository.find(uow.session, life_event_id)
    if found is None or found.applied_at is not None:
        return
    event = found.event
    agency = (await repository.lock(uow.session, [event.org_number, *event.successors]))[
        event.org_number
    ]
    known = await _events(uow, event.org_number)
    if event.id not in {counting.id for counting in in_force(known)}:
        return
    await _bring_up_to_date(uow, agency)
    done = await effects.carry_out(uow, event)
    await life_event_repository.set_applied(uow.session, event.id, uow.now, done)


async def of_agency(uow: UnitOfWork, org_number: str) -> Sequence[Record]:
    """Every record of an agency the actor may see, as they were recorded.

    Raises:
        Problem: ``not_found``.
    """
    await get(uow, org_number)
    return await life_event_repository.of_agency(uow.session, org_number)


async def _checked(
    uow: UnitOfWork, org_number: str, new: NewLifeEvent, corrects: str | None = None
) -> tuple[Agency, LifeEvent]:
    """The agency, held for a change, and the record as it would be kept."""
    locked = await _locked(uow, org_number, new.successors)
    event = LifeEvent(
        id=new_id(),
        org_number=org_number,
        kind=new.kind,
        effective_on=new.effective_on,
        recorded_at=uow.now,
        name=new.name,
        city=new.city,
        successors=tuple(dict.fromkeys(new.successors)),
        reason=new.reason,
        corrects=corrects,
    )
    events = await life_event_repository.events_of(uow.session, list(locked))
    entries = {
        number: Entry.of(Registration.of(agency), events[number], without=corrects)
        for number, agency in locked.items()
    }
    naming = await life_event_repository.naming(uow.session, org_number)
    try:
        check(event, entries[org_number], entries, naming)
    except LifeEventRefusedError as refused:
        raise Problem(
            LIFE_EVENT_FAULTS[refused.fault], refused.told, org_number=org_number
        ) from refused
    return locked[org_number], event


async def _locked(uow: UnitOfWork, org_number: str, successors: Sequence[str]) -> dict[str, Agency]:
    await get(uow, org_number)
    locked = await repository.lock(uow.session, [org_number, *successors])
    agency = locked[org_number]
    require_version(uow, agency.version, "agency", in_short(agency))
    return locked


async def _keep(
    uow: UnitOfWork, agency: Agency, event: LifeEvent, undone: tuple[Consequence, ...]
) -> tuple[Agency, Record]:
    due = event.effective_on <= stockholm_day(uow.now)
    planned = undone if event.withdrawn else (*undone, *await effects.foreseen(uow, event))
    try:
        async with uow.session.begin_nested():
            await life_event_repository.add(uow.session, event, who(uow), planned)
    except IntegrityError as error:
        raise _corrected_already() from error
    agency = replace(agency, version=agency.version + 1)
    await repository.save(uow.session, agency, uow.now, who(uow))
    await rewrite_history(uow, agency)
    _publish(uow, agency, event)
    if event.withdrawn or due:
        agency = await _bring_up_to_date(uow, agency)
        done = () if event.withdrawn else await effects.carry_out(uow, event)
        await life_event_repository.set_applied(uow.session, event.id, uow.now, (*undone, *done))
    else:
        agency = await _bring_up_to_date(uow, agency)
        await uow.set_timer(TAKE_EFFECT, event.id, _midnight(event.effective_on))
    kept = await life_event_repository.find(uow.session, event.id)
    if kept is None:
        raise LookupError(event.id)
    return agency, kept


async def _bring_up_to_date(uow: UnitOfWork, agency: Agency) -> Agency:
    """Let the entry say what is true today by the records that count."""
    today = stockholm_day(uow.now)
    events = await _events(uow, agency.org_number)
    now_true = next(
        period
        for period in reversed(periods(Registration.of(agency), events))
        if period.valid_from <= today
    )
    standing = now_true.standing
    current = replace(
        agency,
        name=standing.name,
        city=standing.city,
        status=standing.status,
        successors=standing.successors,
    )
    if current == agency:
        return agency
    current = replace(current, version=agency.version + 1)
    await repository.save(uow.session, current, uow.now, who(uow))
    return current


def _publish(uow: UnitOfWork, agency: Agency, event: LifeEvent) -> None:
    uow.record(
        AgencyLifeEventRecorded(
            life_event_id=event.id,
            kind=event.kind,
            org_number=event.org_number,
            effective_on=event.effective_on,
            name=event.name,
            successors=event.successors,
            city=event.city,
            corrects=event.corrects,
            withdrawn=event.withdrawn,
        ),
        version=agency.version,
    )


async def _of(uow: UnitOfWork, org_number: str, life_event_id: str) -> Record:
    await get(uow, org_number)
    found = await life_event_repository.find(uow.session, life_event_id)
    if found is None or found.event.org_number != org_number:
        raise not_found("life event")
    return found


async def _require_uncorrected(uow: UnitOfWork, found: Record) -> None:
    events = await _events(uow, found.event.org_number)
    if found.event.id not in {event.id for event in in_force(events)}:
        raise _corrected_already()


async def _events(uow: UnitOfWork, org_number: str) -> list[LifeEvent]:
    return (await life_event_repository.events_of(uow.session, [org_number]))[org_number]


def _corrected_already() -> Problem:
    return Problem(
        LIFE_EVENT_ALREADY_CORRECTED,
        "That record has been corrected or withdrawn already; correct the record that took its"
        " place, or record anew what happened.",
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=STOCKHOLM)
