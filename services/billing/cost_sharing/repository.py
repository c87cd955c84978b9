"""SQL of cost sharing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.cost_sharing.facts import CostItem, IndexValue, Party, Reading
from services.billing.cost_sharing.language import Version
from services.billing.tables import (
    CostArrangementRow,
    CostArrangementVersionRow,
    CostItemRow,
    CostPartyRow,
    CostShareRow,
    CostSharingRow,
    DriverReadingRow,
    IndexValueRow,
)
from services.contracts.succession import Scope


async def arrangement(
    session: AsyncSession, key: str, *, lock: bool = False
) -> CostArrangementRow | None:
    """An arrangement; locked, so that whoever changes it or books for it waits for the other."""
    query = select(CostArrangementRow).where(CostArrangementRow.key == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def arrangements(
    session: AsyncSession, after: str | None, limit: int
) -> Sequence[CostArrangementRow]:
    """Arrangements in the order of their keys."""
    query = select(CostArrangementRow).order_by(CostArrangementRow.key).limit(limit)
    if after is not None:
        query = query.where(CostArrangementRow.key > after)
    return (await session.scalars(query)).all()


async def version_rows(session: AsyncSession, key: str) -> Sequence[CostArrangementVersionRow]:
    """An arrangement's versions in the order in which they hold."""
    return (
        await session.scalars(
            select(CostArrangementVersionRow)
            .where(CostArrangementVersionRow.arrangement == key)
            .order_by(CostArrangementVersionRow.effective_from)
        )
    ).all()


async def versions(session: AsyncSession, key: str) -> tuple[Version, ...]:
    """An arrangement's versions as they are written, in the order in which they hold."""
    rows = await version_rows(session, key)
    return tuple(Version.model_validate(row.document) for row in rows)


async def party_rows(session: AsyncSession, key: str) -> Sequence[CostPartyRow]:
    """An arrangement's parties in the order of their keys."""
    return (
        await session.scalars(
            select(CostPartyRow).where(CostPartyRow.arrangement == key).order_by(CostPartyRow.key)
        )
    ).all()


def party_of(row: CostPartyRow) -> Party:
    """A stored party."""
    return Party(
        key=row.key,
        name=row.name,
        org_number=row.org_number,
        groups=tuple(row.groups),
        joins_on=row.joins_on,
        leaves_on=row.leaves_on,
    )


def item_of(row: CostItemRow) -> CostItem:
    """A stored cost item."""
    return CostItem.model_validate(
        {
            "id": row.item_id,
            "line": row.line,
            "name": row.name,
            "name_sv": row.name_sv,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "amount_ore": row.amount_ore,
            "basis": row.basis,
            "ordered_by": row.ordered_by,
        }
    )


def reading_of(row: DriverReadingRow) -> Reading:
    """A stored reading; its unit is its driver's."""
    return Reading.model_validate(
        {
            "id": row.reading_id,
            "driver": row.driver,
            "party": row.party,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "quantity": row.quantity,
            "basis": row.basis,
            "corrects": row.corrects,
        }
    )


async def items_by_id(
    session: AsyncSession, key: str, ids: Iterable[str]
) -> dict[str, CostItemRow]:
    """An arrangement's cost items of some names."""
    rows = await session.scalars(
        select(CostItemRow).where(CostItemRow.arrangement == key, CostItemRow.item_id.in_(ids))
    )
    return {row.item_id: row for row in rows}


async def readings_by_id(
    session: AsyncSession, key: str, ids: Iterable[str]
) -> dict[str, DriverReadingRow]:
    """An arrangement's readings of some names."""
    rows = await session.scalars(
        select(DriverReadingRow).where(
            DriverReadingRow.arrangement == key, DriverReadingRow.reading_id.in_(ids)
        )
    )
    return {row.reading_id: row for row in rows}


async def readings_corrected(session: AsyncSession, key: str, ids: Iterable[str]) -> dict[str, str]:
    """Which of an arrangement's readings corrects each of some, where one does."""
    rows = await session.execute(
        select(DriverReadingRow.corrects, DriverReadingRow.reading_id).where(
            DriverReadingRow.arrangement == key, DriverReadingRow.corrects.in_(ids)
        )
    )
    return {row.corrects: row.reading_id for row in rows if row.corrects is not None}


async def item_page(
    session: AsyncSession, key: str, line: str | None, after: str | None, limit: int
) -> Sequence[CostItemRow]:
    """An arrangement's cost items in the order they came."""
    query = select(CostItemRow).where(CostItemRow.arrangement == key)
    if line is not None:
        query = query.where(CostItemRow.line == line)
    if after is not None:
        query = query.where(CostItemRow.id > after)
    return (await session.scalars(query.order_by(CostItemRow.id).limit(limit))).all()


