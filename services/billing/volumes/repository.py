"""SQL of reported volumes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.tables import TrueUpMonthRow, VolumeRow
from services.billing.volumes.domain import VolumeStatus


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


async def set_aside(session: AsyncSession, org_number: str, service: str) -> Sequence[VolumeRow]:
    """A customer's volumes of a service that are kept aside."""
    return (
        await session.scalars(
            select(VolumeRow).where(
                VolumeRow.org_number == org_number,
                VolumeRow.service == service,
                VolumeRow.status == VolumeStatus.SET_ASIDE,
            )
        )
    ).all()


async def page(
    session: AsyncSession,
    customer: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> Sequence[VolumeRow]:
    """Volumes in the order they came, of one customer or of all."""
    query = select(VolumeRow).order_by(VolumeRow.id).limit(limit)
    if customer is not None:
        query = query.where(VolumeRow.org_number == customer)
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
