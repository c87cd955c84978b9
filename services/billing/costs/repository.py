"""SQL of costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.cost_sharing.facts import Basis, Reading
from services.billing.costs.language import CostMapping, Pool, PoolCost
from services.billing.tables import (
    CostArrangementVersionRow,
    CostDistributionRow,
    CostEntryRow,
    CostImportRow,
    CostMappingRow,
    CostPoolRow,
    CostUseRow,
    CostVoucherRow,
    OverheadPlanRow,
    PoolReadingRow,
)

_LOCK = 0x5353_4303
"""Key of the advisory lock between those who change costs."""
_AT_ONCE = 500


async def take_turn(session: AsyncSession) -> None:
    """Wait for others that take costs in or distribute them; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def pools(session: AsyncSession) -> dict[str, Pool]:
    """All pools by key."""
    rows = await session.scalars(select(CostPoolRow).order_by(CostPoolRow.key))
    return {row.key: pool_of(row) for row in rows}


def pool_of(row: CostPoolRow) -> Pool:
    """A stored pool."""
    return Pool.model_validate(
        {name: getattr(row, name) for name in ("key", "name", "name_sv", "kind", "service")}
    )


async def pool_of_service(session: AsyncSession, service: str, kind: str) -> CostPoolRow | None:
    """A service's pool of a kind."""
    return await session.scalar(
        select(CostPoolRow).where(CostPoolRow.service == service, CostPoolRow.kind == kind)
    )


async def pool_page(session: AsyncSession, after: str | None, limit: int) -> Sequence[CostPoolRow]:
    """Pools in the order of their keys."""
    query = select(CostPoolRow).order_by(CostPoolRow.key).limit(limit)
    if after is not None:
        query = query.where(CostPoolRow.key > after)
    return (await session.scalars(query)).all()


async def entries_by_id(
    session: AsyncSession, source: str, ids: Sequence[str]
) -> dict[str, CostEntryRow]:
    """A source's entries of some names."""
    found: dict[str, CostEntryRow] = {}
    for begin in range(0, len(ids), _AT_ONCE):
        rows = await session.scalars(
            select(CostEntryRow).where(
                CostEntryRow.source == source,
                CostEntryRow.source_id.in_(ids[begin : begin + _AT_ONCE]),
            )
        )
        found |= {row.source_id: row for row in rows}
    return found


