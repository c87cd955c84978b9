"""SQL of subscriptions and of the customers' names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.tables import (
    CustomerRow,
    InstalmentRow,
    SubscribedServiceRow,
    SubscriptionRow,
)


def _visible(scope: str | None) -> Select[SubscriptionRow]:
    query = select(SubscriptionRow)
    return query if scope is None else query.where(SubscriptionRow.org_number == scope)


async def get(
    session: AsyncSession, subscription_id: str, scope: str | None
) -> SubscriptionRow | None:
    """A subscription within a tenant's scope (None: the centre's staff)."""
    return await session.scalar(_visible(scope).where(SubscriptionRow.id == subscription_id))


async def page(
    session: AsyncSession, customer: str | None, after: str | None, limit: int
) -> Sequence[SubscriptionRow]:
    """Subscriptions in the order they were opened, at most ``limit`` after a cursor."""
    query = _visible(customer).order_by(SubscriptionRow.id).limit(limit)
    if after is not None:
        query = query.where(SubscriptionRow.id > after)
    return (await session.scalars(query)).all()


async def lock(session: AsyncSession, subscription_id: str) -> SubscriptionRow | None:
    """A subscription, held against every other change until the transaction ends."""
    return await session.scalar(_held().where(SubscriptionRow.id == subscription_id))


async def lock_by_case(session: AsyncSession, case_id: str) -> SubscriptionRow | None:
    """The subscription of a case, held as by ``lock``."""
    return await session.scalar(_held().where(SubscriptionRow.case_id == case_id))


async def lock_by_agreement(session: AsyncSession, agreement_id: str) -> SubscriptionRow | None:
    """The subscription of an agreement, held as by ``lock``."""
    return await session.scalar(_held().where(SubscriptionRow.agreement_id == agreement_id))


def _held() -> Select[SubscriptionRow]:
    return select(SubscriptionRow).with_for_update().execution_options(populate_existing=True)


async def services_of(
    session: AsyncSession, subscription_ids: Iterable[str]
) -> dict[str, list[SubscribedServiceRow]]:
    """The services of some subscriptions, by subscription, in signed order."""
    ids = list(subscription_ids)
    rows = await session.scalars(
        select(SubscribedServiceRow)
        .where(SubscribedServiceRow.subscription_id.in_(ids))
        .order_by(SubscribedServiceRow.subscription_id, SubscribedServiceRow.position)
    )
    found: dict[str, list[SubscribedServiceRow]] = {each: [] for each in ids}
    for row in rows:
        found[row.subscription_id].append(row)
    return found


async def of_customers(
    session: AsyncSession, org_numbers: Iterable[str]
) -> Sequence[SubscriptionRow]:
    """Every subscription of some customers, oldest first.

    They are held against a go-live or true-up of the same moment, which would otherwise
    not see the volumes that are being placed; readers like this one do not wait for each
    other.
    """
    return (
        await session.scalars(
            select(SubscriptionRow)
            .where(SubscriptionRow.org_number.in_(list(org_numbers)))
            .order_by(SubscriptionRow.id)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
    ).all()


async def remove_services(session: AsyncSession, subscription_id: str) -> None:
    """Take the services off a subscription whose agreement is signed anew."""
    await session.execute(
        delete(SubscribedServiceRow).where(SubscribedServiceRow.subscription_id == subscription_id)
    )


async def charged(session: AsyncSession, subscription_id: str) -> set[tuple[str, Month]]:
    """Service and month of every instalment that was invoiced."""
    rows = await session.execute(
        select(InstalmentRow.service, InstalmentRow.period).where(
            InstalmentRow.subscription_id == subscription_id
        )
    )
    return {(service, Month.parse(period)) for service, period in rows}


async def customers(session: AsyncSession, org_numbers: Iterable[str]) -> dict[str, CustomerRow]:
    """The registered customers among some organisation numbers."""
    rows = await session.scalars(
        select(CustomerRow).where(CustomerRow.org_number.in_(list(org_numbers)))
    )
    return {row.org_number: row for row in rows}
