"""Start-up cost in storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import StartUpCostKind
from services.onboarding.start_up_costs.domain import StartUpCost
from services.onboarding.tables import StartUpCostRow


async def add(session: AsyncSession, entry: StartUpCost) -> None:
    """Store an entry.

    Raises:
        sqlalchemy.exc.IntegrityError: the entry it corrects has been taken back already.
    """
    session.add(StartUpCostRow(**{**asdict(entry), "kind": entry.kind.value}))
    await session.flush()


async def find(session: AsyncSession, case_id: str, cost_id: str) -> StartUpCost | None:
    """One entry of a case."""
    row = await session.scalar(
        select(StartUpCostRow).where(
            StartUpCostRow.id == cost_id, StartUpCostRow.case_id == case_id
        )
    )
    return _entry(row) if row else None


async def is_corrected(session: AsyncSession, cost_id: str) -> bool:
    """Whether an entry has been taken back."""
    found = await session.scalar(
        select(StartUpCostRow.id).where(StartUpCostRow.corrects == cost_id)
    )
    return found is not None


async def page(
    session: AsyncSession, case_id: str, after: str | None, limit: int
) -> Sequence[StartUpCost]:
    """A case's entries in the order they were registered, behind the given one."""
    query = (
        select(StartUpCostRow)
        .where(StartUpCostRow.case_id == case_id)
        .order_by(StartUpCostRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(StartUpCostRow.id > after)
    return [_entry(row) for row in await session.scalars(query)]


async def of_case(session: AsyncSession, case_id: str) -> Sequence[StartUpCost]:
    """Every entry of a case."""
    rows = await session.scalars(select(StartUpCostRow).where(StartUpCostRow.case_id == case_id))
    return [_entry(row) for row in rows]


def _entry(row: StartUpCostRow) -> StartUpCost:
    return StartUpCost(
        id=row.id,
        case_id=row.case_id,
        service=row.service,
        service_area=row.service_area,
        kind=StartUpCostKind(row.kind),
        incurred_on=row.incurred_on,
        role=row.role,
        minutes=row.minutes,
        hourly_rate_ore=row.hourly_rate_ore,
        amount_ore=row.amount_ore,
        text=row.text,
        corrects=row.corrects,
        registered_by=row.registered_by,
        registered_at=row.registered_at,
    )