async def add_entries(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Keep entries, many at once."""
    if rows:
        await session.execute(insert(CostEntryRow), list(rows))


async def entry_page(
    session: AsyncSession,
    wanted: dict[str, str | None],
    after: str | None,
    limit: int,
) -> Sequence[CostEntryRow]:
    """Entries in the order they came, of the columns' values given."""
    query = select(CostEntryRow).order_by(CostEntryRow.id).limit(limit)
    for column, value in wanted.items():
        if value is not None:
            query = query.where(getattr(CostEntryRow, column) == value)
    if after is not None:
        query = query.where(CostEntryRow.id > after)
    return (await session.scalars(query)).all()


async def budget_by_place(session: AsyncSession, source: str) -> dict[tuple[Any, ...], list[int]]:
    """What a source's budget comes to by month, account and objects, and of how many entries."""
    rows = await session.execute(
        select(
            CostEntryRow.period, CostEntryRow.account, CostEntryRow.objects, CostEntryRow.amount_ore
        ).where(CostEntryRow.source == source, CostEntryRow.basis == Basis.BUDGET.value)
    )
    found: dict[tuple[Any, ...], list[int]] = {}
    for period, account, objects, amount in rows:
        place = (period, account, tuple(tuple(pair) for pair in objects))
        kept = found.setdefault(place, [0, 0])
        kept[0] += amount
        kept[1] += 1
    return found


async def own_costs(session: AsyncSession, period: str, basis: str) -> list[PoolCost]:
    """What each pool has of a month by what was registered."""
    rows = await session.execute(
        select(CostEntryRow.pool, func.sum(CostEntryRow.amount_ore), func.count())
        .where(CostEntryRow.period == period, CostEntryRow.basis == basis)
        .group_by(CostEntryRow.pool)
        .order_by(CostEntryRow.pool)
    )
    return [
        PoolCost(pool=pool, origin=pool, amount_ore=int(amount), entries=count)
        for pool, amount, count in rows
    ]


async def brought_forward(session: AsyncSession, period: str, basis: str) -> list[PoolCost]:
    """What earlier months carried to a month, by pool and origin."""
    rows = await session.execute(
        select(CostUseRow.to_pool, CostUseRow.origin, func.sum(CostUseRow.amount_ore))
        .join(CostDistributionRow)
        .where(
            CostUseRow.to_period == period,
            CostUseRow.use == "carry",
            CostDistributionRow.basis == basis,
            CostDistributionRow.id.not_in(_corrected()),
        )
        .group_by(CostUseRow.to_pool, CostUseRow.origin)
        .order_by(CostUseRow.to_pool, CostUseRow.origin)
    )
    return [
        PoolCost(pool=pool, origin=origin, amount_ore=int(amount), is_brought_forward=True)
        for pool, origin, amount in rows
        if pool is not None
    ]


def _corrected() -> Any:
    return select(CostDistributionRow.corrects).where(CostDistributionRow.corrects.is_not(None))


async def standing(session: AsyncSession, period: str, basis: str) -> CostDistributionRow | None:
    """The distribution of a month that no other has taken the place of."""
    return await session.scalar(
        select(CostDistributionRow)
        .where(CostDistributionRow.period == period, CostDistributionRow.basis == basis)
        .order_by(CostDistributionRow.number.desc())
        .limit(1)
    )


async def distribution_page(
    session: AsyncSession, period: str | None, after: str | None, limit: int
) -> Sequence[CostDistributionRow]:
    """Distributions in the order they were booked."""
    query = select(CostDistributionRow).order_by(CostDistributionRow.id).limit(limit)
    if period is not None:
        query = query.where(CostDistributionRow.period == period)
    if after is not None:
        query = query.where(CostDistributionRow.id > after)
    return (await session.scalars(query)).all()


async def uses(session: AsyncSession, distribution_id: str) -> Sequence[CostUseRow]:
    """Where a distribution's cost went."""
    return (
        await session.scalars(
            select(CostUseRow)
            .where(CostUseRow.distribution_id == distribution_id)
            .order_by(CostUseRow.number)
        )
    ).all()


async def mapping_rows(session: AsyncSession) -> Sequence[CostMappingRow]:
    """Mappings in the order they were registered."""
    return (await session.scalars(select(CostMappingRow).order_by(CostMappingRow.number))).all()


async def mappings(session: AsyncSession) -> list[CostMapping]:
    """Mappings as they are written, in the order they were registered."""
    return [CostMapping.model_validate(row.document) for row in await mapping_rows(session)]


async def plan_rows(session: AsyncSession) -> Sequence[OverheadPlanRow]:
    """Plans in the order they were registered."""
    return (await session.scalars(select(OverheadPlanRow).order_by(OverheadPlanRow.number))).all()


async def plan_for(session: AsyncSession, period: str) -> OverheadPlanRow | None:
    """The plan that holds in a month."""
    return await session.scalar(
        select(OverheadPlanRow)
        .where(OverheadPlanRow.effective_from <= period)
        .order_by(OverheadPlanRow.effective_from.desc(), OverheadPlanRow.number.desc())
        .limit(1)
    )


def reading_of(row: PoolReadingRow) -> Reading:
    """A stored reading, the pool in its party's place."""
    return Reading.model_validate(
        {
            "id": row.reading_id,
            "driver": row.driver,
            "party": row.pool,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "quantity": row.quantity,
            "basis": row.basis,
            "corrects": row.corrects,
        }
    )


async def readings(
    session: AsyncSession, drivers: Collection[str], last: date
) -> tuple[Reading, ...]:
    """Readings of some drivers that began before a period ended."""
    rows = await session.scalars(
        select(PoolReadingRow)
        .where(PoolReadingRow.driver.in_(list(drivers)), PoolReadingRow.first_day <= last)
        .order_by(PoolReadingRow.reading_id)
    )
    return tuple(reading_of(row) for row in rows)


async def readings_by_id(session: AsyncSession, ids: Iterable[str]) -> dict[str, Reading]:
    """Readings of some names."""
    rows = await session.scalars(
        select(PoolReadingRow).where(PoolReadingRow.reading_id.in_(list(ids)))
    )
    return {row.reading_id: reading_of(row) for row in rows}


async def readings_corrected(session: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    """Which reading corrects each of some, where one does."""
    rows = await session.execute(
        select(PoolReadingRow.corrects, PoolReadingRow.reading_id).where(
            PoolReadingRow.corrects.in_(list(ids))
        )
    )
    return {corrects: name for corrects, name in rows if corrects is not None}


async def reading_page(
    session: AsyncSession, driver: str | None, after: str | None, limit: int
) -> Sequence[PoolReadingRow]:
    """Readings in the order of their names."""
    query = select(PoolReadingRow).order_by(PoolReadingRow.reading_id).limit(limit)
    if driver is not None:
        query = query.where(PoolReadingRow.driver == driver)
    if after is not None:
        query = query.where(PoolReadingRow.reading_id > after)
    return (await session.scalars(query)).all()


async def lines_of_arrangements(session: AsyncSession) -> set[tuple[str, str]]:
    """Every line of every arrangement, whenever its version holds."""
    rows = await session.execute(
        select(CostArrangementVersionRow.arrangement, CostArrangementVersionRow.document)
    )
    return {(key, line["key"]) for key, document in rows for line in document["lines"]}


async def import_of(session: AsyncSession, source: str, digest: str) -> CostImportRow | None:
    """A file that was taken in before."""
    return await session.scalar(
        select(CostImportRow).where(CostImportRow.source == source, CostImportRow.digest == digest)
    )


async def import_page(
    session: AsyncSession, after: str | None, limit: int
) -> Sequence[CostImportRow]:
    """Files in the order they came."""
    query = select(CostImportRow).order_by(CostImportRow.id).limit(limit)
    if after is not None:
        query = query.where(CostImportRow.id > after)
    return (await session.scalars(query)).all()


async def vouchers(session: AsyncSession, source: str, names: Sequence[str]) -> dict[str, str]:
    """What some vouchers of a source held that came before."""
    found: dict[str, str] = {}
    for begin in range(0, len(names), _AT_ONCE):
        rows = await session.execute(
            select(CostVoucherRow.voucher, CostVoucherRow.content).where(
                CostVoucherRow.source == source,
                CostVoucherRow.voucher.in_(names[begin : begin + _AT_ONCE]),
            )
        )
        found |= {row.voucher: row.content for row in rows}
    return found


async def add_vouchers(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Keep which vouchers came."""
    if rows:
        await session.execute(insert(CostVoucherRow), list(rows))
