"""All SQL about levels, readings and closed periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.agreements.repository import number_in_force
from services.collab_model.customers.repository import issued_within, signed_within
from services.collab_model.levels.domain import Level, Tally, plain
from services.collab_model.tables import LevelRow, PeriodResultRow, PeriodRow, ReadingRow
from services.contracts.succession import Scope
from services.contracts.values import MeasureKind, Priority


@dataclass(frozen=True)
class ClosedPeriod:
    """A closed period and its results in the order the levels were signed."""

    period: PeriodRow
    results: tuple[PeriodResultRow, ...]

    @property
    def id(self) -> str:
        """The period's identifier."""
        return self.period.id


def level_of(row: LevelRow) -> Level:
    """A stored level as the domain knows it."""
    return Level(
        id=row.id,
        key=row.key,
        kind=MeasureKind(row.kind),
        target_minutes={Priority(name): value for name, value in row.target_minutes.items()},
        required_share_percent=plain(row.required_share_percent),
    )


async def add_levels(session: AsyncSession, levels: Sequence[LevelRow]) -> None:
    """Keep the levels of a new agreement."""
    session.add_all(levels)
    await session.flush()


async def levels_of_service(
    session: AsyncSession, agreement_id: str, version: int, service: str
) -> list[Level]:
    """The levels that a version promises for a service, in the order they were signed."""
    rows = await session.scalars(
        select(LevelRow)
        .where(
            LevelRow.agreement_id == agreement_id,
            LevelRow.version == version,
            LevelRow.service == service,
        )
        .order_by(LevelRow.id)
    )
    return [level_of(row) for row in rows]


async def list_levels(
    session: AsyncSession,
    *,
    scope: Scope | None,
    today: date,
    service: str | None,
    after: str | None,
    limit: int,
) -> Sequence[LevelRow]:
    """A page of the levels of the versions in force today, by identifier."""
    query = (
        select(LevelRow)
        .where(LevelRow.version == number_in_force(LevelRow.agreement_id, today))
        .order_by(LevelRow.id)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(signed_within(scope, LevelRow.org_number, LevelRow.agreement_id))
    if service is not None:
        query = query.where(LevelRow.service == service)
    if after is not None:
        query = query.where(LevelRow.id > after)
    return (await session.scalars(query)).all()


async def known_readings(
    session: AsyncSession, source: str, source_ids: Sequence[str]
) -> dict[str, ReadingRow]:
    """The readings a source has reported before, by its own identifiers."""
    rows = await session.scalars(
        select(ReadingRow).where(ReadingRow.source == source, ReadingRow.source_id.in_(source_ids))
    )
    return {row.source_id: row for row in rows}


async def add_readings(session: AsyncSession, readings: Sequence[ReadingRow]) -> None:
    """Keep new readings."""
    session.add_all(readings)
    await session.flush()


async def tallies(
    session: AsyncSession, agreement_id: str, service: str, period: str
) -> Mapping[str, Tally]:
    """What a month's readings sum to, by level."""
    rows = await session.execute(
        select(ReadingRow.level, func.sum(ReadingRow.good), func.sum(ReadingRow.total))
        .where(
            ReadingRow.agreement_id == agreement_id,
            ReadingRow.service == service,
            ReadingRow.period == period,
        )
        .group_by(ReadingRow.level)
    )
    return {level: Tally(int(good), int(total)) for level, good, total in rows}


async def is_closed(session: AsyncSession, agreement_id: str, service: str, period: str) -> bool:
    """Whether a month of a service has been closed."""
    found = await session.scalar(
        select(PeriodRow.id).where(
            PeriodRow.agreement_id == agreement_id,
            PeriodRow.service == service,
            PeriodRow.period == period,
            PeriodRow.revision == 1,
        )
    )
    return found is not None


async def latest_periods(
    session: AsyncSession, agreement_id: str, service: str
) -> dict[str, PeriodRow]:
    """The closed months of a service as they were corrected last, by month."""
    rows = await session.scalars(
        select(PeriodRow)
        .where(PeriodRow.agreement_id == agreement_id, PeriodRow.service == service)
        .order_by(PeriodRow.period, PeriodRow.revision)
    )
    return {row.period: row for row in rows}


async def results_of(session: AsyncSession, period_id: str) -> Sequence[PeriodResultRow]:
    """How the levels came out in a closed month, in signed order."""
    return (
        await session.scalars(
            select(PeriodResultRow)
            .where(PeriodResultRow.period_id == period_id)
            .order_by(PeriodResultRow.position)
        )
    ).all()


async def count_periods(session: AsyncSession, agreement_id: str) -> int:
    """How many months of an agreement's services have been closed or corrected."""
    count = await session.scalar(
        select(func.count()).select_from(PeriodRow).where(PeriodRow.agreement_id == agreement_id)
    )
    return count or 0


async def add_period(
    session: AsyncSession, period: PeriodRow, results: Sequence[PeriodResultRow]
) -> None:
    """Keep a closed period and its results."""
    session.add(period)
    await session.flush()
    session.add_all(results)
    await session.flush()


def _periods(scope: Scope | None, service: str | None, period: str | None) -> Select[PeriodRow]:
    query = select(PeriodRow).order_by(PeriodRow.id)
    if scope is not None:
        query = query.where(issued_within(scope, PeriodRow.org_number, PeriodRow.agreement_id))
    if service is not None:
        query = query.where(PeriodRow.service == service)
    if period is not None:
        query = query.where(PeriodRow.period == period)
    return query


async def list_periods(
    session: AsyncSession,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> list[ClosedPeriod]:
    """A page of closed periods and corrections in the order they came, with their results."""
    query = _periods(scope, service, period).limit(limit)
    if after is not None:
        query = query.where(PeriodRow.id > after)
    periods = (await session.scalars(query)).all()
    results: dict[str, list[PeriodResultRow]] = {row.id: [] for row in periods}
    rows = await session.scalars(
        select(PeriodResultRow)
        .where(PeriodResultRow.period_id.in_(results))
        .order_by(PeriodResultRow.period_id, PeriodResultRow.position)
    )
    for row in rows:
        results[row.period_id].append(row)
    return [ClosedPeriod(row, tuple(results[row.id])) for row in periods]
