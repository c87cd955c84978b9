"""Training needs and courses in storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.implementation.training.domain import Course
from services.onboarding.tables import CourseRow, TrainingNeedRow


async def put_need(
    session: AsyncSession, case_id: str, key: tuple[str, str], number: int, at: datetime
) -> None:
    """Replace how many are to be trained, by service and role."""
    service, role = key
    await session.merge(
        TrainingNeedRow(
            case_id=case_id, service=service, role=role, to_be_trained=number, stated_at=at
        )
    )
    await session.flush()


async def needs(session: AsyncSession, case_id: str) -> Mapping[tuple[str, str], int]:
    """How many are to be trained, by service and role."""
    rows = await session.scalars(select(TrainingNeedRow).where(TrainingNeedRow.case_id == case_id))
    return {(row.service, row.role): row.to_be_trained for row in rows}


async def add(session: AsyncSession, case_id: str, course: Course) -> None:
    """Store a planned course."""
    session.add(
        CourseRow(
            id=course.id,
            case_id=case_id,
            service=course.service,
            role=course.role,
            title=course.title,
            planned_on=course.planned_on,
        )
    )
    await session.flush()


async def courses(session: AsyncSession, case_id: str) -> Sequence[Course]:
    """A case's courses by their planned day."""
    rows = await session.scalars(
        select(CourseRow)
        .where(CourseRow.case_id == case_id)
        .order_by(CourseRow.planned_on, CourseRow.id)
        .execution_options(populate_existing=True)
    )
    return [
        Course(
            id=row.id,
            service=row.service,
            role=row.role,
            title=row.title,
            planned_on=row.planned_on,
            held_on=row.held_on,
            trained=row.trained,
            cancelled_because=row.cancelled_because,
        )
        for row in rows
    ]


async def close(
    session: AsyncSession,
    course_id: str,
    *,
    held_on: date | None = None,
    trained: int | None = None,
    cancelled_because: str | None = None,
) -> None:
    """Note that a course was held, or cancelled."""
    await session.execute(
        update(CourseRow)
        .where(CourseRow.id == course_id)
        .values(held_on=held_on, trained=trained, cancelled_because=cancelled_because)
    )
