"""SQL of productivity: full-time equivalents, units, start-up time, and cost by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, extract, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.billing.cost_sharing.facts import Basis
from services.billing.months import Month
from services.billing.tables import (
    CostDistributionRow,
    CostEntryRow,
    CostPoolRow,
    CostUseRow,
    FullTimeEquivalentRow,
    StartUpCostRow,
    VolumeRow,
)
from services.billing.volumes.domain import VolumeStatus

_LOCK = 0x5353_4304
"""Key of the advisory lock between those who report full-time equivalents."""
_ACTUAL = Basis.ACTUAL.value

Span = tuple[Month, Month]
"""A first and a last month."""


async def take_turn(session: AsyncSession) -> None:
    """Wait for others that report full-time equivalents; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def reported(
    session: AsyncSession, source: str, names: Collection[str]
) -> Sequence[FullTimeEquivalentRow]:
    """What a source reported under some names, or to correct them."""
    row = FullTimeEquivalentRow
    return (
        await session.scalars(
            select(row).where(
                row.source == source, row.source_id.in_(names) | row.corrects.in_(names)
            )
        )
    ).all()


async def page(
    session: AsyncSession,
    wanted: dict[str, str | None],
    after: str | None,
    limit: int,
) -> Sequence[FullTimeEquivalentRow]:
    """Reported full-time equivalents in the order they came, of the columns' values given."""
    query = select(FullTimeEquivalentRow).order_by(FullTimeEquivalentRow.id).limit(limit)
    for column, value in wanted.items():
        if value is not None:
            query = query.where(getattr(FullTimeEquivalentRow, column) == value)
    if after is not None:
        query = query.where(FullTimeEquivalentRow.id > after)
    return (await session.scalars(query)).all()


async def full_time(session: AsyncSession, span: Span) -> dict[tuple[str, Month], int]:
    """Hundredths of full-time equivalents by service and month; what was corrected is not in."""
    row, other = FullTimeEquivalentRow, aliased(FullTimeEquivalentRow)
    corrected = select(other.id).where(other.source == row.source, other.corrects == row.source_id)
    rows = await session.execute(
        select(row.service, row.period, func.sum(row.hundredths))
        .where(row.period.between(*_periods(span)), ~corrected.exists())
        .group_by(row.service, row.period)
    )
    return {(service, Month.parse(period)): int(total) for service, period, total in rows}


async def units(
    session: AsyncSession, span: Span
) -> dict[tuple[str, str, Month], dict[str | None, int]]:
    """The units that count, by service, unit and month, of each subscription."""
    rows = await session.execute(
        select(
            VolumeRow.service,
            VolumeRow.unit,
            VolumeRow.period,
            VolumeRow.subscription_id,
            func.sum(VolumeRow.quantity),
        )
        .where(
            VolumeRow.period.between(*_periods(span)),
            VolumeRow.status == VolumeStatus.ACCEPTED,
            VolumeRow.superseded_by.is_(None),
        )
        .group_by(VolumeRow.service, VolumeRow.unit, VolumeRow.period, VolumeRow.subscription_id)
    )
    found: dict[tuple[str, str, Month], dict[str | None, int]] = defaultdict(dict)
    for service, unit, period, subscription, total in rows:
        found[service, unit, Month.parse(period)][subscription] = int(total)
    return dict(found)


async def start_up_minutes(session: AsyncSession, span: Span) -> dict[tuple[str, Month], int]:
    """Minutes registered for start-up by service and month, corrections taken in."""
    year = extract("year", StartUpCostRow.incurred_on)
    month = extract("month", StartUpCostRow.incurred_on)
    rows = await session.execute(
        select(StartUpCostRow.service, year, month, func.sum(StartUpCostRow.minutes))
        .where(StartUpCostRow.incurred_on.between(span[0].first_day, span[1].last_day))
        .group_by(StartUpCostRow.service, year, month)
    )
    return {
        (service, Month(int(of_year), int(of_month))): int(total)
        for service, of_year, of_month, total in rows
    }


async def ended_in_pools(session: AsyncSession, span: Span) -> list[tuple[Month, str, str, int]]:
    """What ended in services' pools by the standing actual distributions.

    Carried cost is left out: it ends in the month that it comes back in.

    Returns:
        Month, service, kind of the pool it arose in, and öre.
    """
    of, origin = aliased(CostPoolRow), aliased(CostPoolRow)
    rows = await session.execute(
        select(CostDistributionRow.period, of.service, origin.kind, func.sum(CostUseRow.amount_ore))
        .join(CostUseRow, CostUseRow.distribution_id == CostDistributionRow.id)
        .join(of, of.key == CostUseRow.pool)
        .join(origin, origin.key == CostUseRow.origin)
        .where(*_standing_in(span), CostUseRow.use != "carry", of.service.is_not(None))
        .group_by(CostDistributionRow.period, of.service, origin.kind)
    )
    return [
        (Month.parse(period), service, kind, int(total))
        for period, service, kind, total in rows
        if service is not None
    ]


async def distributed(session: AsyncSession, span: Span) -> dict[Month, dict[str, Any]]:
    """What the standing actual distribution of each month was reckoned from."""
    rows = await session.execute(
        select(CostDistributionRow.period, CostDistributionRow.given).where(*_standing_in(span))
    )
    return {Month.parse(period): given for period, given in rows}


async def costs_now(session: AsyncSession, span: Span) -> dict[Month, dict[tuple[str, str], int]]:
    """The actual cost of each month by pool and origin as it is registered and carried now."""
    found: dict[Month, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    own = await session.execute(
        select(CostEntryRow.period, CostEntryRow.pool, func.sum(CostEntryRow.amount_ore))
        .where(CostEntryRow.basis == _ACTUAL, CostEntryRow.period.between(*_periods(span)))
        .group_by(CostEntryRow.period, CostEntryRow.pool)
    )
    for period, pool, total in own:
        found[Month.parse(period)][pool, pool] += int(total)
    for to_period, to_pool, origin, total in await session.execute(_brought_forward(span)):
        if to_period is not None and to_pool is not None:
            found[Month.parse(to_period)][to_pool, origin] += int(total)
    return found


def _brought_forward(span: Span) -> Select[str | None, str | None, str, int]:
    use = CostUseRow
    return (
        select(use.to_period, use.to_pool, use.origin, func.sum(use.amount_ore))
        .join(CostDistributionRow)
        .where(
            use.use == "carry",
            use.to_period.between(*_periods(span)),
            CostDistributionRow.basis == _ACTUAL,
            CostDistributionRow.id.not_in(_corrected()),
        )
        .group_by(use.to_period, use.to_pool, use.origin)
    )


def _standing_in(span: Span) -> tuple[Any, ...]:
    return (
        CostDistributionRow.basis == _ACTUAL,
        CostDistributionRow.period.between(*_periods(span)),
        CostDistributionRow.id.not_in(_corrected()),
    )


def _corrected() -> Select[Any]:
    return select(CostDistributionRow.corrects).where(CostDistributionRow.corrects.is_not(None))


def _periods(span: Span) -> tuple[str, str]:
    return str(span[0]), str(span[1])
