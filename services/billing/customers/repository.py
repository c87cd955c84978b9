"""SQL of customers: the register's names and the records of life events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.schedule import stockholm_day
from services.billing.tables import CustomerRow, LifeEventRow, RegisteredNameRow
from services.contracts.succession import LifeEvent, Register, RegisteredName
from services.contracts.values import LifeEventKind


async def register(session: AsyncSession, org_numbers: Iterable[str] = ()) -> Register:
    """What is known of the lives of all agencies, which is little, and the names of some.

    Args:
        session: the database session.
        org_numbers: whose names are wanted; those of agencies with life events always come.
    """
    rows = await session.scalars(select(LifeEventRow).order_by(LifeEventRow.id))
    events = tuple(_life_event(row) for row in rows)
    named = {number for each in events for number in (each.org_number, *each.successors)}
    names = await session.scalars(
        select(RegisteredNameRow)
        .where(RegisteredNameRow.org_number.in_(named.union(org_numbers)))
        .order_by(RegisteredNameRow.id)
    )
    return Register(
        names=tuple(RegisteredName(row.org_number, row.name, row.known_at) for row in names),
        events=events,
    )


def _life_event(row: LifeEventRow) -> LifeEvent:
    return LifeEvent(
        id=row.id,
        kind=LifeEventKind(row.kind),
        org_number=row.org_number,
        effective_on=row.effective_on,
        name=row.name,
        successors=tuple(row.successors),
        city=row.city,
        corrects=row.corrects,
        withdrawn=row.withdrawn,
        known_at=row.known_at,
        agreement_id=row.agreement_id,
    )


async def find(session: AsyncSession, org_number: str) -> CustomerRow | None:
    """A customer as it was registered last."""
    return await session.get(CustomerRow, org_number)


async def headcounts_on(session: AsyncSession, day: date) -> dict[str, int]:
    """The headcount of every customer that was known on a day.

    Where none was yet, it is the first that was registered after it.
    """
    row = RegisteredNameRow
    found: dict[str, int] = {}
    for number, headcount, known_at in await session.execute(
        select(row.org_number, row.headcount, row.known_at)
        .where(row.headcount.is_not(None))
        .order_by(row.known_at, row.id)
    ):
        if stockholm_day(known_at) <= day or number not in found:
            found[number] = headcount or 0
    newest = await session.scalars(select(CustomerRow))
    return {each.org_number: each.headcount for each in newest} | found


async def is_named(session: AsyncSession, org_number: str, name: str, known_at: datetime) -> bool:
    """Whether a registration is known already."""
    found = await session.scalar(
        select(RegisteredNameRow.id).where(
            RegisteredNameRow.org_number == org_number,
            RegisteredNameRow.name == name,
            RegisteredNameRow.known_at == known_at,
        )
    )
    return found is not None
