"""Cases, their services and their timeline in storage, scoped to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.contracts.values import Phase
from services.onboarding.cases.domain import Case, ServiceInCase, TimelineEntry, open_key
from services.onboarding.tables import AgencyRow, CaseRow, CaseServiceRow, TimelineRow


async def add(session: AsyncSession, case: Case) -> None:
    """Store a new case with its services.

    Raises:
        sqlalchemy.exc.IntegrityError: an open case exists for one of the services.
    """
    session.add(
        CaseRow(
            id=case.id,
            org_number=case.org_number,
            phase=case.phase.value,
            version=case.version,
            opened_at=case.opened_at,
            phase_entered_at=case.phase_entered_at,
        )
    )
    await session.flush()
    session.add_all(
        CaseServiceRow(
            case_id=case.id, service=service, open_key=open_key(case.org_number, service)
        )
        for service in case.service_keys
    )
    await session.flush()


async def find(session: AsyncSession, case_id: str, scope: str | None) -> Case | None:
    """A case within a customer's scope; None stands for every customer."""
    found = await _cases(session, CaseRow.id == case_id, *_scoped(scope))
    return found[0] if found else None


async def page(
    session: AsyncSession, scope: str | None, phase: Phase | None, after: str | None, limit: int
) -> Sequence[Case]:
    """Cases in the order they were opened, behind the given one."""
    conditions = _scoped(scope)
    if phase is not None:
        conditions.append(CaseRow.phase == phase.value)
    if after is not None:
        conditions.append(CaseRow.id > after)
    return await _cases(session, *conditions, limit=limit)


async def open_services(session: AsyncSession, org_number: str, keys: Sequence[str]) -> list[str]:
    """Those of the services for which the agency has an open case."""
    wanted = [open_key(org_number, key) for key in keys]
    rows = await session.scalars(
        select(CaseServiceRow.service)
        .where(CaseServiceRow.open_key.in_(wanted))
        .order_by(CaseServiceRow.service)
    )
    return list(rows)


async def advance_version(session: AsyncSession, case: Case) -> bool:
    """Take the next version for a change; False when somebody else took it first.

    The update locks the case, so that what is read after it belongs to this change.
    """
    taken = await session.scalars(
        update(CaseRow)
        .where(CaseRow.id == case.id, CaseRow.version == case.version)
        .values(version=case.version + 1)
        .returning(CaseRow.id)
    )
    return taken.one_or_none() is not None


async def set_phase(session: AsyncSession, case_id: str, phase: Phase, at: datetime) -> None:
    """Note the phase a case has entered; the last one closes it."""
    await session.execute(
        update(CaseRow).where(CaseRow.id == case_id).values(phase=phase.value, phase_entered_at=at)
    )
    if phase is Phase.STABLE:
        await session.execute(
            update(CaseServiceRow).where(CaseServiceRow.case_id == case_id).values(open_key=None)
        )


async def set_live(session: AsyncSession, case_id: str, service: str, live_on: date) -> None:
    """Note the day on which a service went live."""
    await session.execute(
        update(CaseServiceRow)
        .where(CaseServiceRow.case_id == case_id, CaseServiceRow.service == service)
        .values(live_on=live_on)
    )


async def add_timeline(
    session: AsyncSession, case_id: str, at: datetime, who: str, action: str, sentence: str
) -> None:
    """Append a sentence to a case's timeline."""
    session.add(
        TimelineRow(id=new_id(), case_id=case_id, at=at, who=who, action=action, sentence=sentence)
    )
    await session.flush()


async def timeline(
    session: AsyncSession, case_id: str, after: str | None, limit: int
) -> Sequence[TimelineEntry]:
    """A case's timeline from its beginning, behind the given entry."""
    query = (
        select(TimelineRow)
        .where(TimelineRow.case_id == case_id)
        .order_by(TimelineRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(TimelineRow.id > after)
    return [
        TimelineEntry(row.id, row.at, row.who, row.action, row.sentence)
        for row in await session.scalars(query)
    ]


def _scoped(scope: str | None) -> list[ColumnElement[bool]]:
    return [] if scope is None else [CaseRow.org_number == scope]


async def _cases(
    session: AsyncSession, *conditions: ColumnElement[bool], limit: int = 1
) -> list[Case]:
    found = await session.execute(
        select(
            CaseRow.id,
            CaseRow.org_number,
            AgencyRow.name,
            AgencyRow.headcount,
            AgencyRow.part_of_state,
            CaseRow.phase,
            CaseRow.version,
            CaseRow.opened_at,
            CaseRow.phase_entered_at,
        )
        .join(AgencyRow, AgencyRow.org_number == CaseRow.org_number)
        .where(*conditions)
        .order_by(CaseRow.id)
        .limit(limit)
    )
    rows = found.all()
    services: dict[str, list[ServiceInCase]] = {row.id: [] for row in rows}
    kept = await session.execute(
        select(CaseServiceRow.case_id, CaseServiceRow.service, CaseServiceRow.live_on)
        .where(CaseServiceRow.case_id.in_(services))
        .order_by(CaseServiceRow.service)
    )
    for case_id, service, live_on in kept:
        services[case_id].append(ServiceInCase(service, live_on))
    return [
        Case(
            id=row.id,
            org_number=row.org_number,
            customer_name=row.name,
            headcount=row.headcount,
            part_of_state=row.part_of_state,
            phase=Phase(row.phase),
            version=row.version,
            opened_at=row.opened_at,
            phase_entered_at=row.phase_entered_at,
            services=tuple(services[row.id]),
        )
        for row in rows
    ]
