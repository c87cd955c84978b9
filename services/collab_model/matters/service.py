"""Matters: raised, worked on, corrected, and measured by clocks that nobody stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.chassis.clock import STOCKHOLM
from services.chassis.consumer import NotYet
from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.agreements.domain import Agreement
from services.collab_model.agreements.live import find_of_customer
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks import problems
from services.collab_model.clocks.domain import NotRaisedYet
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.source import TermsSource
from services.collab_model.customers import service as customers
from services.collab_model.levels import periods
from services.collab_model.levels import repository as levels
from services.collab_model.levels.domain import Month
from services.collab_model.levels.late import follow_late
from services.collab_model.matters import repository
from services.collab_model.matters.counting import CountedRound, clocks_at_closings, counted_by
from services.collab_model.matters.domain import (
    MatterState,
    MatterStatus,
    places_of,
    state_of,
)
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Party, Place
from services.collab_model.matters.settling import (
    NamedReading,
    is_measured,
    read_clocks,
    settle,
)
from services.collab_model.problems import CUSTOMER_NOT_NAMED, EVENT_NOT_YOURS, SERVICE_NOT_LIVE
from services.collab_model.tables import MatterRow
from services.contracts.collab_model import MatterRaised
from services.contracts.values import MatterKind, Priority


@dataclass(frozen=True)
class NewMatter:
    """What a party raises.

    ``org_number`` is for staff to name the customer with, and ``raised_at`` for them to say
    when the customer told them, where that was before now.
    """

    service: str
    kind: MatterKind
    priority: Priority
    title: str
    description: str
    org_number: str | None = None
    raised_at: datetime | None = None


@dataclass(frozen=True)
class AsOf:
    """Two instants: how things stood then, and as was known when. Both in UTC."""

    at: datetime
    known_at: datetime


@dataclass(frozen=True)
class MatterFile:
    """A matter with its log, where it stands and what its clocks show, at two instants."""

    matter: MatterRow
    log: MatterLog
    state: MatterState
    clocks: Sequence[NamedReading]
    as_of: AsOf


async def raise_matter(uow: UnitOfWork, actor: Actor, new: NewMatter) -> MatterFile:
    """Raise a matter about a service in operation; its clocks begin to run.

    Raises:
        Problem: ``customer_not_named``, ``service_not_live``, ``event_in_future``,
            ``event_not_yours``.
    """
    org_number = _customer(actor, new.org_number)
    raised_at = _raised_at(uow, actor, new.raised_at)
    scope = await customers.scope_of_customer(uow, org_number)
    day = day_of(raised_at)
    service = await find_of_customer(uow.session, scope, new.service, day)
    if service is None:
        raise Problem(
            SERVICE_NOT_LIVE,
            f"{new.service} is not in operation for {org_number} on {day}; matters can be raised "
            "about it from the day it goes live to its last day.",
        )
    version = service.agreement.version_on(day).number
    matter = MatterRow(
        id=new_id(),
        org_number=org_number,
        agreement_id=service.agreement.id,
        version=version,
        service=new.service,
        kind=new.kind.value,
        priority=new.priority.value,
        title=new.title,
        description=new.description,
        raised_at=raised_at,
        status=MatterStatus.OPEN.value,
        resolved_at=None,
        ended_at=None,
    )
    first = LogEntry(
        sequence=1,
        event=MatterEvent.RAISED,
        at=raised_at,
        party=Party(actor.party),
        recorded_at=uow.now,
        place=Place(new.service, version),
        priority=new.priority,
    )
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
    log = MatterLog.of([first])
    return await settled_file(uow, service.agreement, matter, log, "the matter was raised")


def _customer(actor: Actor, org_number: str | None) -> str:
    if actor.is_staff and org_number is None:
        raise Problem(
            CUSTOMER_NOT_NAMED,
            "Say in org_number which customer the matter is about; nothing was raised.",
        )
    if not actor.is_staff and org_number is not None:
        raise Problem(
            CUSTOMER_NOT_NAMED,
            "A customer raises matters about its own services only; leave org_number out.",
        )
    return org_number or actor.org_number or ""


def _raised_at(uow: UnitOfWork, actor: Actor, told_at: datetime | None) -> datetime:
    if told_at is None:
        return uow.now
    if not actor.is_staff:
        raise Problem(
            EVENT_NOT_YOURS,
            "Nothing was raised: only the centre enters that a matter was raised earlier. "
            "Leave raised_at out, and ask the centre to correct it.",
        )
    if told_at > uow.now:
        raise Problem(
            problems.EVENT_IN_FUTURE,
            f"Nothing was raised: {told_at.isoformat()} has not come yet.",
        )
    return told_at.astimezone(UTC)


async def settled_file(
    uow: UnitOfWork, agreement: Agreement, matter: MatterRow, log: MatterLog, because: str
) -> MatterFile:
    """Bring everything in line with a log that has grown, and show how the matter stands."""
    clocks = await settle(uow, agreement, matter, log, because)
    await follow_late(uow, agreement.id, log)
    now = max(uow.now, log.last.recorded_at)
    return MatterFile(matter, log, state_of(log.as_known()), clocks, AsOf(now, now))


async def find(
    uow: UnitOfWork, actor: Actor, matter_id: str, *, lock: bool = False
) -> tuple[MatterRow, MatterLog]:
    """A matter that somebody sees, and its log.

    Raises:
        Problem: ``not_found``.
    """
    scope = await customers.scope_of(uow, actor)
    matter = await repository.find_matter(uow.session, matter_id, scope=scope, lock=lock)
    if matter is None:
        raise not_found("matter")
    return matter, await repository.log_of(uow.session, matter_id)


async def must_be_holder(uow: UnitOfWork, actor: Actor, agreement: Agreement) -> None:
    """Refuse an agency that another took over: it sees its matters, its heir works on them.

    Raises:
        Problem: ``event_not_yours``.
    """
    if actor.is_staff:
        return
    holder = agreement.holder_on(day_of(uow.now))
    if holder != actor.org_number:
        raise Problem(
            EVENT_NOT_YOURS,
            f"Nothing was entered: {holder} has taken over and works on the matter now.",
        )


async def fall_due(uow: UnitOfWork, matter_id: str) -> None:
    """A clock has passed its deadline or come to a warning: record what the log says of it.

    Raises:
        NotYet: somebody is working on the matter at this moment; their work may change what
            the clock shows, or record it itself.
    """
    matter = await repository.take_matter(uow.session, matter_id)
    if matter is None:
        raise NotYet(f"matter {matter_id} is being changed")
    agreement = await agreements.get(uow.session, matter.agreement_id)
    log = await repository.log_of(uow.session, matter_id)
    await settle(uow, agreement, matter, log, "time has passed")


async def follow(uow: UnitOfWork, agreement: Agreement, because: str) -> None:
    """Bring an agreement's matters in line with what they rest on, which has changed.

    Those that are open, and those that ended since the first month that is not closed.

    Args:
        uow: the unit of work.
        agreement: the agreement.
        because: what has happened, for breaches that are withdrawn by it.
    """
    source = TermsSource(uow, agreement)
    matters = list(await repository.open_matters(uow.session, agreement.id, lock=True))
    month = await periods.first_open_month(uow, agreement)
    if month is not None:
        since = month.starts_at(STOCKHOLM)
        matters += await repository.matters_ended_since(uow.session, agreement.id, since)
    logs = await repository.logs_of(uow.session, [matter.id for matter in matters])
    for matter in matters:
        await settle(uow, agreement, matter, logs[matter.id], because, source)


async def read_matter(
    uow: UnitOfWork,
    actor: Actor,
    matter_id: str,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> MatterFile:
    """A matter with its log and what its clocks show, now or as of two instants.

    Raises:
        Problem: ``not_found``, ``as_of_out_of_range``.
    """
    matter, log = await find(uow, actor, matter_id)
    as_of = as_of_instants(uow, log, at, known_at)
    agreement = await agreements.get(uow.session, matter.agreement_id)
    source = TermsSource(uow, agreement, as_of.known_at)
    try:
        clocks = await read_clocks(source, log, as_of.at, as_of.known_at)
    except NotRaisedYet as error:
        raise _not_then(as_of) from error
    holding = [entry for entry in log.as_known(as_of.known_at) if entry.at <= as_of.at]
    return MatterFile(matter, log, state_of(holding), clocks, as_of)


def as_of_instants(
    uow: UnitOfWork, log: MatterLog, at: datetime | None, known_at: datetime | None
) -> AsOf:
    """The two instants that are asked about; now where they are left out.

    Raises:
        Problem: ``as_of_out_of_range``.
    """
    now = max(uow.now, log.last.recorded_at)
    as_of = AsOf((at or now).astimezone(UTC), (known_at or now).astimezone(UTC))
    if max(as_of.at, as_of.known_at) > now:
        raise Problem(
            problems.AS_OF_OUT_OF_RANGE,
            f"It is {now.isoformat()}: nothing can be said of a later instant.",
        )
    holding = log.as_known(as_of.known_at)
    if not holding or holding[0].at > as_of.at:
        raise _not_then(as_of)
    return as_of


def _not_then(as_of: AsOf) -> Problem:
    return Problem(
        problems.AS_OF_OUT_OF_RANGE,
        f"At {as_of.at.isoformat()}, as known at {as_of.known_at.isoformat()}, the matter had "
        "not been raised. Ask about a later instant.",
    )


async def counted(uow: UnitOfWork, file: MatterFile, clock: NamedReading) -> list[CountedRound]:
    """What the months that were closed by then have counted of a clock of a matter.

    Nothing of clocks beneath the customer's, which no month reports.
    """
    if clock.clock.rule.beneath is not Beneath.CUSTOMER:
        return []
    known_at = file.as_of.known_at
    entries = file.log.as_known(known_at)
    agreement = await agreements.get(uow.session, file.matter.agreement_id)
    source = TermsSource(uow, agreement, known_at)
    services = {place.service for place in places_of(entries)}
    first = Month.of(day_of(entries[0].at))
    closings = [
        closing
        for closing in await levels.closings_of(uow.session, agreement.id, services, first)
        if closing.closed_at <= min(file.as_of.at, known_at)
    ]
    then = await clocks_at_closings(source, entries, closings)
    _, rounds = counted_by(file.log, closings, then.get(clock.key, {}), known_at)
    return [each for each in rounds if is_measured(agreement, each.round)]
