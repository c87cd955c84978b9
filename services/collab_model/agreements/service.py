"""Putting signed agreements into operation, and following what becomes of them.

Signing *is* configuring the service. Every fact is kept as it came; what follows from all of
them together is put into effect each time one is added, so their order does not matter.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from services.chassis.clock import STOCKHOLM
from services.chassis.consumer import NotYet
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository
from services.collab_model.agreements.domain import (
    Agreement,
    ContradictingFact,
    is_repeat_signature,
)
from services.collab_model.agreements.repository import WHOLE_AGREEMENT
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.calendars.service import day_of
from services.collab_model.customers import repository as customer_repository
from services.collab_model.customers import service as customers
from services.collab_model.foresight import training as foresight
from services.collab_model.forums import planning
from services.collab_model.forums import service as forums
from services.collab_model.levels import periods
from services.collab_model.levels import service as levels
from services.collab_model.tables import (
    AgreementRow,
    AgreementServiceRow,
    AgreementVersionRow,
    EndingRow,
    GoLiveRow,
)
from services.contracts.collab_model import CollaborationSetUp
from services.contracts.onboarding import (
    AgencyLifeEventRecorded,
    AgreementEnded,
    AgreementSigned,
    CaseStabilised,
    ServiceEnded,
    ServiceRolledBack,
    ServiceWentLive,
)
from services.contracts.operation import contradicted_by_go_live

TAKE_EFFECT = "take_effect"
"""Timer: a version takes effect; its key is the agreement's identifier and its number."""

OPERATION_CHANGED = "operation_changed"
"""Timer: what is in operation on which days is no longer what matters were settled on; its key
is the agreement's identifier."""


async def set_up(uow: UnitOfWork, signed: AgreementSigned) -> None:
    """Set up levels, service hours and forums of a version exactly as they were signed.

    Signing the same text again changes nothing. A version that amends another takes effect
    on its day; one that comes late takes its place below the newer.

    Raises:
        ContradictingFact: the version is known with another text.
        ValueError, ZoneInfoNotFoundError: the service hours cannot be reckoned with.
    """
    row = await repository.find_row(uow.session, signed.agreement_id, lock=True)
    known = await repository.get(uow.session, row.id) if row else None
    version = known.find(signed.version) if known else None
    if is_repeat_signature(version, signed.content_hash):
        return
    signed_rules(signed.service_hours)
    if row is None:
        row = AgreementRow(
            id=signed.agreement_id,
            case_id=signed.case_id,
            org_number=signed.org_number,
            set_up_at=uow.now,
        )
        uow.session.add(row)
        await uow.session.flush()
    elif known is not None and signed.version < min(each.number for each in known.versions):
        row.org_number = signed.org_number
    await _keep_version(uow, row, signed)
    await _name_services(uow, signed, newest=_is_newest(known, signed.version))
    await levels.set_up(uow, signed)
    await forums.set_up(uow, signed)
    await foresight.schedule(uow)
    uow.record(
        CollaborationSetUp(
            agreement_id=signed.agreement_id,
            org_number=signed.org_number,
            levels=tuple(level.key for service in signed.services for level in service.levels),
            forums=tuple(forum.key for forum in signed.forums),
        ),
        version=await periods.next_version(uow, signed.agreement_id),
    )
    await follow(uow, signed.agreement_id)


def _is_newest(known: Agreement | None, number: int) -> bool:
    return known is None or number > max(each.number for each in known.versions)


async def _keep_version(uow: UnitOfWork, row: AgreementRow, signed: AgreementSigned) -> None:
    amends_from = signed.valid_from if signed.amends_version is not None else None
    holds_from = signed.effective_on or amends_from
    uow.session.add(
        AgreementVersionRow(
            id=new_id(),
            agreement_id=row.id,
            number=signed.version,
            content_hash=signed.content_hash,
            customer_name=signed.customer_name,
            holds_from=holds_from,
            valid_from=signed.valid_from,
            valid_until=signed.valid_until,
            service_hours=signed.service_hours.model_dump(mode="json"),
            services=[service.service for service in signed.services],
            recorded_at=uow.now,
        )
    )
    await uow.session.flush()
    if holds_from is not None and holds_from > day_of(uow.now):
        takes_effect = datetime.combine(holds_from, time(0, 0), tzinfo=STOCKHOLM)
        await uow.set_timer(
            TAKE_EFFECT,
            f"{row.id}:{signed.version}",
            takes_effect.astimezone(UTC),
            {"agreement_id": row.id},
        )


async def _name_services(uow: UnitOfWork, signed: AgreementSigned, *, newest: bool) -> None:
    rows = await repository.services_of(uow.session, signed.agreement_id)
    known = {row.service: row for row in rows}
    for service in signed.services:
        row = known.get(service.service)
        if row is not None and not newest:
            continue
        if row is None:
            row = AgreementServiceRow(
                id=new_id(),
                agreement_id=signed.agreement_id,
                org_number=signed.org_number,
                service=service.service,
            )
            uow.session.add(row)
        row.service_area = service.service_area
        row.name = service.name
        row.name_sv = service.name_sv
    await uow.session.flush()


