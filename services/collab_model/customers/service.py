"""Use cases of customers: keep what became of them, and limit what they see."""

from __future__ import annotations

from services.chassis.identity import Actor
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.calendars.service import day_of
from services.collab_model.customers import repository
from services.collab_model.tables import LifeEventRow
from services.contracts.onboarding import AgencyLifeEventRecorded
from services.contracts.succession import Scope


async def record_life_event(uow: UnitOfWork, event: AgencyLifeEventRecorded) -> bool:
    """Keep a record of what happened to an agency; False when it is known already."""
    if await uow.session.get(LifeEventRow, event.life_event_id) is not None:
        return False
    uow.session.add(
        LifeEventRow(
            id=event.life_event_id,
            kind=event.kind.value,
            org_number=event.org_number,
            effective_on=event.effective_on,
            name=event.name,
            successors=list(event.successors),
            corrects=event.corrects,
            withdrawn=event.withdrawn,
            agreement_id=event.agreement_id,
            known_at=uow.handled.time,
        )
    )
    await uow.session.flush()
    return True


async def scope_of(uow: UnitOfWork, actor: Actor, asked: str | None = None) -> Scope | None:
    """Whose rows are meant: those of the customer asked for, or of the agency that asks.

    None for staff who ask for nobody in particular: all of them.

    Raises:
        Problem: ``not_found`` when an agency asks for one that it has not taken over.
    """
    if actor.is_staff:
        return None if asked is None else await scope_of_customer(uow, asked)
    own = await scope_of_customer(uow, actor.org_number or "")
    if asked is None or asked == own.own:
        return own
    if asked not in own.taken_over:
        raise not_found("customer")
    return await scope_of_customer(uow, asked)


async def scope_of_customer(uow: UnitOfWork, org_number: str) -> Scope:
    """What a customer has and sees today."""
    register = await repository.register(uow.session)
    return register.scope_of(org_number, day_of(uow.now))
