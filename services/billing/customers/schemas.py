"""What the API says about customers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.billing.customers.service import Customer
from services.chassis.schemas import ResponseModel
from services.contracts.succession import LifeEvent
from services.contracts.values import LifeEventKind


class NamedOut(ResponseModel):
    """A name and the days it held; an absent day is open."""

    name: str
    first_day: date | None
    last_day: date | None


class TakenOverOut(ResponseModel):
    """An agency that this one took over, and since when."""

    org_number: str
    name: str | None
    since: date


class SuccessorOut(ResponseModel):
    """Who took over from this agency, and since when."""

    org_number: str
    name: str | None
    since: date


class LifeEventOut(ResponseModel):
    """A record of what happened, as it was known; ``holds`` is false once it was corrected.

    ``agreement_id``: the record passes only this agreement on, as was decided after a split.
    """

    id: str
    kind: LifeEventKind
    effective_on: date
    name: str | None
    successors: tuple[str, ...]
    city: str | None
    corrects: str | None
    withdrawn: bool
    agreement_id: str | None
    known_at: datetime
    holds: bool


class CustomerOut(ResponseModel):
    """Who a customer was on ``valid_on``, by what was known at ``known_at``.

    ``name`` is absent while no name is known for the day. ``successor`` is whoever had taken
    it over by the day; ``closed_after`` its last day when nobody takes over.
    """

    org_number: str
    valid_on: date
    known_at: datetime
    name: str | None
    successor: SuccessorOut | None
    closed_after: date | None
    taken_over: tuple[TakenOverOut, ...]
    names: tuple[NamedOut, ...]
    life_events: tuple[LifeEventOut, ...]


def customer_out(customer: Customer) -> CustomerOut:
    """A customer as the API shows it."""
    register, day = customer.register, customer.valid_on
    holding = {each.id for each in register.in_effect()}
    passing = customer.passing
    return CustomerOut(
        org_number=customer.org_number,
        valid_on=day,
        known_at=customer.known_at,
        name=register.name_on(customer.org_number, day),
        successor=SuccessorOut(
            org_number=passing.heir,
            name=register.name_on(passing.heir, day),
            since=passing.effective_on,
        )
        if passing
        else None,
        closed_after=register.last_day_of(customer.org_number),
        taken_over=tuple(
            TakenOverOut(
                org_number=number,
                name=register.name_on(number, taken.effective_on - timedelta(days=1)),
                since=taken.effective_on,
            )
            for number in sorted(register.taken_over_by(customer.org_number, day))
            if (taken := register.passing_of(number, day))
        ),
        names=_names_out(customer),
        life_events=tuple(
            _life_event_out(each, holds=each.id in holding)
            for each in sorted(register.events, key=lambda each: (each.known_at, each.id))
            if customer.org_number in (each.org_number, *each.successors)
        ),
    )


def _names_out(customer: Customer) -> tuple[NamedOut, ...]:
    names = customer.register.names_of(customer.org_number)
    firsts = [each.first_day for each in names]
    lasts = [*(first - timedelta(days=1) for first in firsts[1:]), None]
    return tuple(
        NamedOut(
            name=each.name,
            first_day=None if each.first_day == date.min else each.first_day,
            last_day=last,
        )
        for each, last in zip(names, lasts, strict=True)
    )


def _life_event_out(event: LifeEvent, *, holds: bool) -> LifeEventOut:
    return LifeEventOut(
        id=event.id,
        kind=event.kind,
        effective_on=event.effective_on,
        name=event.name,
        successors=event.successors,
        city=event.city,
        corrects=event.corrects,
        withdrawn=event.withdrawn,
        agreement_id=event.agreement_id,
        known_at=event.known_at,
        holds=holds,
    )
