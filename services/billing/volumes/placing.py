"""Placing volumes: whom a use of a service counts for, looked up for many uses at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.billing.customers import repository as customer_repository
from services.billing.months import Month
from services.billing.periods import repository as period_repository
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import repository as subscription_repository
from services.billing.subscriptions import service as subscriptions
from services.billing.volumes import repository
from services.billing.volumes.domain import Placement, SubscribedService, Use, place
from services.chassis.unit_of_work import UnitOfWork

_CUSTOMERS_AT_ONCE = 200


@dataclass(frozen=True)
class Placed:
    """Where a use counts; ``late`` when its month was settled or closed before."""

    placement: Placement
    late: bool


@dataclass(frozen=True)
class _Customers:
    """Who is known, and the subscribed services to try for each, by organisation number."""

    known: frozenset[str]
    services: Mapping[str, list[SubscribedService]]
    settled: set[tuple[str, str, str]]


async def place_all(
    uow: UnitOfWork, uses: Collection[Use], *, despite_closing: bool = False
) -> dict[Use, Placed]:
    """Find where each use counts, or why nowhere.

    No month closes, and nothing happens to the subscriptions, until the unit of work is over.

    Args:
        uow: the unit of work.
        uses: what volumes are about.
        despite_closing: closed months take volumes too, which are late then.
    """
    closed_through = await period_repository.closed_through(uow.session, hold=True)
    by_customer: dict[str, list[Use]] = {}
    for use in uses:
        by_customer.setdefault(use.org_number, []).append(use)
    numbers = sorted(by_customer)
    found: dict[Use, Placed] = {}
    for start in range(0, len(numbers), _CUSTOMERS_AT_ONCE):
        some = numbers[start : start + _CUSTOMERS_AT_ONCE]
        customers = await _customers(uow, set(some))
        for number in some:
            for use in by_customer[number]:
                found[use] = _placed(use, customers, closed_through, despite_closing)
    return found


def _placed(
    use: Use, customers: _Customers, closed_through: Month | None, despite_closing: bool
) -> Placed:
    placement = place(
        use,
        customer_known=use.org_number in customers.known,
        services=customers.services.get(use.org_number, []),
        closed_through=None if despite_closing else closed_through,
    )
    settled = (placement.subscription_id, use.service, str(use.month)) in customers.settled
    closed = closed_through is not None and use.month <= closed_through
    return Placed(placement, late=placement.subscription_id is not None and (settled or closed))


async def _customers(uow: UnitOfWork, org_numbers: set[str]) -> _Customers:
    register = await customer_repository.register(uow.session, org_numbers)
    today = stockholm_day(uow.now)
    # A volume may be reported under the number of whoever held the subscription, or holds it.
    scopes = {each: register.scope_of(each, today) for each in org_numbers}
    rows = await subscription_repository.held_by(uow.session, scopes.values())
    ids = [row.id for row in rows]
    closed = await repository.finally_settled(uow.session, ids)
    services: dict[str, list[SubscribedService]] = {each: [] for each in org_numbers}
    taken_over: dict[str, list[SubscribedService]] = {each: [] for each in org_numbers}
    for each in await subscriptions.loaded(uow.session, rows):
        theirs = [
            SubscribedService(each.row.id, terms, closed.get((each.row.id, terms.service)))
            for terms in each.terms
        ]
        for number in org_numbers.intersection(each.numbers_on(today)):
            signed = each.row.org_number == number
            (services if signed else taken_over)[number].extend(theirs)
    # Those signed under the number that is reported come before what was taken over.
    for number, theirs in taken_over.items():
        services[number].extend(theirs)
    return _Customers(
        known=frozenset(each for each in org_numbers if register.knows(each) or services[each]),
        services=services,
        settled=await repository.settled_months(uow.session, ids),
    )
