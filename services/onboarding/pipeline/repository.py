"""Capacity and plans of the pipeline in storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.pipeline.model import PlannerAnswer, PlannerInputs
from services.onboarding.tables import CapacityRow, PipelinePlanRow


class PlanStatus(StrEnum):
    """How far a plan has come."""

    REQUESTED = "requested"
    COMPUTING = "computing"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (PlanStatus.REQUESTED.value, PlanStatus.COMPUTING.value)
# Made once, as a replay asks after every timer.
_HOW_MANY_UNFINISHED = (
    select(func.count()).select_from(PipelinePlanRow).where(PipelinePlanRow.status.in_(UNFINISHED))
)


@dataclass(frozen=True)
class StoredPipelinePlan:
    """A plan of the pipeline; ``answer`` is there once it is done."""

    id: str
    title: str
    requested_at: datetime
    requested_by: str
    status: PlanStatus
    attempts: int
    computed_at: datetime | None
    failure: str | None
    inputs: PlannerInputs
    answer: PlannerAnswer | None


@dataclass(frozen=True)
class PlanInShort:
    """A plan without what it was made from and what came out."""

    id: str
    title: str
    requested_at: datetime
    requested_by: str
    status: PlanStatus
    computed_at: datetime | None
    failure: str | None


async def put_capacity(
    session: AsyncSession, role: str, mondays: Sequence[date], hours: int
) -> None:
    """Replace a role's hours in some weeks that follow each other."""
    await session.execute(
        delete(CapacityRow).where(
            CapacityRow.role == role,
            CapacityRow.monday >= mondays[0],
            CapacityRow.monday <= mondays[-1],
        )
    )
    await session.execute(
        insert(CapacityRow),
        [{"role": role, "monday": monday, "hours": hours} for monday in mondays],
    )


async def capacity(session: AsyncSession) -> Mapping[str, Mapping[date, int]]:
    """Registered hours by role and week's Monday, in order of time."""
    rows = await session.execute(
        select(CapacityRow.role, CapacityRow.monday, CapacityRow.hours).order_by(
            CapacityRow.role, CapacityRow.monday
        )
    )
    found: dict[str, dict[date, int]] = {}
    for role, monday, hours in rows:
        found.setdefault(role, {})[monday] = hours
    return found


async def add_plan(session: AsyncSession, plan: StoredPipelinePlan) -> None:
    """Store a plan that is asked for."""
    session.add(
        PipelinePlanRow(
            id=plan.id,
            title=plan.title,
            requested_at=plan.requested_at,
            requested_by=plan.requested_by,
            status=plan.status.value,
            attempts=plan.attempts,
            inputs=plan.inputs.model_dump(mode="json"),
        )
    )
    await session.flush()


async def forget_plans_before(session: AsyncSession, kept: int) -> None:
    """Delete the oldest finished plans so that no more than some are kept."""
    newest = select(PipelinePlanRow.id).order_by(PipelinePlanRow.id.desc()).limit(kept)
    await session.execute(
        delete(PipelinePlanRow).where(
            PipelinePlanRow.id.not_in(newest.scalar_subquery()),
            PipelinePlanRow.status.not_in(UNFINISHED),
        )
    )


async def plan(session: AsyncSession, plan_id: str) -> StoredPipelinePlan | None:
    """One plan, whole."""
    row = await session.get(PipelinePlanRow, plan_id, populate_existing=True)
    if row is None:
        return None
    return StoredPipelinePlan(
        id=row.id,
        title=row.title,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        status=PlanStatus(row.status),
        attempts=row.attempts,
        computed_at=row.computed_at,
        failure=row.failure,
        inputs=PlannerInputs.model_validate(row.inputs),
        answer=PlannerAnswer.model_validate(row.answer) if row.answer else None,
    )


async def plans(session: AsyncSession, after: str | None, limit: int) -> Sequence[PlanInShort]:
    """Plans, the newest first, behind the given one."""
    query = select(
        PipelinePlanRow.id,
        PipelinePlanRow.title,
        PipelinePlanRow.requested_at,
        PipelinePlanRow.requested_by,
        PipelinePlanRow.status,
        PipelinePlanRow.computed_at,
        PipelinePlanRow.failure,
    )
    if after is not None:
        query = query.where(PipelinePlanRow.id < after)
    rows = await session.execute(query.order_by(PipelinePlanRow.id.desc()).limit(limit))
    return [
        PlanInShort(row[0], row[1], row[2], row[3], PlanStatus(row[4]), row[5], row[6])
        for row in rows
    ]


async def unfinished(session: AsyncSession) -> int:
    """How many plans are asked for and not finished."""
    return await session.scalar(_HOW_MANY_UNFINISHED) or 0


async def claim(session: AsyncSession, now: datetime, seconds: int) -> StoredPipelinePlan | None:
    """Take the oldest plan that nobody works on, for so many seconds of machine time."""
    found = await session.scalar(
        select(PipelinePlanRow.id)
        .where(
            PipelinePlanRow.status.in_(UNFINISHED),
            or_(PipelinePlanRow.claimed_until.is_(None), PipelinePlanRow.claimed_until <= now),
        )
        .order_by(PipelinePlanRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is None:
        return None
    await session.execute(
        update(PipelinePlanRow)
        .where(PipelinePlanRow.id == found)
        .values(
            status=PlanStatus.COMPUTING.value,
            attempts=PipelinePlanRow.attempts + 1,
            claimed_until=now + timedelta(seconds=seconds),
        )
        .execution_options(synchronize_session=False)
    )
    return await plan(session, found)


async def finish(
    session: AsyncSession,
    plan_id: str,
    status: PlanStatus,
    at: datetime,
    *,
    answer: PlannerAnswer | None = None,
    failure: str | None = None,
) -> None:
    """Keep what came of a plan, unless somebody else has finished it."""
    await session.execute(
        update(PipelinePlanRow)
        .where(PipelinePlanRow.id == plan_id, PipelinePlanRow.status.in_(UNFINISHED))
        .values(
            status=status.value,
            computed_at=at,
            claimed_until=None,
            answer=answer.model_dump(mode="json") if answer else None,
            failure=failure,
        )
    )


async def let_go(session: AsyncSession, plan_id: str) -> None:
    """Give a claim back, for another attempt."""
    await session.execute(
        update(PipelinePlanRow)
        .where(PipelinePlanRow.id == plan_id, PipelinePlanRow.status.in_(UNFINISHED))
        .values(status=PlanStatus.REQUESTED.value, claimed_until=None)
    )