async def reading_page(
    session: AsyncSession, key: str, driver: str | None, after: str | None, limit: int
) -> Sequence[DriverReadingRow]:
    """An arrangement's readings in the order they came."""
    query = select(DriverReadingRow).where(DriverReadingRow.arrangement == key)
    if driver is not None:
        query = query.where(DriverReadingRow.driver == driver)
    if after is not None:
        query = query.where(DriverReadingRow.id > after)
    return (await session.scalars(query.order_by(DriverReadingRow.id).limit(limit))).all()


async def items_until(
    session: AsyncSession, key: str, first: date, last: date, earlier: Iterable[str]
) -> tuple[CostItem, ...]:
    """The cost items of a period, and those before it of some lines."""
    rows = await session.scalars(
        select(CostItemRow).where(
            CostItemRow.arrangement == key,
            CostItemRow.first_day <= last,
            or_(CostItemRow.last_day >= first, CostItemRow.line.in_(list(earlier))),
        )
    )
    return tuple(item_of(row) for row in rows)


async def readings_until(session: AsyncSession, key: str, last: date) -> tuple[Reading, ...]:
    """The readings that began before a period ended; prices count from the year's first day."""
    rows = await session.scalars(
        select(DriverReadingRow).where(
            DriverReadingRow.arrangement == key, DriverReadingRow.first_day <= last
        )
    )
    return tuple(reading_of(row) for row in rows)


async def index_values(session: AsyncSession, indices: Iterable[str]) -> tuple[IndexValue, ...]:
    """What some indices were in each year, by what was registered last."""
    rows = await session.scalars(
        select(IndexValueRow)
        .where(IndexValueRow.index_key.in_(list(indices)))
        .order_by(IndexValueRow.id)
    )
    found = {(row.index_key, row.year): row.value for row in rows}
    return tuple(
        IndexValue(index=index, year=year, value=value)
        for (index, year), value in sorted(found.items())
    )


async def index_page(
    session: AsyncSession, after: str | None, limit: int
) -> Sequence[IndexValueRow]:
    """Index values in the order they came."""
    query = select(IndexValueRow).order_by(IndexValueRow.id).limit(limit)
    if after is not None:
        query = query.where(IndexValueRow.id > after)
    return (await session.scalars(query)).all()


async def sharing(session: AsyncSession, sharing_id: str) -> CostSharingRow | None:
    """A booked sharing."""
    return await session.get(CostSharingRow, sharing_id)


async def corrected_by(session: AsyncSession, sharing_id: str) -> str | None:
    """The sharing that corrects one, if any."""
    return await session.scalar(
        select(CostSharingRow.id).where(CostSharingRow.corrects == sharing_id)
    )


async def standing_sharings(session: AsyncSession, key: str) -> Sequence[Any]:
    """Id, days and results of an arrangement's sharings that no other has corrected."""
    corrected = select(CostSharingRow.corrects).where(CostSharingRow.corrects.is_not(None))
    rows = await session.execute(
        select(
            CostSharingRow.id,
            CostSharingRow.first_day,
            CostSharingRow.last_day,
            CostSharingRow.results,
        )
        .where(CostSharingRow.arrangement == key, CostSharingRow.id.not_in(corrected))
        .order_by(CostSharingRow.first_day)
    )
    return rows.all()


async def shares(
    session: AsyncSession, sharing_id: str, scope: Scope | None = None
) -> Sequence[CostShareRow]:
    """The shares of a sharing, those that an agency may see or all of them."""
    query = select(CostShareRow).where(CostShareRow.sharing_id == sharing_id)
    if scope is not None:
        query = _visible(query.join(CostSharingRow), scope)
    return (await session.scalars(query.order_by(CostShareRow.party, CostShareRow.line))).all()


def _visible(query: Select[Any], scope: Scope) -> Select[Any]:
    query = query.where(CostShareRow.org_number.in_(scope.issued_to))
    if scope.absorbed_on is None:
        return query
    return query.where(
        or_(
            CostShareRow.org_number != scope.own,
            CostSharingRow.first_day < scope.absorbed_on,
        )
    )


async def sharing_page(
    session: AsyncSession,
    key: str | None,
    scope: Scope | None,
    after: str | None,
    limit: int,
) -> Sequence[CostSharingRow]:
    """Booked sharings in the order they were booked; an agency's are those it has a share of."""
    query = select(CostSharingRow).order_by(CostSharingRow.id).limit(limit)
    if key is not None:
        query = query.where(CostSharingRow.arrangement == key)
    if after is not None:
        query = query.where(CostSharingRow.id > after)
    if scope is not None:
        own = select(CostShareRow.sharing_id).join(CostSharingRow)
        query = query.where(CostSharingRow.id.in_(_visible(own, scope)))
    return (await session.scalars(query)).all()
