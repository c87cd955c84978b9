"""What the board shows, read in a handful of queries, whatever the number of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.contracts.values import Phase
from services.onboarding.agencies.domain import AgencyStatus
from services.onboarding.cases.domain import CaseStatus
from services.onboarding.tables import (
    AgencyRow,
    CaseRow,
    CaseServiceRow,
    ForecastRow,
    GateItemRow,
    ObligationRow,
    StaffMemberRow,
    TimePlanRow,
)
from services.onboarding.time_plan.forecast import Range

ACCOUNT_MANAGER = "account-manager"


@dataclass(frozen=True)
class BoardCase:
    """An open case as the board reads it."""

    id: str
    org_number: str
    name: str
    headcount: int
    phase: Phase
    status: CaseStatus
    opened_at: datetime
    phase_entered_at: datetime
    paused_on: date | None
    expected_resume_on: date | None
    planned_go_live: date | None
    account_manager: str | None
    forecast: Range | None
    stable: Range | None
    moved_working_days: int


@dataclass(frozen=True)
class OpenItem:
    """A gate's item that is asked for and does not hold."""

    item: str
    owner: str
    due_on: date | None
    since: datetime
    missing: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Duty:
    """An obligation of an agency to join."""

    org_number: str
    name: str
    headcount: int
    service_area: str
    deadline: date
    legal_source: str


async def open_cases(session: AsyncSession, scope: str | None) -> list[BoardCase]:
    """Every open case with its plan, its forecast in force and its account manager."""
    manager = (
        select(StaffMemberRow.name)
        .where(StaffMemberRow.case_id == CaseRow.id, StaffMemberRow.role_key == ACCOUNT_MANAGER)
        .order_by(StaffMemberRow.position)
        .limit(1)
        .correlate(CaseRow)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(
            CaseRow.id,
            CaseRow.org_number,
            AgencyRow.name,
            AgencyRow.headcount,
            CaseRow.phase,
            CaseRow.status,
            CaseRow.opened_at,
            CaseRow.phase_entered_at,
            CaseRow.paused_on,
            CaseRow.expected_resume_on,
            TimePlanRow.go_live_on,
            manager,
            ForecastRow.live_p10,
            ForecastRow.live_p50,
            ForecastRow.live_p90,
            ForecastRow.stable_p10,
            ForecastRow.stable_p50,
            ForecastRow.stable_p90,
            ForecastRow.moved_working_days,
        )
        .join(AgencyRow, AgencyRow.org_number == CaseRow.org_number)
        .outerjoin(TimePlanRow, TimePlanRow.case_id == CaseRow.id)
        .outerjoin(ForecastRow, (ForecastRow.case_id == CaseRow.id) & ForecastRow.latest)
        .where(_is_open(), *_scoped(CaseRow.org_number, scope))
        .order_by(CaseRow.id)
    )
    return [
        BoardCase(
            id=row[0],
            org_number=row[1],
            name=row[2],
            headcount=row[3],
            phase=Phase(row[4]),
            status=CaseStatus(row[5]),
            opened_at=row[6],
            phase_entered_at=row[7],
            paused_on=row[8],
            expected_resume_on=row[9],
            planned_go_live=row[10],
            account_manager=row[11],
            forecast=Range(row[12], row[13], row[14]) if row[13] else None,
            stable=Range(row[15], row[16], row[17]) if row[16] else None,
            moved_working_days=row[18] or 0,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class CaseServices:
    """The services of a case that is not withdrawn."""

    org_number: str
    services: tuple[str, ...]


async def services_of_cases(session: AsyncSession, scope: str | None) -> dict[str, CaseServices]:
    """The services of every case that is not withdrawn, by case."""
    rows = await session.execute(
        select(CaseServiceRow.case_id, CaseRow.org_number, CaseServiceRow.service)
        .join(CaseRow, CaseRow.id == CaseServiceRow.case_id)
        .where(CaseRow.status != CaseStatus.WITHDRAWN.value, *_scoped(CaseRow.org_number, scope))
        .order_by(CaseServiceRow.case_id, CaseServiceRow.service)
    )
    found: dict[str, CaseServices] = {}
    for case_id, org_number, service in rows:
        before = found[case_id].services if case_id in found else ()
        found[case_id] = CaseServices(org_number, (*before, service))
    return found


async def open_items(session: AsyncSession, scope: str | None) -> dict[str, list[OpenItem]]:
    """What every open case lacks for its next phase, by case, in the gates' order."""
    rows = await session.execute(
        select(
            GateItemRow.case_id,
            GateItemRow.item,
            GateItemRow.owner,
            GateItemRow.due_on,
            GateItemRow.since,
            GateItemRow.missing,
        )
        .join(CaseRow, CaseRow.id == GateItemRow.case_id)
        .where(
            _is_open(),
            GateItemRow.holds.is_(False),
            GateItemRow.since.is_not(None),
            *_scoped(CaseRow.org_number, scope),
        )
        .order_by(GateItemRow.case_id, GateItemRow.position)
    )
    found: dict[str, list[OpenItem]] = {}
    for case_id, item, owner, due_on, since, missing in rows:
        found.setdefault(case_id, []).append(OpenItem(item, owner, due_on, since, tuple(missing)))
    return found


async def duties(session: AsyncSession, scope: str | None) -> list[Duty]:
    """The obligations of all active agencies, and of those with an open case."""
    has_case = exists().where(CaseRow.org_number == AgencyRow.org_number, _is_open())
    rows = await session.execute(
        select(
            AgencyRow.org_number,
            AgencyRow.name,
            AgencyRow.headcount,
            ObligationRow.service_area,
            ObligationRow.deadline,
            ObligationRow.legal_source,
        )
        .join(AgencyRow, AgencyRow.org_number == ObligationRow.org_number)
        .where(
            (AgencyRow.status == AgencyStatus.ACTIVE.value) | has_case,
            *_scoped(AgencyRow.org_number, scope),
        )
        .order_by(ObligationRow.deadline, AgencyRow.name, ObligationRow.service_area)
    )
    return [Duty(*row) for row in rows]


def _is_open() -> ColumnElement[bool]:
    return CaseRow.status.in_([CaseStatus.ACTIVE.value, CaseStatus.PAUSED.value])


def _scoped(
    column: InstrumentedAttribute[str], scope: str | None
) -> tuple[ColumnElement[bool], ...]:
    return () if scope is None else (column == scope,)
