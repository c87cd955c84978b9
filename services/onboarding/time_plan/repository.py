"""Time plans and their tasks in storage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import Phase
from services.onboarding.parties import Owner
from services.onboarding.tables import (
    PlanTaskRow,
    TimePlanRow,
)
from services.onboarding.time_plan.complexity import Complexity
from services.onboarding.time_plan.domain import (
    PlannedTask,
    Progress,
    Task,
    TaskStatus,
    TimePlan,
)

BY_GATE = "gate"
"""Who reports a task that the case's entering a phase settled."""


@dataclass(frozen=True)
class StoredPlan:
    """A time plan's frame and by what its tasks were laid out; None while they are not."""

    plan: TimePlan
    complexity: Complexity | None
    template_version: str | None


@dataclass(frozen=True)
class StoredTask:
    """A task of a plan, with who reported its progress last."""

    planned: PlannedTask
    reported_by: str | None
    reported_at: datetime | None


async def put_plan(session: AsyncSession, case_id: str, stored: StoredPlan) -> None:
    """Replace a time plan's frame."""
    await session.merge(
        TimePlanRow(
            case_id=case_id,
            starts_on=stored.plan.starts_on,
            go_live_on=stored.plan.go_live_on,
            reason_if_short=stored.plan.reason_if_short,
            complexity=stored.complexity.value if stored.complexity else None,
            template_version=stored.template_version,
        )
    )
    await session.flush()


async def time_plan(session: AsyncSession, case_id: str) -> TimePlan | None:
    """The time plan's frame, when one is set."""
    stored = await stored_plan(session, case_id)
    return stored.plan if stored else None


async def stored_plan(session: AsyncSession, case_id: str) -> StoredPlan | None:
    """The time plan's frame and by what it was laid out, when one is set."""
    row = await session.get(TimePlanRow, case_id)
    if row is None:
        return None
    return StoredPlan(
        TimePlan(row.starts_on, row.go_live_on, row.reason_if_short),
        Complexity(row.complexity) if row.complexity else None,
        row.template_version,
    )


async def plans_of(session: AsyncSession, case_ids: Collection[str]) -> dict[str, TimePlan]:
    """The time plans' frames of several cases, by case that has one."""
    rows = await session.execute(
        select(
            TimePlanRow.case_id,
            TimePlanRow.starts_on,
            TimePlanRow.go_live_on,
            TimePlanRow.reason_if_short,
        ).where(TimePlanRow.case_id.in_(case_ids))
    )
    return {case: TimePlan(starts, live, reason) for case, starts, live, reason in rows}


async def put_tasks(session: AsyncSession, case_id: str, tasks: Sequence[StoredTask]) -> None:
    """Replace all tasks of a plan."""
    await session.execute(delete(PlanTaskRow).where(PlanTaskRow.case_id == case_id))
    if tasks:
        rows = [_columns(case_id, position, task) for position, task in enumerate(tasks)]
        await session.execute(insert(PlanTaskRow), rows)


async def tasks(session: AsyncSession, case_id: str) -> Sequence[StoredTask]:
    """The tasks of a plan, each behind all it waits for."""
    rows = await session.scalars(
        select(PlanTaskRow)
        .where(PlanTaskRow.case_id == case_id)
        .order_by(PlanTaskRow.position)
        .execution_options(populate_existing=True)
    )
    return [_task(row) for row in rows]


async def phase_ends(session: AsyncSession, case_id: str) -> dict[Phase, date]:
    """When the last task of each phase is to be done, by the plan."""
    rows = await session.execute(
        select(PlanTaskRow.phase, func.max(PlanTaskRow.planned_finish))
        .where(PlanTaskRow.case_id == case_id)
        .group_by(PlanTaskRow.phase)
    )
    return {Phase(phase): last for phase, last in rows}


async def open_workstreams(session: AsyncSession, case_id: str) -> Sequence[PlannedTask]:
    """The workstreams' tasks of a case that are not settled, in order."""
    rows = await session.scalars(
        select(PlanTaskRow)
        .where(
            PlanTaskRow.case_id == case_id,
            PlanTaskRow.workstream.is_not(None),
            PlanTaskRow.status.in_([TaskStatus.PLANNED.value, TaskStatus.STARTED.value]),
        )
        .order_by(PlanTaskRow.position)
        .execution_options(populate_existing=True)
    )
    return [_task(row).planned for row in rows]


