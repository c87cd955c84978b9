"""The staff of a case in storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.parties import Party
from services.onboarding.staffing.domain import StaffingRules, StaffMember
from services.onboarding.tables import StaffMemberRow


async def put(
    session: AsyncSession,
    case_id: str,
    party: Party,
    members: Sequence[StaffMember],
    rules: StaffingRules,
) -> None:
    """Replace the staff of one side."""
    await session.execute(
        delete(StaffMemberRow).where(
            StaffMemberRow.case_id == case_id, StaffMemberRow.party == party.value
        )
    )
    session.add_all(
        StaffMemberRow(
            case_id=case_id,
            party=party.value,
            position=position,
            role=member.role,
            role_key=rules.key_of(party, member.role),
            service_area=member.service_area,
            name=member.name,
            valid_from=member.valid_from,
            valid_until=member.valid_until,
            deputy=member.deputy,
            deputy_from=member.deputy_from,
            deputy_until=member.deputy_until,
        )
        for position, member in enumerate(members)
    )
    await session.flush()


async def of_case(session: AsyncSession, case_id: str) -> Mapping[Party, tuple[StaffMember, ...]]:
    """The staff of each side that has named any."""
    return (await of_cases(session, [case_id])).get(case_id, {})


async def of_cases(
    session: AsyncSession, case_ids: Sequence[str]
) -> Mapping[str, Mapping[Party, tuple[StaffMember, ...]]]:
    """The staff of several cases, by case and side."""
    rows = await session.scalars(
        select(StaffMemberRow)
        .where(StaffMemberRow.case_id.in_(case_ids))
        .order_by(StaffMemberRow.case_id, StaffMemberRow.party, StaffMemberRow.position)
        .execution_options(populate_existing=True)
    )
    found: dict[str, dict[Party, tuple[StaffMember, ...]]] = {}
    for row in rows:
        side = found.setdefault(row.case_id, {})
        side[Party(row.party)] = (*side.get(Party(row.party), ()), _member(row))
    return found


def _member(row: StaffMemberRow) -> StaffMember:
    return StaffMember(
        role=row.role,
        name=row.name,
        deputy=row.deputy,
        service_area=row.service_area,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        deputy_from=row.deputy_from,
        deputy_until=row.deputy_until,
    )
