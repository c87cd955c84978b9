"""SQL of tariffs and of the answers to fee indication requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.tables import CustomerRow, FeeIndicationRow, TariffVersionRow
from services.billing.tariffs.domain import Tariff, TariffItem
from services.billing.tariffs.items import ItemDocument, items_of
from services.billing.tariffs.versions import (
    Consultation,
    Step,
    TariffStatus,
    TariffVersion,
    in_force,
)
from services.chassis.ids import new_id


@dataclass(frozen=True)
class Head:
    """What a tariff is called and the days it is for."""

    key: str
    name: str
    name_sv: str | None
    valid_from: date
    valid_until: date | None


async def answer_of(session: AsyncSession, request_id: str) -> FeeIndicationRow | None:
    """The answer a request was given."""
    return await session.get(FeeIndicationRow, request_id)


async def versions(session: AsyncSession, key: str | None = None) -> list[TariffVersion]:
    """Every version of a tariff, or of all, by key and number."""
    query = select(TariffVersionRow).order_by(TariffVersionRow.key, TariffVersionRow.number)
    if key is not None:
        query = query.where(TariffVersionRow.key == key)
    return [version_of(row) for row in await session.scalars(query)]


async def locked(session: AsyncSession) -> list[TariffVersion]:
    """Every version, held until the transaction ends, so that nobody publishes beside us."""
    query = (
        select(TariffVersionRow)
        .order_by(TariffVersionRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [version_of(row) for row in await session.scalars(query)]


async def row(session: AsyncSession, key: str, number: int) -> TariffVersionRow | None:
    """One version's row, held until the transaction ends."""
    query = (
        select(TariffVersionRow)
        .where(TariffVersionRow.key == key, TariffVersionRow.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def by_id(session: AsyncSession, version_id: str) -> TariffVersion:
    """The version of an identifier that is kept elsewhere; versions are never deleted."""
    return version_of(await session.get_one(TariffVersionRow, version_id))


async def holding(session: AsyncSession, day: date, known_at: datetime) -> TariffVersion | None:
    """The version that holds on a day by what was known at an instant."""
    return in_force(await versions(session), day, known_at)


async def add(
    session: AsyncSession, head: Head, items: Sequence[ItemDocument], number: int, step: Step
) -> TariffVersion:
    """Store a new version, as a draft.

    Raises:
        sqlalchemy.exc.IntegrityError: the tariff has a version of that number already.
    """
    stored = TariffVersionRow(
        id=new_id(),
        key=head.key,
        number=number,
        name=head.name,
        name_sv=head.name_sv,
        valid_from=head.valid_from,
        valid_until=head.valid_until,
        items=[item.stored() for item in items],
        registered_by=step.by,
        registered_at=step.at,
    )
    session.add(stored)
    await session.flush()
    return version_of(stored)


async def statuses(session: AsyncSession, version_ids: Iterable[str]) -> dict[str, TariffStatus]:
    """Where versions are in their lives, by their identifiers."""
    query = select(TariffVersionRow).where(TariffVersionRow.id.in_(set(version_ids)))
    return {row.id: _version(row, ()).status for row in await session.scalars(query)}


async def headcounts(session: AsyncSession) -> dict[str, int]:
    """The employees of every registered customer, by organisation number."""
    rows = await session.execute(select(CustomerRow.org_number, CustomerRow.headcount))
    return {row.org_number: row.headcount for row in rows}


def version_of(row: TariffVersionRow) -> TariffVersion:
    """A version as it is stored."""
    return _version(row, items_of(row.items))


def _version(row: TariffVersionRow, items: tuple[TariffItem, ...]) -> TariffVersion:
    return TariffVersion(
        id=row.id,
        tariff=Tariff(
            key=row.key,
            name=row.name,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            items=items,
            name_sv=row.name_sv,
        ),
        number=row.number,
        registered=Step(row.registered_by, row.registered_at),
        consultation=_consultation(row),
        published=_step(row.published_by, row.published_at),
        withdrawn=_step(row.withdrawn_by, row.withdrawn_at),
        reason=row.withdrawal_reason,
    )


def _step(by: str | None, at: datetime | None) -> Step | None:
    return Step(by or "system", at) if at is not None else None


def _consultation(row: TariffVersionRow) -> Consultation | None:
    if row.consulted is None or row.consulted_on is None or row.consultation_noted_at is None:
        return None
    return Consultation(
        consulted=row.consulted,
        held_on=row.consulted_on,
        answer=row.consultation_answer or "",
        reference=row.consultation_reference or "",
        noted_by=row.consultation_noted_by or "system",
        noted_at=row.consultation_noted_at,
    )
