"""Cases, their services and their timeline in storage, scoped to a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.contracts.values import Phase
from services.onboarding.cases.domain import Case, CaseStatus, ServiceInCase, open_key
from services.onboarding.cases.timeline import Reference
from services.onboarding.tables import (
    AgencyRow,
    CaseRow,
    CaseServiceRow,
    GateItemRow,
    StaffMemberRow,
    TimelineRow,
)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows; what is None or False asks for nothing.

    Attributes:
        account_manager: the name of the account manager or of the deputy.
        overdue_on: the day on which something of the case has to be overdue.
    """

    scope: str | None = None
    status: CaseStatus | None = None
    phase: Phase | None = None
    account_manager: str | None = None
    overdue_on: date | None = None


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
            status=case.status.value,
            days_paused=case.days_paused,
            reopened=_as_text(case.reopened),
            catalogue_version=case.catalogue_version,
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
    session: AsyncSession, wanted: CaseFilter, after: str | None, limit: int, *, newest_first: bool
) -> Sequence[Case]:
    """Cases in the order they were opened or its reverse, behind the given one."""
    conditions = _conditions(wanted)
    if after is not None:
        conditions.append(CaseRow.id < after if newest_first else CaseRow.id > after)
    return await _cases(session, *conditions, limit=limit, newest_first=newest_first)


async def open_cases(
    session: AsyncSession, org_number: str, keys: Sequence[str]
) -> Mapping[str, str]:
    """Those of the services for which the agency has an open case, with that case's id."""
    wanted = [open_key(org_number, key) for key in keys]
    rows = await session.execute(
        select(CaseServiceRow.service, CaseServiceRow.case_id)
        .where(CaseServiceRow.open_key.in_(wanted))
        .order_by(CaseServiceRow.service)
    )
    return {row.service: row.case_id for row in rows}


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


async def version_of(session: AsyncSession, case_id: str) -> int:
    """The version a case is in, with what this transaction has changed of it."""
    found = await session.execute(select(CaseRow.version).where(CaseRow.id == case_id))
    return int(found.scalar_one())


async def lock(session: AsyncSession, case_id: str) -> None:
    """Hold a case until the end of the transaction, so that its changes come one by one.

    Rows that merely point to the case, such as another handler's timeline entry, do not
    stand in the way; a stronger lock would let two handlers wait for each other.
    """
    await session.execute(
        select(CaseRow.id).where(CaseRow.id == case_id).with_for_update(key_share=True)
    )


async def set_catalogue_version(session: AsyncSession, case_id: str, version: str) -> None:
    """Bind a case to another version of the catalogue."""
    await session.execute(
        update(CaseRow).where(CaseRow.id == case_id).values(catalogue_version=version)
    )


async def put_state(session: AsyncSession, case: Case) -> None:
    """Store the phase and status a case has come to, and what was reopened; an ended case is
    open no more.
    """
    await session.execute(
        update(CaseRow)
        .where(CaseRow.id == case.id)
        .values(
            phase=case.phase.value,
            phase_entered_at=case.phase_entered_at,
            status=case.status.value,
            status_reason=case.status_reason,
            paused_on=case.paused_on,
            expected_resume_on=case.expected_resume_on,
            ended_at=case.ended_at,
            days_paused=case.days_paused,
            reopened=_as_text(case.reopened),
        )
    )
    if not case.status.is_open:
        await session.execute(
            update(CaseServiceRow).where(CaseServiceRow.case_id == case.id).values(open_key=None)
        )


async def add_timeline(
    session: AsyncSession,
    case_id: str,
    at: datetime,
    who: str,
    action: str,
    sentence: str,
    refs: Sequence[Reference] = (),
) -> None:
    """Append a sentence to a case's timeline, under the phase that the case is in."""
    phase = (await session.scalars(select(CaseRow.phase).where(CaseRow.id == case_id))).one()
    session.add(
        TimelineRow(
            id=new_id(),
            case_id=case_id,
            at=at,
            who=who,
            action=action,
            sentence=sentence,
            phase=phase,
            refs=[asdict(ref) for ref in refs],
        )
    )
    await session.flush()