async def tasks_of(
    session: AsyncSession, case_ids: Collection[str]
) -> dict[str, list[PlannedTask]]:
    """The tasks of several cases' plans, in order, by case."""
    rows = await session.scalars(
        select(PlanTaskRow)
        .where(PlanTaskRow.case_id.in_(case_ids))
        .order_by(PlanTaskRow.case_id, PlanTaskRow.position)
    )
    found: dict[str, list[PlannedTask]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(_task(row).planned)
    return found


async def report(
    session: AsyncSession,
    case_id: str,
    keys: Collection[str],
    progress: Progress,
    by: str,
    at: datetime,
) -> None:
    """Keep what is reported of tasks."""
    await session.execute(
        update(PlanTaskRow)
        .where(PlanTaskRow.case_id == case_id, PlanTaskRow.key.in_(keys))
        .values(
            status=progress.status.value,
            started_on=progress.started_on,
            finished_on=progress.finished_on,
            evidence=progress.evidence,
            document_id=progress.document_id,
            reason=progress.reason,
            reported_by=by,
            reported_at=at,
        )
    )


async def settle_phases(
    session: AsyncSession, case_id: str, phases: Iterable[Phase], on: date, at: datetime
) -> None:
    """Settle what is open of the phases that a case has been through, as done by their gate."""
    open_of_phases = (
        PlanTaskRow.case_id == case_id,
        PlanTaskRow.phase.in_([phase.value for phase in phases]),
        PlanTaskRow.status.in_([TaskStatus.PLANNED.value, TaskStatus.STARTED.value]),
    )
    await session.execute(
        update(PlanTaskRow)
        .where(*open_of_phases, PlanTaskRow.started_on.is_(None))
        .values(started_on=on)
    )
    await session.execute(
        update(PlanTaskRow)
        .where(*open_of_phases)
        .values(status=TaskStatus.DONE.value, finished_on=on, reported_by=BY_GATE, reported_at=at)
    )


async def reopen_phases(session: AsyncSession, case_id: str, phases: Iterable[Phase]) -> None:
    """Plan the tasks of some phases anew, whatever was reported of them."""
    await _reopen(session, case_id, PlanTaskRow.phase.in_([phase.value for phase in phases]))


async def reopen_tasks(session: AsyncSession, case_id: str, keys: Collection[str]) -> None:
    """Plan some tasks anew, whatever was reported of them."""
    await _reopen(session, case_id, PlanTaskRow.key.in_(keys))


async def _reopen(session: AsyncSession, case_id: str, which: ColumnElement[bool]) -> None:
    await session.execute(
        update(PlanTaskRow)
        .where(
            PlanTaskRow.case_id == case_id,
            which,
            PlanTaskRow.status != TaskStatus.NOT_NEEDED.value,
        )
        .values(
            status=TaskStatus.PLANNED.value,
            started_on=None,
            finished_on=None,
            evidence=None,
            document_id=None,
            reason=None,
            reported_by=None,
            reported_at=None,
        )
    )


def _columns(case_id: str, position: int, stored: StoredTask) -> dict[str, Any]:
    planned, task = stored.planned, stored.planned.task
    progress = planned.progress
    return {
        "case_id": case_id,
        "key": task.key,
        "position": position,
        "phase": task.phase.value,
        "workstream": task.workstream,
        "owner": task.owner.value,
        "service": task.service,
        "name": task.name,
        "name_sv": task.name_sv,
        "days": task.days,
        "hours": dict(task.hours),
        "after": list(task.after),
        "planned_start": planned.planned_start,
        "planned_finish": planned.planned_finish,
        "latest_finish": planned.latest_finish,
        "float_days": planned.float_days,
        "critical": planned.critical,
        "status": progress.status.value,
        "started_on": progress.started_on,
        "finished_on": progress.finished_on,
        "evidence": progress.evidence,
        "document_id": progress.document_id,
        "reason": progress.reason,
        "reported_by": stored.reported_by,
        "reported_at": stored.reported_at,
    }


def _task(row: PlanTaskRow) -> StoredTask:
    return StoredTask(
        PlannedTask(
            task=Task(
                key=row.key,
                phase=Phase(row.phase),
                workstream=row.workstream,
                owner=Owner(row.owner),
                service=row.service,
                name=row.name,
                name_sv=row.name_sv,
                days=row.days,
                hours=row.hours,
                after=tuple(row.after),
            ),
            planned_start=row.planned_start,
            planned_finish=row.planned_finish,
            latest_finish=row.latest_finish,
            float_days=row.float_days,
            critical=row.critical,
            progress=Progress(
                status=TaskStatus(row.status),
                started_on=row.started_on,
                finished_on=row.finished_on,
                evidence=row.evidence,
                document_id=row.document_id,
                reason=row.reason,
            ),
        ),
        row.reported_by,
        row.reported_at,
    )