async def begin_service(uow: UnitOfWork, event: ServiceWentLive) -> None:
    """Measure a service from its first day on.

    With an agreement's first service its forums begin to meet.

    Raises:
        NotYet: the signed agreement has not arrived.
        ContradictingFact: the agreement has no such service, or it is known to have gone
            live on another day.
    """
    agreement = await _held(uow, event.agreement_id)
    _must_have(agreement, event.service)
    rank = uow.handled.rank
    row = await repository.find_go_live(uow.session, agreement.id, event.service, event.live_on)
    if row is not None and row.live_rank is not None and row.live_rank >= rank:
        return
    standing = contradicted_by_go_live(agreement.facts, event.service, event.live_on)
    if standing is not None:
        raise ContradictingFact(f"the service went live on {standing}, not on {event.live_on}")
    row = row or _new_go_live(uow, event)
    row.live_rank = rank
    await uow.session.flush()
    await follow(uow, agreement.id)


async def take_back_service(uow: UnitOfWork, event: ServiceRolledBack) -> None:
    """Stop measuring a service as if it had not gone live; it may go live again.

    Months closed since then do not count, and forums that were to meet for it do not.

    Raises:
        NotYet: the signed agreement has not arrived.
        ContradictingFact: the agreement has no such service.
    """
    agreement = await _held(uow, event.agreement_id)
    _must_have(agreement, event.service)
    row = await repository.find_go_live(
        uow.session, agreement.id, event.service, event.live_on
    ) or _new_go_live(uow, event)
    rank = uow.handled.rank
    if row.rolled_back_rank is None or row.rolled_back_rank < rank:
        row.rolled_back_rank = rank
        row.rolled_back_on = event.rolled_back_on
    await uow.session.flush()
    await follow(uow, agreement.id)
    await _have_matters_follow(uow, agreement.id)


async def end_service(uow: UnitOfWork, event: ServiceEnded) -> None:
    """Measure a service until its last day; a later event replaces the day.

    Raises:
        NotYet: the signed agreement has not arrived.
        ContradictingFact: the agreement has no such service.
    """
    agreement = await _held(uow, event.agreement_id)
    _must_have(agreement, event.service)
    await _end(uow, agreement, event.service, event)


async def end_agreement(uow: UnitOfWork, event: AgreementEnded) -> None:
    """Let an agreement's services and forums end; a later event replaces the day.

    Raises:
        NotYet: the signed agreement has not arrived.
    """
    agreement = await _held(uow, event.agreement_id)
    await _end(uow, agreement, WHOLE_AGREEMENT, event)


async def _end(
    uow: UnitOfWork, agreement: Agreement, service: str, event: ServiceEnded | AgreementEnded
) -> None:
    rank = uow.handled.rank
    if await repository.is_end_known(uow.session, agreement.id, service, rank):
        return
    uow.session.add(
        EndingRow(
            id=new_id(),
            agreement_id=agreement.id,
            service=service,
            last_day=event.last_day,
            reason=event.reason.value,
            rank=rank,
        )
    )
    await uow.session.flush()
    await follow(uow, agreement.id)
    await _have_matters_follow(uow, agreement.id)


async def stabilise(uow: UnitOfWork, event: CaseStabilised) -> None:
    """Let the forums go over to their ordinary rhythm from the next meeting on.

    Raises:
        NotYet: the signed agreement has not arrived.
    """
    agreement = await _held(uow, event.agreement_id)
    row = await repository.find_row(uow.session, agreement.id)
    if row is None or row.stabilised_on is not None:
        return
    row.stabilised_on = event.stabilised_on
    await uow.session.flush()
    await follow(uow, agreement.id)


async def live_through(uow: UnitOfWork, event: AgencyLifeEventRecorded) -> None:
    """Keep what happened to an agency; where it closes, its agreements end."""
    if not await customers.record_life_event(uow, event):
        return
    register = await customer_repository.register(uow.session)
    named = {event.org_number, *event.successors}
    signers = named.union(*(register.taken_over_by(each, date.max) for each in named))
    also = [event.agreement_id] if event.agreement_id else []
    for agreement_id in await repository.agreements_signed_by(uow.session, signers, also):
        await _held(uow, agreement_id)
        await follow(uow, agreement_id)
        await _have_matters_follow(uow, agreement_id)


async def follow(uow: UnitOfWork, agreement_id: str) -> None:
    """Put into effect what all facts about an agreement come to; it must be held."""
    agreement = await repository.get(uow.session, agreement_id)
    for row in await repository.services_of(uow.session, agreement_id):
        await periods.follow(uow, agreement, row)
    await planning.follow(uow, agreement)


async def _have_matters_follow(uow: UnitOfWork, agreement_id: str) -> None:
    """The event may have come late: breaches after a last day were none."""
    await uow.set_timer(OPERATION_CHANGED, agreement_id, uow.now, {"agreement_id": agreement_id})


def _must_have(agreement: Agreement, service: str) -> None:
    if not agreement.has(service):
        raise ContradictingFact(f"the agreement has no service {service}")


def _new_go_live(uow: UnitOfWork, event: ServiceWentLive | ServiceRolledBack) -> GoLiveRow:
    row = GoLiveRow(
        id=new_id(),
        agreement_id=event.agreement_id,
        service=event.service,
        live_on=event.live_on,
    )
    uow.session.add(row)
    return row


async def _held(uow: UnitOfWork, agreement_id: str) -> Agreement:
    """The agreement, held so that two events about it take effect one after the other."""
    if await repository.find_row(uow.session, agreement_id, lock=True) is None:
        raise NotYet(f"agreement {agreement_id} has not been signed as far as we know")
    return await repository.get(uow.session, agreement_id)