async def set_live(session: AsyncSession, case_id: str, service: str, live_on: date | None) -> None:
    """Note the day on which a service went live; None when it was taken back."""
    await session.execute(
        update(CaseServiceRow)
        .where(CaseServiceRow.case_id == case_id, CaseServiceRow.service == service)
        .values(live_on=live_on)
    )


def _as_text(reopened: Mapping[str, datetime]) -> dict[str, str]:
    return {what: at.isoformat() for what, at in reopened.items()}


def _scoped(scope: str | None) -> list[ColumnElement[bool]]:
    return [] if scope is None else [CaseRow.org_number == scope]


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions = _scoped(wanted.scope)
    if wanted.status is not None:
        conditions.append(CaseRow.status == wanted.status.value)
    if wanted.phase is not None:
        conditions.append(CaseRow.phase == wanted.phase.value)
    if wanted.account_manager is not None:
        conditions.append(_led_by(wanted.account_manager))
    if wanted.overdue_on is not None:
        conditions.append(_overdue(wanted.overdue_on))
    return conditions


def _led_by(name: str) -> ColumnElement[bool]:
    return (
        select(StaffMemberRow.case_id)
        .where(
            StaffMemberRow.case_id == CaseRow.id,
            StaffMemberRow.role_key == "account-manager",
            or_(StaffMemberRow.name == name, StaffMemberRow.deputy == name),
        )
        .exists()
    )


def _overdue(day: date) -> ColumnElement[bool]:
    late = (
        select(GateItemRow.case_id)
        .where(
            GateItemRow.case_id == CaseRow.id,
            GateItemRow.holds.is_(False),
            GateItemRow.due_on < func.coalesce(CaseRow.paused_on, day),
        )
        .exists()
    )
    open_statuses = [status.value for status in CaseStatus if status.is_open]
    return and_(CaseRow.status.in_(open_statuses), late)


# Made once: every request about a case begins with these.
_CASES = (
    select(CaseRow, AgencyRow.name, AgencyRow.headcount, AgencyRow.part_of_state)
    .join(AgencyRow, AgencyRow.org_number == CaseRow.org_number)
    .execution_options(populate_existing=True)
)
_SERVICES = (
    select(CaseServiceRow.case_id, CaseServiceRow.service, CaseServiceRow.live_on)
    .where(CaseServiceRow.case_id.in_(bindparam("cases", expanding=True)))
    .order_by(CaseServiceRow.service)
)


async def _cases(
    session: AsyncSession,
    *conditions: ColumnElement[bool],
    limit: int = 1,
    newest_first: bool = False,
) -> list[Case]:
    found = await session.execute(
        _CASES.where(*conditions)
        .order_by(CaseRow.id.desc() if newest_first else CaseRow.id)
        .limit(limit)
    )
    rows = found.all()
    services: dict[str, list[ServiceInCase]] = {row.id: [] for row, *_ in rows}
    kept = await session.execute(_SERVICES, {"cases": list(services)})
    for case_id, service, live_on in kept:
        services[case_id].append(ServiceInCase(service, live_on))
    return [
        Case(
            id=row.id,
            org_number=row.org_number,
            customer_name=name,
            headcount=headcount,
            part_of_state=part_of_state,
            phase=Phase(row.phase),
            version=row.version,
            opened_at=row.opened_at,
            phase_entered_at=row.phase_entered_at,
            services=tuple(services[row.id]),
            catalogue_version=row.catalogue_version,
            status=CaseStatus(row.status),
            status_reason=row.status_reason,
            paused_on=row.paused_on,
            expected_resume_on=row.expected_resume_on,
            ended_at=row.ended_at,
            days_paused=row.days_paused,
            reopened={what: datetime.fromisoformat(at) for what, at in row.reopened.items()},
        )
        for row, name, headcount, part_of_state in rows
    ]
