"""Use cases of customers: keep what is told of them, tell who they were, limit what they see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.billing.customers import repository
from services.billing.schedule import stockholm_day
from services.billing.tables import CustomerRow, LifeEventRow, RegisteredNameRow
from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import AgencyLifeEventRecorded, AgencyRegistered
from services.contracts.succession import Passing, Register, Scope


@dataclass(frozen=True)
class Customer:
    """What was known at an instant of an agency and its day."""

    org_number: str
    valid_on: date
    known_at: datetime
    register: Register

    @property
    def passing(self) -> Passing | None:
        """Who had taken it over by the day."""
        return self.register.passing_of(self.org_number, self.valid_on)


async def register_customer(uow: UnitOfWork, event: AgencyRegistered) -> None:
    """Remember what a customer is called, and since when we know."""
    known_at = uow.handled.time
    row = await repository.find(uow.session, event.org_number)
    if row is None:
        row = CustomerRow(org_number=event.org_number, updated_at=known_at)
        uow.session.add(row)
    if known_at >= row.updated_at:
        row.name = event.name
        row.headcount = event.headcount
        row.updated_at = known_at
    await uow.session.flush()
    if not await repository.is_named(uow.session, event.org_number, event.name, known_at):
        uow.session.add(
            RegisteredNameRow(
                id=new_id(),
                org_number=event.org_number,
                name=event.name,
                headcount=event.headcount,
                known_at=known_at,
            )
        )
        await uow.session.flush()


async def record_life_event(uow: UnitOfWork, event: AgencyLifeEventRecorded) -> None:
    """Keep a record of what happened to an agency, once."""
    if await uow.session.get(LifeEventRow, event.life_event_id) is not None:
        return
    uow.session.add(
        LifeEventRow(
            id=event.life_event_id,
            kind=event.kind.value,
            org_number=event.org_number,
            effective_on=event.effective_on,
            name=event.name,
            successors=list(event.successors),
            city=event.city,
            corrects=event.corrects,
            withdrawn=event.withdrawn,
            agreement_id=event.agreement_id,
            known_at=uow.handled.time,
        )
    )
    await uow.session.flush()


async def scope_of(uow: UnitOfWork, actor: Actor, asked: str | None) -> Scope | None:
    """Whose rows a list shows: those of the customer asked for, or of the agency that asks.

    None for staff who ask for nobody in particular: all of them.

    Raises:
        Problem: ``not_found`` when an agency asks for one that it has not taken over.
    """
    if actor.is_staff and asked is None:
        return None
    known = await repository.register(uow.session)
    today = stockholm_day(uow.now)
    if actor.is_staff and asked is not None:
        return known.scope_of(asked, today)
    own = known.scope_of(actor.org_number or "", today)
    if asked is None or asked == own.own:
        return own
    if asked not in own.taken_over:
        raise not_found("customer")
    return known.scope_of(asked, today)


async def show(
    uow: UnitOfWork, org_number: str, valid_on: date | None, known_at: datetime | None
) -> Customer:
    """Who an agency was on a day, by what was known at an instant; both default to now.

    Raises:
        Problem: ``not_found``; nothing was known of such an agency then.
    """
    instant = known_at or uow.now
    known = (await repository.register(uow.session, [org_number])).as_known_at(instant)
    if not known.knows(org_number):
        raise not_found("customer")
    return Customer(org_number, valid_on or stockholm_day(uow.now), instant, known)
