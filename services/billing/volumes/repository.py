"""SQL of reported volumes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Update, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.billing.months import Month
from services.billing.subscriptions.repository import of_subscriptions_visible
from services.billing.tables import FinalSettlementRow, TrueUpMonthRow, VolumeRow
from services.billing.volumes.domain import SetAside, VolumeStatus
from services.contracts.succession import Scope


async def add_unknown(session: AsyncSession, rows: Iterable[VolumeRow]) -> None:
    """Store the volumes whose source, identity and revision are new; leave the others."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    columns = [column.key for column in VolumeRow.__table__.columns]
    # In one order for everybody, so that two batches never wait for each other.
    values = [
        {column: getattr(row, column) for column in columns}
        for row in sorted(rows, key=lambda row: (row.source_id, row.revision))
    ]
    await session.execute(
        insert(VolumeRow).on_conflict_do_nothing(
            index_elements=["source", "source_id", "revision"]
        ),
        values,
    )


async def about(session: AsyncSession, source: str, ids: Collection[str]) -> Sequence[VolumeRow]:
    """What a source reported under some identities, or to correct them."""
    return (
        await session.scalars(
            select(VolumeRow)
            .where(
                VolumeRow.source == source,
                or_(VolumeRow.source_id.in_(ids), VolumeRow.corrects.in_(ids)),
            )
            .execution_options(populate_existing=True)
        )
    ).all()


async def say_what_counts(session: AsyncSession, source: str, ids: Collection[str]) -> None:
    """Bring up to date which facts of some identities have been superseded, and by which.

    One that another report corrects is superseded by that; else a revision by the highest
    one. Only what was accepted supersedes anything.
    """
    await session.execute(
        _superseding().where(VolumeRow.source == source, VolumeRow.source_id.in_(ids))
    )


async def say_what_counts_of_new(session: AsyncSession, source: str, head: str) -> None:
    """As ``say_what_counts``, for first revisions that came with a file.

    Args:
        session: the database session.
        source: whose file it was.
        head: what the identifiers of its volumes begin with.
    """
    if await _corrects_anything(session, source):
        await say_what_counts_where(session, VolumeRow.id.between(*ids_from(head)))


async def _corrects_anything(session: AsyncSession, source: str) -> bool:
    corrections = or_(VolumeRow.revision > 1, VolumeRow.corrects.is_not(None))
    found = await session.scalar(
        select(VolumeRow.id).where(VolumeRow.source == source, corrections).limit(1)
    )
    return found is not None


async def say_what_counts_where(session: AsyncSession, condition: ColumnElement[bool]) -> None:
    """As ``say_what_counts``, for the volumes of a condition."""
    await session.execute(_superseding().where(condition))


def ids_from(head: str) -> tuple[str, str]:
    """The first and the last identifier that begin so."""
    return f"{head}000000000000", f"{head}ffffffffffff"


def _superseding() -> Update:
    other = aliased(VolumeRow)
    accepted = (other.source == VolumeRow.source, other.status == VolumeStatus.ACCEPTED)
    correction = select(other.id).where(*accepted, other.corrects == VolumeRow.source_id).limit(1)
    newer = (
        select(other.id)
        .where(
            *accepted,
            other.source_id == VolumeRow.source_id,
            other.revision > VolumeRow.revision,
        )
        .order_by(other.revision.desc())
        .limit(1)
    )
    found = func.coalesce(correction.scalar_subquery(), newer.scalar_subquery())
    return (
        update(VolumeRow)
        .where(VolumeRow.superseded_by.is_distinct_from(found))
        .values(superseded_by=found)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Wanted:
    """Which volumes; what is absent does not matter."""

    period: str | None = None
    status: VolumeStatus | None = None
    reason: SetAside | None = None


async def page(
    session: AsyncSession,
    scope: Scope | None,
    wanted: Wanted,
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
    if wanted.period is not None:
        query = query.where(VolumeRow.period == wanted.period)
    if wanted.reason is not None:
        # Said for the index of what is set aside, which is little.
        query = query.where(
            VolumeRow.status == VolumeStatus.SET_ASIDE, VolumeRow.reason == wanted.reason
        )
    if wanted.status is not None:
        query = query.where(VolumeRow.status == wanted.status)
    if after is not None:
        query = query.where(VolumeRow.id > after)
    return (await session.scalars(query)).all()


async def reported(
    session: AsyncSession, subscription_id: str
) -> dict[tuple[str, str, Month], int]:
    """The quantities of a subscription that count, by service, unit and month."""
    rows = await session.execute(
        select(VolumeRow.service, VolumeRow.unit, VolumeRow.period, func.sum(VolumeRow.quantity))
        .where(
            VolumeRow.subscription_id == subscription_id,
            VolumeRow.status == VolumeStatus.ACCEPTED,
            VolumeRow.superseded_by.is_(None),
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
