"""Use cases of volumes: take reports in, place them, show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.billing.customers import repository as customer_repository
from services.billing.months import Month
from services.billing.problems import VOLUME_CONFLICT
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.service import Subscription
from services.billing.tables import VolumeRow
from services.billing.volumes import repository
from services.billing.volumes.domain import SubscribedService, Volume, conflicts, place
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


@dataclass(frozen=True)
class ReportedRow:
    """What became of one row of a batch; ``known`` when it had come before."""

    row: VolumeRow
    known: bool


@dataclass(frozen=True)
class _Customers:
    """Who is known, and the subscribed services to try for each, by organisation number."""

    known: frozenset[str]
    services: dict[str, list[SubscribedService]]
    settled: set[tuple[str, str, str]]


async def report(uow: UnitOfWork, source: str, volumes: Sequence[Volume]) -> list[ReportedRow]:
    """Take in a batch of reported volumes, all of it or none.

    A row is recognised by its source and identity: sent again it is known already, also
    when the same batch comes twice at the same moment. Rows that fit no subscription are
    kept aside with the reason.

    Raises:
        Problem: ``volume_conflict``; a row differs from what was sent under its identity.
    """
    customers = await _customers(uow, {volume.org_number for volume in volumes})
    new = {volume.source_id: _new_row(uow, source, volume, customers) for volume in volumes}
    await repository.add_unknown(uow.session, new.values())
    stored = await repository.by_source_ids(uow.session, source, new)
    unlike = conflicts(volumes, {key: _volume_of(row) for key, row in stored.items()})
    if unlike:
        raise Problem(
            VOLUME_CONFLICT,
            f"{len(unlike)} rows from {source} were sent before with another content; nothing "
            "of this batch was taken in. Report a change under a new id.",
            conflicts=unlike,
        )
    answers: list[ReportedRow] = []
    for volume in volumes:
        row = stored[volume.source_id]
        taken_now = new.pop(volume.source_id, None)
        answers.append(ReportedRow(row, known=taken_now is None or taken_now.id != row.id))
    return answers


def _new_row(uow: UnitOfWork, source: str, volume: Volume, customers: _Customers) -> VolumeRow:
    row = VolumeRow(
        id=new_id(),
        source=source,
        source_id=volume.source_id,
        org_number=volume.org_number,
        service=volume.service,
        unit=volume.unit,
        period=str(volume.month),
        quantity=volume.quantity,
        received_at=uow.now,
    )
    _place(row, customers)
    return row


async def take_up_for(uow: UnitOfWork, subscription: Subscription) -> None:
    """Place volumes anew that were set aside before a subscription's service went live."""
    for org_number in subscription.numbers_on(stockholm_day(uow.now)):
        await take_up(uow, org_number)


async def take_up(uow: UnitOfWork, org_number: str) -> None:
    """Place a customer's volumes anew that were set aside before what they build on came."""
    rows = await repository.set_aside(uow.session, [org_number])
    if not rows:
        return
    customers = await _customers(uow, {org_number})
    for row in rows:
        _place(row, customers)
    await uow.session.flush()


async def page(
    uow: UnitOfWork,
    scope: Scope | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> Sequence[VolumeRow]:
    """Reported volumes within a scope, in the order they came."""
    return await repository.page(uow.session, scope, period, after, limit)


def _volume_of(row: VolumeRow) -> Volume:
    return Volume(
        source_id=row.source_id,
        org_number=row.org_number,
        service=row.service,
        unit=row.unit,
        month=Month.parse(row.period),
        quantity=row.quantity,
    )


async def _customers(uow: UnitOfWork, org_numbers: set[str]) -> _Customers:
    register = await customer_repository.register(uow.session, org_numbers)
    today = stockholm_day(uow.now)
    # A volume may be reported under the number of whoever held the subscription, or holds it.
    scopes = {each: register.scope_of(each, today) for each in org_numbers}
    rows = await subscription_repository.held_by(uow.session, scopes.values())
    ids = [row.id for row in rows]
    closed = await repository.finally_settled(uow.session, ids)
    services: dict[str, list[SubscribedService]] = {each: [] for each in org_numbers}
    held = await subscriptions.loaded(uow.session, rows)
    for number in org_numbers:
        # Those signed under the number that is reported come before what was taken over.
        for each in sorted(held, key=lambda each: each.row.org_number != number):
            if number in each.numbers_on(today):
                services[number].extend(
                    SubscribedService(each.row.id, terms, closed.get((each.row.id, terms.service)))
                    for terms in each.terms
                )
    return _Customers(
        known=frozenset(each for each in org_numbers if register.knows(each) or services[each]),
        services=services,
        settled=await repository.settled_months(uow.session, ids),
    )


def _place(row: VolumeRow, customers: _Customers) -> None:
    placement = place(
        _volume_of(row),
        customer_known=row.org_number in customers.known,
        services=customers.services.get(row.org_number, []),
    )
    row.status = placement.status.value
    row.reason = placement.reason.value if placement.reason else ""
    row.subscription_id = placement.subscription_id
    row.late = (
        placement.subscription_id is not None
        and (placement.subscription_id, row.service, row.period) in customers.settled
    )
