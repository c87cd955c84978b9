"""SQL of indicators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.indicators.domain import LevelOutcome
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.tables import ClosedMonthRow, PreparednessListRow, RegisteredNameRow
from services.contracts.collab_model import LevelResult

_LOCK = 0x5353_4305
"""Key of the advisory lock between those who register lists of preparedness agencies."""


async def take_turn(session: AsyncSession) -> None:
    """Wait for others that register a list; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def last_number(session: AsyncSession) -> int:
    """The number of the list that was registered last; nought before the first."""
    return await session.scalar(select(func.max(PreparednessListRow.number))) or 0


async def list_on(session: AsyncSession, day: date) -> PreparednessListRow | None:
    """The list that holds on a day."""
    return await session.scalar(
        select(PreparednessListRow)
        .where(PreparednessListRow.holds_from <= day)
        .order_by(PreparednessListRow.holds_from.desc(), PreparednessListRow.number.desc())
        .limit(1)
    )


async def lists(session: AsyncSession, after: int, limit: int) -> Sequence[PreparednessListRow]:
    """Lists in the order they were registered, behind a number."""
    query = (
        select(PreparednessListRow)
        .where(PreparednessListRow.number > after)
        .order_by(PreparednessListRow.number)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def registered_on(session: AsyncSession) -> dict[str, date]:
    """The day on which each agency was first registered."""
    rows = await session.execute(
        select(RegisteredNameRow.org_number, func.min(RegisteredNameRow.known_at)).group_by(
            RegisteredNameRow.org_number
        )
    )
    return {number: stockholm_day(instant) for number, instant in rows}


async def outcomes(session: AsyncSession, year: int) -> list[LevelOutcome]:
    """How levels came out in the closed months of a year, as they were corrected last."""
    row = ClosedMonthRow
    rows = await session.execute(
        select(row.service, row.period, row.results).where(
            row.period.between(str(Month(year, 1)), str(Month(year, 12)))
        )
    )
    return [
        LevelOutcome(service, Month.parse(period), result.kind, result.good, result.total)
        for service, period, results in rows
        for result in map(LevelResult.model_validate, results)
    ]
