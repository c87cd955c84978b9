"""Agencies in storage."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.agencies.domain import Agency
from services.onboarding.tables import AgencyRow


async def add(session: AsyncSession, agency: Agency) -> None:
    """Store an agency.

    Raises:
        sqlalchemy.exc.IntegrityError: its organisation number is taken.
    """
    session.add(
        AgencyRow(
            org_number=agency.org_number,
            name=agency.name,
            headcount=agency.headcount,
            part_of_state=agency.part_of_state,
            registered_at=agency.registered_at,
        )
    )
    await session.flush()


async def find(session: AsyncSession, org_number: str) -> Agency | None:
    """The agency of an organisation number."""
    row = await session.get(AgencyRow, org_number)
    return _agency(row) if row else None


async def page(session: AsyncSession, after: str | None, limit: int) -> Sequence[Agency]:
    """Agencies by organisation number, behind the given one."""
    query = select(AgencyRow).order_by(AgencyRow.org_number).limit(limit)
    if after is not None:
        query = query.where(AgencyRow.org_number > after)
    return [_agency(row) for row in (await session.scalars(query)).all()]


def _agency(row: AgencyRow) -> Agency:
    return Agency(
        org_number=row.org_number,
        name=row.name,
        headcount=row.headcount,
        part_of_state=row.part_of_state,
        registered_at=row.registered_at,
    )
