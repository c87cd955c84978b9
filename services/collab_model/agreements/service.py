"""Putting a signed agreement into operation: signing it *is* configuring the service."""

from __future__ import annotations

from services.chassis.consumer import NotYet
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository
from services.collab_model.agreements.domain import (
    ContradictingFact,
    is_repeat_go_live,
    is_repeat_signature,
)
from services.collab_model.calendars.swedish_days import service_calendar
from services.collab_model.forums import service as forums
from services.collab_model.levels import service as levels
from services.collab_model.tables import AgreementRow, AgreementServiceRow
from services.contracts.collab_model import CollaborationSetUp
from services.contracts.onboarding import AgreementSigned, CaseStabilised, ServiceWentLive


async def set_up(uow: UnitOfWork, signed: AgreementSigned) -> None:
    """Set up levels, service hours and forums exactly as they were signed.

    Signing the same text again changes nothing.

    Raises:
        ContradictingFact: the agreement is in operation with another text.
        ValueError, ZoneInfoNotFoundError: the service hours cannot be reckoned with.
    """
    known = await repository.find_agreement(uow.session, signed.agreement_id)
    if known is not None and is_repeat_signature(known.content_hash, signed.content_hash):
        return
    service_calendar(signed.service_hours)
    await repository.add(
        uow.session,
        AgreementRow(
            id=signed.agreement_id,
            case_id=signed.case_id,
            org_number=signed.org_number,
            customer_name=signed.customer_name,
            version=signed.version,
            content_hash=signed.content_hash,
            valid_from=signed.valid_from,
            valid_until=signed.valid_until,
            service_hours=signed.service_hours.model_dump(mode="json"),
            set_up_at=uow.now,
        ),
        [
            AgreementServiceRow(
                id=new_id(),
                agreement_id=signed.agreement_id,
                org_number=signed.org_number,
                service=service.service,
                service_area=service.service_area,
                name=service.name,
                name_sv=service.name_sv,
            )
            for service in signed.services
        ],
    )
    await levels.set_up(uow, signed)
    await forums.set_up(uow, signed)
    uow.record(
        CollaborationSetUp(
            agreement_id=signed.agreement_id,
            org_number=signed.org_number,
            levels=tuple(level.key for service in signed.services for level in service.levels),
            forums=tuple(forum.key for forum in signed.forums),
        ),
        version=1,
    )


async def begin_service(uow: UnitOfWork, event: ServiceWentLive) -> None:
    """Measure a service from its first day on.

    With an agreement's first service its forums begin to meet.

    Raises:
        NotYet: the signed agreement has not arrived.
        ContradictingFact: the agreement has no such service, or it is known to have gone
            live on another day.
    """
    agreement = await _agreement(uow, event.agreement_id)
    service = await repository.find_service(uow.session, agreement.id, event.service)
    if service is None:
        raise ContradictingFact(f"the agreement has no service {event.service}")
    if is_repeat_go_live(service.live_on, event.live_on):
        return
    service.live_on = event.live_on
    await levels.begin_measuring(uow, service.id, event.live_on)
    if agreement.first_live_on is None:
        agreement.first_live_on = event.live_on
        await forums.begin_meetings(uow, agreement, since=event.live_on)


async def stabilise(uow: UnitOfWork, event: CaseStabilised) -> None:
    """Let the forums go over to their ordinary rhythm from the next meeting on.

    Raises:
        NotYet: the signed agreement has not arrived.
    """
    agreement = await _agreement(uow, event.agreement_id)
    if agreement.stabilised_on is not None:
        return
    agreement.stabilised_on = event.stabilised_on
    if agreement.first_live_on is not None:
        await forums.begin_ordinary_rhythm(uow, agreement, since=event.stabilised_on)


async def _agreement(uow: UnitOfWork, agreement_id: str) -> AgreementRow:
    """The agreement, held so that two events about it take effect one after the other."""
    agreement = await repository.find_agreement(uow.session, agreement_id, lock=True)
    if agreement is None:
        raise NotYet(f"agreement {agreement_id} has not been signed as far as we know")
    return agreement
