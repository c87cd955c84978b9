"""Matters: raised, worked on, and measured by clocks that nobody stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.consumer import NotYet
from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement
from services.collab_model.agreements.live import find_of_customer
from services.collab_model.calendars.service import day_of
from services.collab_model.calendars.swedish_days import service_calendar
from services.collab_model.customers import service as customers
from services.collab_model.levels import repository as levels_repository
from services.collab_model.levels.domain import Level
from services.collab_model.matters import repository
from services.collab_model.matters.domain import (
    JUST_AFTER,
    ClockReading,
    ClockState,
    EventContradictsState,
    Log,
    LogEntry,
    MatterEvent,
    MatterStatus,
    NotThePartysEvent,
    Party,
    next_entry,
    read_clock,
    status_of,
)
from services.collab_model.matters.measuring import targets_among
from services.collab_model.tables import BreachRow, MatterRow
from services.contracts.collab_model import LevelBreached, MatterRaised, MatterResolved
from services.contracts.succession import Scope
from services.contracts.values import MatterKind, Priority

LEVEL_DEADLINE = "level_deadline"
"""Timer: a clock of a matter has passed its deadline."""


@dataclass(frozen=True)
class NewMatter:
    """What a party raises; ``org_number`` is for staff to name the customer with."""

    service: str
    kind: MatterKind
    priority: Priority
    title: str
    description: str
    org_number: str | None = None


@dataclass(frozen=True)
class MatterFile:
    """A matter with its log and what its clocks show now."""

    matter: MatterRow
    log: Log
    clocks: tuple[ClockReading, ...]


async def raise_matter(uow: UnitOfWork, actor: Actor, new: NewMatter) -> MatterFile:
    """Raise a matter about a service in operation; its clocks begin to run.

    Raises:
        Problem: ``customer_not_named``, ``service_not_live``.
    """
    org_number = _customer(actor, new.org_number)
    scope = await customers.scope_of_customer(uow, org_number)
    today = day_of(uow.now)
    service = await find_of_customer(uow.session, scope, new.service, today)
    if service is None:
        raise Problem(
            problems.SERVICE_NOT_LIVE,
            f"{new.service} is not in operation for {org_number}; matters can be raised about "
            "it from the day it goes live to its last day.",
        )
    matter = MatterRow(
        id=new_id(),
        org_number=org_number,
        agreement_id=service.agreement.id,
        version=service.agreement.version_on(today).number,
        service=new.service,
        kind=new.kind.value,
        priority=new.priority.value,
        title=new.title,
        description=new.description,
        raised_at=uow.now,
        status=MatterStatus.OPEN.value,
    )
    first = LogEntry(1, MatterEvent.RAISED, uow.now, Party(actor.party))
    await repository.add_matter(uow.session, matter, first)
    uow.record(
        MatterRaised(
            matter_id=matter.id,
            org_number=org_number,
            agreement_id=matter.agreement_id,
            service=matter.service,
            kind=new.kind,
            priority=new.priority,
            raised_at=matter.raised_at,
        ),
        version=first.sequence,
    )
    return await _settle(uow, matter, [first])


def _customer(actor: Actor, org_number: str | None) -> str:
    if actor.is_staff and org_number is None:
        raise Problem(
            problems.CUSTOMER_NOT_NAMED,
            "Say in org_number which customer the matter is about; nothing was raised.",
        )
    if not actor.is_staff and org_number is not None:
        raise Problem(
            problems.CUSTOMER_NOT_NAMED,
            "A customer raises matters about its own services only; leave org_number out.",
        )
    return org_number or actor.org_number or ""


async def enter_event(
    uow: UnitOfWork, actor: Actor, matter_id: str, event: MatterEvent, note: str
) -> MatterFile:
    """Enter an event in a matter's log, and let its clocks follow.

    Raises:
        Problem: ``not_found``, ``event_not_yours``, ``event_contradicts_state``.
    """
    scope = await customers.scope_of(uow, actor)
    matter = await repository.find_matter(uow.session, matter_id, scope=scope, lock=True)
    if matter is None:
        raise not_found("matter")
    await _must_be_holder(uow, actor, matter)
    log = await repository.log_of(uow.session, matter_id)
    try:
        entry = next_entry(log, event, party=Party(actor.party), at=uow.now, note=note)
    except NotThePartysEvent as error:
        raise Problem(
            problems.EVENT_NOT_YOURS,
            f"Nothing was entered: {error}. You can resume a matter that waits for you.",
        ) from error
    except EventContradictsState as error:
        raise Problem(
            problems.EVENT_CONTRADICTS_STATE, f"{event.value} was not entered: {error}."
        ) from error
    await repository.add_entry(uow.session, matter_id, entry)
    log.append(entry)
    matter.status = status_of(log).value
    file = await _settle(uow, matter, log)
    if event is MatterEvent.RESOLVED:
        matter.resolved_at = entry.at
        uow.record(
            MatterResolved(
                matter_id=matter.id,
                org_number=matter.org_number,
                agreement_id=matter.agreement_id,
                service=matter.service,
                priority=Priority(matter.priority),
                resolved_at=entry.at,
            ),
            version=entry.sequence,
        )
    return file


async def _must_be_holder(uow: UnitOfWork, actor: Actor, matter: MatterRow) -> None:
    """Refuse an agency that another took over: it sees its matters, its heir works on them."""
    if actor.is_staff:
        return
    agreement = await agreements.get(uow.session, matter.agreement_id)
    holder = agreement.holder_on(day_of(uow.now))
    if holder != actor.org_number:
        raise Problem(
            problems.EVENT_NOT_YOURS,
            f"Nothing was entered: {holder} has taken over and works on the matter now.",
        )


async def pass_deadline(uow: UnitOfWork, matter_id: str) -> None:
    """A clock's deadline has passed: record what the log says about it.

    Raises:
        NotYet: somebody is working on the matter at this moment; their work may move the
            deadline, or record the breach itself.
    """
    matter = await repository.take_matter(uow.session, matter_id)
    if matter is None:
        raise NotYet(f"matter {matter_id} is being changed")
    await _settle(uow, matter, await repository.log_of(uow.session, matter_id))


async def _settle(uow: UnitOfWork, matter: MatterRow, log: Log) -> MatterFile:
    """Bring timers and breaches in line with what the clocks show.

    Timers and late events both come through here with the matter held, so a breach is
    recorded once whoever sees it first.
    """
    agreement = await agreements.get(uow.session, matter.agreement_id)
    now = max(uow.now, log[-1].at)
    readings = await _read_clocks(uow, agreement, matter, log, now)
    for level, clock in readings:
        key = f"{matter.id}:{level.key}"
        if clock.state is ClockState.RUNNING and clock.deadline is not None:
            await uow.set_timer(
                LEVEL_DEADLINE, key, clock.deadline + JUST_AFTER, {"matter_id": matter.id}
            )
        else:
            await uow.cancel_timer(LEVEL_DEADLINE, key)
        if clock.state is ClockState.BREACHED and _is_measured(agreement, matter, clock):
            await _record_breach(uow, matter, level, clock, version=log[-1].sequence)
    return MatterFile(matter, log, tuple(clock for _, clock in readings))


def _is_measured(agreement: Agreement, matter: MatterRow, clock: ClockReading) -> bool:
    """Whether a clock was decided while the service was in operation.

    After its last day, or before a go-live that was taken back, nothing is measured.
    """
    decided_at = clock.outcome_at
    return decided_at is not None and agreement.is_live(matter.service, day_of(decided_at))


async def _read_clocks(
    uow: UnitOfWork, agreement: Agreement, matter: MatterRow, log: Log, now: datetime
) -> list[tuple[Level, ClockReading]]:
    """The clocks of a matter: by the targets and the hours of the version it was raised under."""
    calendar = service_calendar(agreement.version(matter.version).service_hours)
    levels = await levels_repository.levels_of_service(
        uow.session, matter.agreement_id, matter.version, matter.service
    )
    return [
        (level, read_clock(log, target, calendar, now))
        for level, target in targets_among(levels, Priority(matter.priority))
    ]


async def _record_breach(
    uow: UnitOfWork, matter: MatterRow, level: Level, clock: ClockReading, *, version: int
) -> None:
    if clock.deadline is None or await repository.has_breach(uow.session, matter.id, level.id):
        return
    breach = BreachRow(
        id=new_id(),
        matter_id=matter.id,
        level_id=level.id,
        agreement_id=matter.agreement_id,
        priority=matter.priority,
        target_minutes=clock.target.minutes,
        breached_at=clock.deadline,
        recorded_at=uow.recorded_at,
    )
    await repository.add_breach(uow.session, breach)
    uow.record(
        LevelBreached(
            breach_id=breach.id,
            matter_id=matter.id,
            org_number=matter.org_number,
            agreement_id=matter.agreement_id,
            service=matter.service,
            level=level.key,
            kind=level.kind,
            priority=Priority(matter.priority),
            target_minutes=breach.target_minutes,
            breached_at=breach.breached_at,
        ),
        version=version,
    )


async def read_matter(uow: UnitOfWork, actor: Actor, matter_id: str) -> MatterFile:
    """A matter with its log and what its clocks show now.

    Raises:
        Problem: ``not_found``.
    """
    scope = await customers.scope_of(uow, actor)
    matter = await repository.find_matter(uow.session, matter_id, scope=scope)
    if matter is None:
        raise not_found("matter")
    log = await repository.log_of(uow.session, matter_id)
    agreement = await agreements.get(uow.session, matter.agreement_id)
    readings = await _read_clocks(uow, agreement, matter, log, max(uow.now, log[-1].at))
    return MatterFile(matter, log, tuple(clock for _, clock in readings))


async def list_matters(
    uow: UnitOfWork,
    *,
    scope: Scope | None,
    status: MatterStatus | None,
    service: str | None,
    after: str | None,
    limit: int,
) -> Sequence[MatterRow]:
    """A page of the matters of one customer, or of all."""
    return await repository.list_matters(
        uow.session,
        scope=scope,
        status=status,
        service=service,
        after=after,
        limit=limit,
    )
