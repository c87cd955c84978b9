"""SQL of reported volumes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.subscriptions.repository import of_subscriptions_visible
from services.billing.tables import FinalSettlementRow, TrueUpMonthRow, VolumeRow
from services.billing.volumes.domain import VolumeStatus
from services.contracts.succession import Scope


async def add_unknown(session: AsyncSession, rows: Iterable[VolumeRow]) -> None:
    """Store the volumes whose source and identity are new; leave the others as they are."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    columns = [column.key for column in VolumeRow.__table__.columns]
    # In one order for everybody, so that two batches never wait for each other.
    values = [
        {column: getattr(row, column) for column in columns}
        for row in sorted(rows, key=lambda row: row.source_id)
    ]
    await session.execute(
        insert(VolumeRow).on_conflict_do_nothing(index_elements=["source", "source_id"]),
        values,
    )


async def by_source_ids(
    session: AsyncSession, source: str, ids: Iterable[str]
) -> dict[str, VolumeRow]:
    """What a source reported under some identities."""
    rows = await session.scalars(
        select(VolumeRow).where(VolumeRow.source == source, VolumeRow.source_id.in_(list(ids)))
    )
    return {row.source_id: row for row in rows}


async def set_aside(session: AsyncSession, org_numbers: Iterable[str]) -> Sequence[VolumeRow]:
    """Some customers' volumes that are kept aside."""
    return (
        await session.scalars(
            select(VolumeRow)
            .where(
                VolumeRow.org_number.in_(list(org_numbers)),
                VolumeRow.status == VolumeStatus.SET_ASIDE,
            )
            .order_by(VolumeRow.id)
        )
    ).all()


async def page(
    session: AsyncSession,
    scope: Scope | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> Sequence[VolumeRow]:
    """Volumes in the order they came, of one customer or of all.

    An agency that another took over sees its volumes up to then.
    """
    query = select(VolumeRow).order_by(VolumeRow.id).limit(limit)
    if scope is not None:
        query = query.where(
            of_subscriptions_visible(VolumeRow.org_number, VolumeRow.subscription_id, scope)
        )
    if scope is not None and scope.absorbed_on is not None:
        last = str(Month.of(scope.absorbed_on - timedelta(days=1)))
        query = query.where(or_(VolumeRow.org_number != scope.own, VolumeRow.period <= last))
    if period is not None:
        query = query.where(VolumeRow.period == period)
    if after is not None:
        query = query.where(VolumeRow.id > after)
    return (await session.scalars(query)).all()


async def reported(
    session: AsyncSession, subscription_id: str
) -> dict[tuple[str, str, Month], int]:
    """The accepted quantities of a subscription by service, unit and month."""
    rows = await session.execute(
        select(VolumeRow.service, VolumeRow.unit, VolumeRow.period, func.sum(VolumeRow.quantity))
        .where(
            VolumeRow.subscription_id == subscription_id,
            VolumeRow.status == VolumeStatus.ACCEPTED,
        )
        .group_by(VolumeRow.service, VolumeRow.unit, VolumeRow.period)
    )
    return {
        (service, unit, Month.parse(period)): int(total) for service, unit, period, total in rows
    }


async def settled_months(
    session: AsyncSession, subscription_ids: Iterable[str]
) -> set[tuple[str, str, str]]:
    """Subscription, service and period of every month that a true-up covered."""
    rows = await session.execute(
        select(TrueUpMonthRow.subscription_id, TrueUpMonthRow.service, TrueUpMonthRow.period)
        .where(TrueUpMonthRow.subscription_id.in_(list(subscription_ids)))
        .distinct()
    )
    return {(subscription, service, period) for subscription, service, period in rows}


async def finally_settled(
    session: AsyncSession, subscription_ids: Iterable[str]
) -> dict[tuple[str, str], Month]:
    """The last month that a final settlement has closed, by subscription and service."""
    rows = await session.scalars(
        select(FinalSettlementRow).where(
            FinalSettlementRow.subscription_id.in_(list(subscription_ids)),
            FinalSettlementRow.settlement_id.is_not(None),
        )
    )
    found: dict[tuple[str, str], Month] = {}
    for row in rows:
        for each in row.services:
            key = (row.subscription_id, each["service"])
            month = Month.of(date.fromisoformat(each["last_day"]))
            found[key] = max(month, found.get(key, month))
    return found
