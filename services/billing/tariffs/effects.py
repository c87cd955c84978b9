"""Use case of comparing: two versions of tariffs, and what customers have signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.domain import ServiceTerms, SignedItem, yearly
from services.billing.subscriptions.service import Subscription
from services.billing.subscriptions.versions import SignedService
from services.billing.tariffs import registering, repository
from services.billing.tariffs.comparing import (
    CustomerEffect,
    ItemChange,
    SignedUse,
    effects,
    item_changes,
)
from services.billing.tariffs.problems import NOTHING_TO_COMPARE_WITH
from services.billing.tariffs.versions import TariffVersion
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Differences:
    """Two versions, what differs between them, and what it makes for whom on a day."""

    old: TariffVersion
    new: TariffVersion
    on: date
    items: tuple[ItemChange, ...]
    customers: tuple[CustomerEffect, ...]


async def differences(
    uow: UnitOfWork,
    key: str,
    number: int,
    against: str | None,
    against_number: int | None,
    on: date | None,
) -> Differences:
    """What a version changes against another one, for every agreement that holds on a day.

    Args:
        uow: the unit of work.
        key: the tariff.
        number: its version.
        against: the tariff it is compared with; None: the same one.
        against_number: its version; None: the version before, or another tariff's newest.
        on: the day; None: the version's first day.

    Raises:
        Problem: ``not_found``; there is no such version. ``nothing_to_compare_with``.
    """
    new = await registering.show(uow, key, number, staff=True)
    if against_number is None and against in {None, key}:
        against_number = number - 1
    if against_number == 0:
        raise Problem(
            NOTHING_TO_COMPARE_WITH,
            f"Version {number} is the first of {key}. Name the tariff that it is to be compared"
            " with in against, such as the one in force.",
        )
    old = await registering.show(uow, against or key, against_number, staff=True)
    day = on or new.tariff.valid_from
    uses = await signed_uses(uow, day, await subscriptions.every(uow))
    return Differences(
        old=old,
        new=new,
        on=day,
        items=item_changes(old.tariff, new.tariff),
        customers=effects(old.tariff, new.tariff, uses),
    )


async def signed_uses(uow: UnitOfWork, day: date, known: Sequence[Subscription]) -> list[SignedUse]:
    """What every agreement that holds on a day has of each service.

    Args:
        uow: the unit of work.
        day: the day.
        known: every subscription.
    """
    headcounts = await repository.headcounts(uow.session)
    versions = await repository.versions(uow.session)
    priced = frozenset(item.key for each in versions for item in each.tariff.items)
    found: list[SignedUse] = []
    for subscription in known:
        headcount = headcounts.get(subscription.holder_on(day), 0)
        found.extend(_uses_of(subscription, day, headcount, priced))
    return found


def _uses_of(
    subscription: Subscription, day: date, headcount: int, priced: frozenset[str]
) -> Iterator[SignedUse]:
    """What an agreement has of each service on a day.

    ``priced`` are the items of any tariff; all others are the agreement's own, whether by a
    price of ours or by an amendment. A service that waits for its go-live counts; before the
    agreement's first day nothing does.
    """
    if day < min(each.valid_from for each in subscription.versions):
        return
    version = subscription.version_on(day)
    for signed in version.services:
        terms = subscription.find(signed.service)
        if terms is None or terms.ends_on is None or terms.ends_on < day:
            continue
        replaced = {
            item.own_price.instead_of for item in signed.items if item.own_price is not None
        }
        yield SignedUse(
            org_number=subscription.holder_on(day),
            name=subscription.name_on(day),
            subscription_id=subscription.row.id,
            signed_tariff=version.tariff,
            service=signed.service,
            customer_year=_year_of(terms, day),
            headcount=headcount,
            volumes=_volumes(signed, priced),
            replaced=frozenset(key for key in replaced if key is not None),
            own_ore=yearly([item for item in signed.items if _key(item) not in priced]),
            signed_ore=yearly(_on(signed, _year_of(terms, day))),
        )


def _on(signed: SignedService, year: int) -> tuple[SignedItem, ...]:
    return tuple(item.in_year(year) for item in signed.items)


def _year_of(terms: ServiceTerms, day: date) -> int:
    """The service's year at the customer on a day; 1 before it goes live."""
    begun = terms.live_on
    if begun is None or day < begun:
        return 1
    return day.year - begun.year + ((day.month, day.day) >= (begun.month, begun.day))


def _key(item: SignedItem) -> str:
    """The tariff's item that a signed one stands for."""
    return item.band.item if item.band is not None else item.key


def _volumes(signed: SignedService, priced: frozenset[str]) -> dict[str, int]:
    """The yearly quantities by item of the tariff, of its bands together, and by unit."""
    by_item: dict[str, int] = {}
    units: dict[str, str] = {}
    for item in signed.items:
        key = _key(item)
        by_item[key] = by_item.get(key, 0) + item.yearly_quantity
        units[key] = item.unit
    by_unit: dict[str, int] = {}
    for key, number in by_item.items():
        by_unit[units[key]] = max(number, by_unit.get(units[key], 0))
    return by_unit | {key: number for key, number in by_item.items() if key in priced}
